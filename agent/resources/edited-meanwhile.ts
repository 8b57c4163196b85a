import type { ResourceId } from "../../shared/brands.ts";
import { HostKitError } from "../../shared/diagnostic.ts";

/** What somebody else changed is left alone: by a run that comes to it, and by an undo. `what` is a clause of its own. */

/** Thrown before a step is begun, so that there is nothing of it to take back. */
export function editedDuringRun(id: ResourceId, what: string): HostKitError {
  return new HostKitError({
    severity: "error",
    side: "host",
    code: "HK4023",
    summary: "Somebody else changed a resource while the run was at work.",
    detail: `${id}: ${what} after the run looked at it and before its turn came. It was left alone, and the run ends here: what it had changed is taken back, unless it was told to stop. See who else manages it, then plan again.`,
    resource: id,
  });
}

/** `kept` is where the file of before the run lies, if it was one and the run had replaced it. */
export function editedAfterRun(
  id: ResourceId,
  { what, kept }: { readonly what: string; readonly kept?: string | undefined },
): HostKitError {
  const before = kept === undefined ? "" : ` What was there before the run is kept as ${kept}.`;
  return new HostKitError({
    severity: "error",
    side: "host",
    code: "HK4024",
    summary: "Somebody else changed what a run made, before it was taken back.",
    detail: `${id}: ${what}, so it is neither as before the run nor as the run left it. It was left as it is.${before} Look at it on the host, and put it right by hand if it should be as before.`,
    resource: id,
  });
}
