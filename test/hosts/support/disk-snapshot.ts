import { runTool } from "./run-tool.ts";

/** Everything on a machine's disk by path: type, owner, mode, size, times, target. */
export type DiskSnapshot = ReadonlyMap<string, string>;

/** What systemd and its timers, sshd and sudo write whenever they like. */
const notOurs = /^(?:dev|proc|run|sys|tmp|var\/(?:backups|log|tmp|lib\/(?:systemd|sudo)))(?:\/|$)/;

/**
 * The state of the disk under `root`, `TestHost.rootDirectory`. A file's change time tells every write to it, even one
 * that was taken back; a directory counts by its entries, since a probe that was removed again leaves no trace to find.
 */
export async function snapshotDisk(root: string): Promise<DiskSnapshot> {
  const format = String.raw`%P\0%y %m %U %G %l `;
  const directories = ["(", "-type", "d", "-printf", String.raw`${format}\0`, ")"];
  const others = ["-printf", String.raw`${format}%s %T@ %C@\0`];
  const listing = await runTool("find", [root, "-xdev", ...directories, "-o", ...others]);
  const words = listing.split("\0");
  const entries = new Map<string, string>();
  for (let index = 0; index + 1 < words.length; index += 2) {
    const path = words[index] ?? "";
    if (!notOurs.test(path)) entries.set(`/${path}`, words[index + 1] ?? "");
  }
  return entries;
}

/** The paths that were made, removed or changed in between. */
export function changedPaths(before: DiskSnapshot, after: DiskSnapshot): string[] {
  return [...new Set([...before.keys(), ...after.keys()])].filter(
    (path) => before.get(path) !== after.get(path),
  );
}
