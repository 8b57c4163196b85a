import { runTool } from "./run-tool.ts";

/** What is asked of find(1) about each path. */
const fields = {
  /** A letter as in `ls -l`, `f` for a file. */
  type: "%y",
  mode: "%m",
  /** By number. */
  owner: "%U:%G",
  target: "%l",
  size: "%s",
  modified: "%T@",
  /** Tells every write, even one that was taken back. */
  changed: "%C@",
  inode: "%i",
  links: "%n",
} as const;

export type DiskEntry = Readonly<Record<keyof typeof fields, string>>;

/** What systemd and its timers, sshd and sudo write whenever they like. */
const notOurs = /^(?:dev|proc|run|sys|tmp|var\/(?:backups|log|tmp|lib\/(?:systemd|sudo)))(?:\/|$)/;

const names = Object.keys(fields);
const format = ["%P", ...Object.values(fields)].map((field) => String.raw`${field}\0`).join("");

/** Everything on the disk under `root`, `TestHost.rootDirectory`, by its path on the host. */
export async function listDisk(root: string): Promise<ReadonlyMap<string, DiskEntry>> {
  const words = (await runTool("find", [root, "-xdev", "-printf", format])).split("\0");
  const entries = new Map<string, DiskEntry>();
  // The last word is what follows the last zero: nothing.
  for (let at = 0; at + 1 < words.length; at += names.length + 1) {
    if (notOurs.test(words[at]!)) continue;
    const values = names.map((name, index) => [name, words[at + 1 + index]!]);
    entries.set(`/${words[at]}`, Object.fromEntries(values) as DiskEntry);
  }
  return entries;
}
