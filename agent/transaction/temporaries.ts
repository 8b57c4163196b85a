import { basename, dirname } from "node:path";
import type { Change } from "../../shared/plan.ts";
import { type Kind, kindOf, type ResourceOf } from "../../shared/resources/registry.ts";
import { type Host, HostFault } from "../host/host.ts";
import { TEMPORARY } from "../host/write-atomic.ts";
import { driverOf } from "../resources/drivers.ts";
import { stepsOf } from "../steps.ts";
import type { Intent } from "./journal.ts";

/**
 * Removes what a process left that was killed between writing a file and giving it its name: temporary names beside the paths
 * that the changes write. None of them is of any use to anybody.
 */
export async function removeTemporaries(
  host: Host,
  {
    changes,
    intents,
  }: { readonly changes: readonly Change[]; readonly intents: readonly Intent[] },
): Promise<void> {
  const written = new Set(changes.flatMap(({ resource }) => pathsOf(resource)));
  // Below directories that belong to a user, who may have put a link in their place.
  const kept = new Set(keptPaths(changes, intents).filter((path) => !written.has(path)));
  for (const [paths, options] of [
    [written, undefined],
    [kept, { parent: "real" }],
  ] as const) {
    const directories = [...new Set([...paths].map((path) => dirname(path)))];
    const names = await host.list(directories);
    const found = directories.flatMap((directory, index) =>
      (names[index] ?? [])
        .filter((name) => isTemporaryOf(name, directory, paths))
        .map((name) => `${directory === "/" ? "" : directory}/${name}`),
    );
    for (const path of found) await removeIfCan(host, path, options);
  }
}

/** Names are cut to 200 characters; see `temporaryName`. */
function isTemporaryOf(name: string, directory: string, paths: ReadonlySet<string>): boolean {
  const stem = TEMPORARY.exec(name)?.[1];
  if (stem === undefined) return false;
  return [...paths].some(
    (path) => dirname(path) === directory && basename(path).slice(0, 200) === stem,
  );
}

function pathsOf<K extends Kind>({ kind, desired }: ResourceOf<K>): string[] {
  return kindOf(kind)
    .provides(desired)
    .filter((claim) => claim.startsWith("path:"))
    .map((claim) => claim.slice("path:".length));
}

function keptPaths(changes: readonly Change[], intents: readonly Intent[]): string[] {
  const byId = new Map(intents.map(({ id, before }) => [id, { observed: before, notes: [] }]));
  return changes
    .filter(({ id }) => byId.has(id))
    .flatMap((change) => keepsOf(change.resource.kind, change, { byId }));
}

function keepsOf<K extends Kind>(
  kind: K,
  change: Change,
  before: Parameters<typeof stepsOf>[1],
): readonly string[] {
  const [step] = stepsOf<K>([change], before);
  return step === undefined ? [] : (driverOf(kind).keeps?.(step) ?? []);
}

async function removeIfCan(
  host: Host,
  path: string,
  options: { readonly parent: "real" } | undefined,
): Promise<void> {
  try {
    await host.removeFile(path, options);
  } catch (error) {
    // It stays, as a file that nothing reads; the run is settled all the same.
    if (!(error instanceof HostFault)) throw error;
  }
}
