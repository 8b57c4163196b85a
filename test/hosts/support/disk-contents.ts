import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { DiskEntry } from "./disk-listing.ts";

/** What no listing tells of a path: both change its change time when they change. */
export interface DiskContent {
  /** The start of its SHA-256; nothing for what is no file. */
  readonly content: string;
  /** Extended attributes, as getfattr(1) writes them. */
  readonly attributes: string;
}

/** What was read of each path, and by what it is known to be still the same. */
export type Known = Map<string, { readonly as: string; readonly read: DiskContent }>;

const filesAtOnce = 32;
const pathsPerCall = 1_000;

/** Brings `known` up to date: the first time everything is read, afterwards what was touched. */
export async function readContents(
  root: string,
  entries: ReadonlyMap<string, DiskEntry>,
  known: Known,
): Promise<void> {
  const stale = [...entries].filter(([path, entry]) => known.get(path)?.as !== identity(entry));
  const attributes = readAttributes(
    root,
    stale.map(([path]) => path),
  );
  const digests = new Map<string, string>();
  const files = stale.filter(([, { type }]) => type === "f").values();
  const read = async (): Promise<void> => {
    for (const [path] of files) digests.set(path, await digest(join(root, path)));
  };
  await Promise.all(Array.from({ length: filesAtOnce }, read));
  const found = await attributes;
  for (const [path, entry] of stale)
    known.set(path, {
      as: identity(entry),
      read: { content: digests.get(path) ?? "", attributes: found.get(path) ?? "" },
    });
}

function identity({ inode, size, modified, changed }: DiskEntry): string {
  return [inode, size, modified, changed].join(" ");
}

async function digest(path: string): Promise<string> {
  try {
    return createHash("sha256")
      .update(await readFile(path))
      .digest("hex")
      .slice(0, 16);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return "gone";
    throw error;
  }
}

async function readAttributes(
  root: string,
  paths: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (let from = 0; from < paths.length; from += pathsPerCall) {
    const names = paths.slice(from, from + pathsPerCall).map((path) => join(root, path));
    for (const block of (await getfattr(names)).split("\n\n")) {
      const [head = "", ...lines] = block.split("\n");
      const name = unescape(head.replace("# file: ", ""));
      if (lines.length > 0) found.set(name.slice(root.length), lines.join(" ").trim());
    }
  }
  return found;
}

/** What vanished since it was listed is no failure, whatever the exit status says. */
function getfattr(names: readonly string[]): Promise<string> {
  const args = ["--no-dereference", "--absolute-names", "--dump", "--match=-", "--", ...names];
  return new Promise((resolve, reject) => {
    execFile("getfattr", args, { timeout: 30_000 }, (error, stdout) => {
      if (error !== null && typeof error.code === "string") reject(error);
      else resolve(stdout);
    });
  });
}

/** Backslash and three octal digits: getfattr(1). */
function unescape(name: string): string {
  return name.replaceAll(/\\(\d{3})/g, (_, octal: string) =>
    String.fromCharCode(parseInt(octal, 8)),
  );
}
