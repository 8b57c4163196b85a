import type { ResourceId } from "../../shared/brands.ts";
import type { Difference } from "../../shared/change.ts";
import { type Diagnostic, HostKitError } from "../../shared/diagnostic.ts";
import { modeBits, type FileMode } from "../../shared/file-mode.ts";
import type { Kind } from "../../shared/resources/registry.ts";
import { HostFault, type Metadata } from "../host/host.ts";
import type { UndoContext, UndoStep } from "./driver.ts";

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
      else if (error instanceof HostFault) failures.push(refused(step.resource.id, error));
      else throw error;
    }
  }
  if (failures.length > 0) throw new HostKitError(failures);
}

function refused(id: ResourceId, fault: HostFault): Diagnostic {
  const full =
    fault.code === "ENOTEMPTY" ? " Something was put in it meanwhile, which is left alone." : "";
  return {
    severity: "error",
    side: "host",
    code: "HK4021",
    summary: "The host refused to take a change back.",
    detail: `${id}: ${fault.message}.${full} What could be taken back was.`,
    resource: id,
  };
}

/** Directories that were made on the way, innermost first; one that somebody uses by now stays. */
export async function removeParents(
  differences: readonly Difference[],
  { host }: Pick<UndoContext, "host">,
): Promise<void> {
  const parents = differences.find((difference) => difference.field === "parents")?.after;
  for (const path of (Array.isArray(parents) ? parents : []).toReversed()) {
    try {
      await host.removeDirectory(path);
    } catch (error) {
      if (!(error instanceof HostFault) || error.code !== "ENOTEMPTY") throw error;
    }
  }
}

/** Numbers of what was observed; digits stand for themselves. */
export async function observedMetadata(
  observed: { readonly owner: string; readonly group: string; readonly mode: FileMode },
  context: UndoContext,
): Promise<Metadata> {
  const names = await context.names();
  const uid = names.uidOf(observed.owner);
  const gid = names.gidOf(observed.group);
  if (uid === undefined || gid === undefined) {
    const missing = uid === undefined ? observed.owner : observed.group;
    throw new HostFault({
      code: "ENOENT",
      path: missing,
      message: `${missing} does not exist any more`,
    });
  }
  return { uid, gid, mode: modeBits(observed.mode) };
}
