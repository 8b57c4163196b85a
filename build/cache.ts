import {
  mkdir,
  mkdtemp,
  readFile,
  readdir,
  rename,
  rm,
  stat,
  utimes,
  writeFile,
} from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { sha256File } from "./digest.ts";

/** Whether the cache had it. */
export type Origin = "cached" | "rebuilt";

/**
 * A cache entry is a folder `<shelf>/<key>` of files with their digests beside them. The key is a digest of everything the
 * files were made from; the digests inside tell a whole entry from a damaged one, which is made again and never used.
 * Entries appear by rename, complete, so builds may run side by side.
 */
export interface CacheEntry {
  readonly origin: Origin;
  readonly files: ReadonlyMap<string, CachedFile>;
}

export interface CachedFile {
  readonly path: string;
  readonly sha256: string;
  readonly size: number;
}

interface EntryOptions {
  /** Entries of one sort live on one shelf and are trimmed together. */
  readonly shelf: string;
  readonly key: string;
  /** How many of the shelf's entries to keep, the last used first. */
  readonly keep: number;
  /** Puts the entry's files into an empty folder; called when there is no sound entry yet. */
  readonly fill: (folder: string) => Promise<void>;
}

const MANIFEST = "entry.json";
/** Work in progress has this prefix; a build that was killed leaves it behind. */
const UNFINISHED = ".tmp-";
const UNFINISHED_MS = 24 * 60 * 60 * 1000;

/** `$HOSTKIT_CACHE_DIR`, else the user's cache folder; never inside the checkout, so that clean checkouts build quickly too. */
export function defaultCacheRoot(): string {
  const own = process.env["HOSTKIT_CACHE_DIR"];
  if (own !== undefined && own !== "") return join(own, "build");
  const base = process.env["XDG_CACHE_HOME"];
  return join(
    base === undefined || base === "" ? join(homedir(), ".cache") : base,
    "hostkit",
    "build",
  );
}

export async function obtainEntry({ shelf, key, keep, fill }: EntryOptions): Promise<CacheEntry> {
  const folder = join(shelf, key);
  const found = await readSound(folder);
  if (found !== undefined) return { origin: "cached", files: found };
  await mkdir(shelf, { recursive: true });
  const staging = await mkdtemp(join(shelf, UNFINISHED));
  try {
    await fill(staging);
    await writeManifest(staging);
    const files = await publish(staging, folder);
    await trim(shelf, keep);
    return { origin: "rebuilt", files };
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

/** The file of an entry that its own `fill` is known to write. */
export function fileOf(entry: CacheEntry, name: string): CachedFile {
  const file = entry.files.get(name);
  if (file === undefined) throw new Error(`No ${name} in a cache entry that was made with it.`);
  return file;
}

type Digests = Record<string, { sha256: string; size: number }>;

async function writeManifest(folder: string): Promise<void> {
  const digests: Digests = {};
  for (const name of (await readdir(folder)).toSorted()) {
    const path = join(folder, name);
    digests[name] = { sha256: await sha256File(path), size: (await stat(path)).size };
  }
  await writeFile(join(folder, MANIFEST), `${JSON.stringify(digests, null, 2)}\n`);
}

/** The entry's files, or nothing when any of them is not what it was when it was made. */
async function readSound(folder: string): Promise<ReadonlyMap<string, CachedFile> | undefined> {
  try {
    const digests = JSON.parse(await readFile(join(folder, MANIFEST), "utf8")) as Digests;
    const files = await Promise.all(
      Object.entries(digests).map(async ([name, { sha256, size }]) => {
        const path = join(folder, name);
        const sound = (await stat(path)).size === size && (await sha256File(path)) === sha256;
        return sound ? ([name, { path, sha256, size }] as const) : undefined;
      }),
    );
    if (files.length === 0 || files.includes(undefined)) return undefined;
    const now = new Date();
    await utimes(folder, now, now);
    return new Map(files.filter((file) => file !== undefined));
  } catch {
    // Absent, half gone or not JSON: all mean that the entry has to be made.
    return undefined;
  }
}

async function publish(staging: string, folder: string): Promise<ReadonlyMap<string, CachedFile>> {
  try {
    await rename(staging, folder);
  } catch (error) {
    if (!isOccupied(error)) throw error;
    // Another build was faster: its entry serves as well.
    const theirs = await readSound(folder);
    if (theirs !== undefined) return theirs;
    // A damaged entry is in the way. It is mended file by file, each by rename, so that who repairs or reads it at the same time
    // never finds a file missing; equal keys mean equal bytes, so it does not matter whose file comes last.
    const names = (await readdir(staging)).filter((name) => name !== MANIFEST);
    for (const name of [...names, MANIFEST]) await rename(join(staging, name), join(folder, name));
  }
  const files = await readSound(folder);
  if (files === undefined)
    throw new Error(`The cache entry ${folder} is not what was just written.`);
  return files;
}

async function trim(shelf: string, keep: number): Promise<void> {
  const entries = await Promise.all(
    (await readdir(shelf)).map(async (name) => {
      const path = join(shelf, name);
      // Another build may trim at the same time.
      const usedMs = await stat(path).then(
        ({ mtimeMs }) => mtimeMs,
        () => 0,
      );
      return { path, usedMs, unfinished: name.startsWith(UNFINISHED) };
    }),
  );
  const surplus = entries
    .filter(({ unfinished }) => !unfinished)
    .toSorted((a, b) => b.usedMs - a.usedMs)
    .slice(keep);
  const stale = entries.filter(
    ({ unfinished, usedMs }) => unfinished && Date.now() - usedMs > UNFINISHED_MS,
  );
  for (const { path } of [...surplus, ...stale]) await rm(path, { recursive: true, force: true });
}

function isOccupied(error: unknown): boolean {
  return (
    error instanceof Error &&
    "code" in error &&
    (error.code === "ENOTEMPTY" || error.code === "EEXIST")
  );
}
