import type { ResourceId } from "../../shared/brands.ts";
import type { Difference } from "../../shared/change.ts";
import { type Diagnostic, HostKitError } from "../../shared/diagnostic.ts";
import { modeBits, type FileMode } from "../../shared/file-mode.ts";
import type { Kind } from "../../shared/resources/registry.ts";
import { CHANGED, type Host, HostFault, type Metadata } from "../host/host.ts";
import type { UndoContext, UndoStep } from "./driver.ts";
import { editedAfterRun } from "./edited-meanwhile.ts";
import { isAsMade, parentsIn } from "./path-steps.ts";

/** Undoes each step, whatever happens to the others, and throws what could not be put back together. */
export async function undoEach<K extends Kind>(
  steps: readonly UndoStep<K>[],
  undo: (step: UndoStep<K>) => Promise<void>,
): Promise<void> {
  const failures: Diagnostic[] = [];
  for (const step of steps) {
    try {
      await undo(step);
    } catch (error) {
      if (error instanceof HostKitError) failures.push(...error.diagnostics);
      else if (error instanceof HostFault) failures.push(...refused(step.resource.id, error));
      else throw error;
    }
  }
  if (failures.length > 0) throw new HostKitError(failures);
}

function refused(id: ResourceId, fault: HostFault): readonly Diagnostic[] {
  if (fault.code === CHANGED || fault.code === "EEXIST") {
    return editedAfterRun(id, { what: fault.message }).diagnostics;
  }
  const full =
    fault.code === "ENOTEMPTY" ? " Something was put in it meanwhile, which is left alone." : "";
  return [
    {
      severity: "error",
      side: "host",
      code: "HK4021",
      summary: "The host refused to take a change back.",
      detail: `${id}: ${fault.message}.${full} What could be taken back was.`,
      resource: id,
    },
  ];
}

/** Directories that were made on the way. One that somebody uses by now stays, and one that is not as it was made. */
export async function removeParents(
  differences: readonly Difference[],
  { host }: Pick<UndoContext, "host">,
): Promise<void> {
  const parents = parentsIn(differences);
  const entries = await host.inspect(parents, { digest: false });
  await removeEmpty(
    parents.filter((_path, index) => isAsMade(entries[index], host)),
    host,
  );
}

/** Innermost first. */
export async function removeEmpty(paths: readonly string[], host: Host): Promise<void> {
  for (const path of paths.toReversed()) {
    try {
      await host.removeDirectory(path);
    } catch (error) {
      if (!(error instanceof HostFault) || error.code !== "ENOTEMPTY") throw error;
    }
  }
}

/** Numbers of what was observed. */
export const observedMetadata = (observed: {
  readonly uid: number;
  readonly gid: number;
  readonly mode: FileMode;
}): Metadata => ({ uid: observed.uid, gid: observed.gid, mode: modeBits(observed.mode) });

/** What the run gave it. Of a name that is gone by now, nobody knows the number. */
export async function metadataLeft(
  desired: { readonly owner: string; readonly group: string; readonly mode: FileMode },
  context: UndoContext,
) {
  const names = await context.names();
  return {
    uid: names.uidOf(desired.owner),
    gid: names.gidOf(desired.group),
    mode: modeBits(desired.mode),
  };
}
