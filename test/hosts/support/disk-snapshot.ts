import { listDisk } from "./disk-listing.ts";

/** Everything on a machine's disk by path: type, owner, mode, size, times, target. */
export type DiskSnapshot = ReadonlyMap<string, string>;

/**
 * The state of the disk under `root`, `TestHost.rootDirectory`. A file's change time tells every write to it, even one
 * that was taken back; a directory counts by its entries, since a probe that was removed again leaves no trace to find.
 * For whether a host is as it was, whatever happened in between, see `hostState`.
 */
export async function snapshotDisk(root: string): Promise<DiskSnapshot> {
  const entries = new Map<string, string>();
  for (const [path, entry] of await listDisk(root)) {
    const { type, mode, owner, target, size, modified, changed } = entry;
    const written = type === "d" ? [] : [size, modified, changed];
    entries.set(path, [type, mode, owner, target, ...written].join(" "));
  }
  return entries;
}

/** The paths that were made, removed or changed in between. */
export function changedPaths(before: DiskSnapshot, after: DiskSnapshot): string[] {
  return [...new Set([...before.keys(), ...after.keys()])].filter(
    (path) => before.get(path) !== after.get(path),
  );
}
