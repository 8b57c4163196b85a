import * as fs from "node:fs";
import { basename, dirname } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import { asFault, attempt, errnoOf } from "./fault.ts";
import { fileSystemOf } from "./file-systems.ts";
import type { Host } from "./host.ts";
import { createKeyed } from "./keyed.ts";
import { inspectPath, namesIn, readPart, readWhole, touchedAt } from "./inspect.ts";
import { runCommand } from "./run.ts";
import { stage } from "./stage.ts";
import { lockFile, unlockFile } from "./locked-file.ts";
import { forgetKept, keepFile, restoreFile } from "./keep.ts";
import { symlinkAtomic, syncDirectory, syncFile, writeAtomic } from "./write-atomic.ts";

/**
 * Reads are synchronous: for small files a system call is far cheaper than a trip through the thread pool. After this
 * many the event loop gets a turn, so that pings are answered.
 */
const PER_TURN = 64;

async function inTurns<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Result,
): Promise<Result[]> {
  const results: Result[] = [];
  for (const item of items) {
    results.push(work(item));
    if (results.length % PER_TURN === 0) await turn();
  }
  return results;
}

const DIRECTORY = fs.constants.O_RDONLY | fs.constants.O_DIRECTORY | fs.constants.O_NOFOLLOW;

/**
 * Works below the directory that is opened once, whatever its name leads to later: proc(5), /proc/pid/fd. By number of
 * this process, since a tool that it starts has other descriptors.
 */
async function inRealParent<Result>(
  path: string,
  work: (pinned: string) => Promise<Result>,
): Promise<Result> {
  const fd = attempt(dirname(path), () => fs.openSync(dirname(path), DIRECTORY));
  try {
    return await work(`/proc/${process.pid}/fd/${fd}/${basename(path)}`);
  } finally {
    fs.closeSync(fd);
  }
}

/** What kept files are locked with. No generated secret has a name without a colon. */
const LOCK = "kept files";
const LOCK_BYTES = 32;

/** The machine the agent runs on. `key`: where its key lies, see `Host.seal`. */
export function createLinuxHost({ key }: { readonly key?: string } = {}): Host {
  const written = new Set<string>();
  const keyed = createKeyed(key);

  return {
    uid: process.getuid?.() ?? 0,

    inspect: (paths, options) => inTurns(paths, (path) => inspectPath(path, options)),

    readFiles: (paths, { limit }) => inTurns(paths, (path) => readWhole(path, limit)),

    readRange: async (path, { start, length }) => readPart(path, start, length),

    fileSystems: (paths) => inTurns(paths, fileSystemOf),

    list: (paths) => inTurns(paths, namesIn),

    touched: (paths) => inTurns(paths, touchedAt),

    async writeFile(path, content, metadata, { over, parent }) {
      const write = (place: string) => writeAtomic(place, content, { metadata, over });
      await (parent === "real" ? inRealParent(path, write) : write(path));
      written.add(dirname(path));
    },

    async makeDirectory(path, { uid, gid, mode }) {
      attempt(path, () => {
        // Nobody may enter before it belongs to whom it should.
        fs.mkdirSync(path, 0o700);
        try {
          // Through a descriptor: who owns the directory above could have put a link in its place meanwhile.
          const fd = fs.openSync(path, DIRECTORY);
          try {
            fs.fchownSync(fd, uid, gid);
            fs.fchmodSync(fd, mode);
          } finally {
            fs.closeSync(fd);
          }
        } catch (error) {
          fs.rmdirSync(path);
          throw error;
        }
      });
      written.add(dirname(path));
    },

    async setMetadata(path, { uid, gid, mode }) {
      attempt(path, () => {
        // Through a descriptor: a link put in the place of the file must not redirect this.
        const fd = fs.openSync(
          path,
          fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW | fs.constants.O_NONBLOCK,
        );
        try {
          const now = fs.fstatSync(fd);
          if (now.uid !== uid || now.gid !== gid) fs.fchownSync(fd, uid, gid);
          fs.fchmodSync(fd, mode);
        } finally {
          fs.closeSync(fd);
        }
      });
    },

    async writeSymlink(path, target, { over }) {
      symlinkAtomic(path, { target, over });
      written.add(dirname(path));
    },

    async removeFile(path, options) {
      const remove = async (place: string) =>
        attempt(path, () => fs.rmSync(place, { force: true }));
      await (options?.parent === "real" ? inRealParent(path, remove) : remove(path));
      written.add(dirname(path));
    },

    async removeDirectory(path) {
      try {
        fs.rmdirSync(path);
        written.add(dirname(path));
      } catch (error) {
        if (errnoOf(error) !== "ENOENT") throw asFault(path, error);
      }
    },

    async rename(path, to) {
      attempt(path, () => fs.renameSync(path, to));
      written.add(dirname(path)).add(dirname(to));
    },

    async removeTree(path) {
      attempt(path, () => fs.rmSync(path, { recursive: true, force: true }));
      written.add(dirname(path));
    },

    async keepFile(path, kept) {
      await keepFile(path, kept);
      written.add(dirname(kept));
    },

    forgetKept: async (kept, path) => forgetKept(kept, path),

    async restoreFile(kept, path, options) {
      await restoreFile(kept, path, options);
      written.add(dirname(path));
    },

    async appendText(path, text, { sync }) {
      const isNew = !fs.existsSync(path);
      const fd = attempt(path, () => fs.openSync(path, "a", 0o600));
      if (isNew) written.add(dirname(path));
      try {
        attempt(path, () => fs.writeSync(fd, text));
        if (sync) await syncFile(fd, path);
      } finally {
        fs.closeSync(fd);
      }
    },

    ...keyed,

    async lockFile(path, locked) {
      await lockFile(path, locked, keyed.derive(LOCK, LOCK_BYTES));
      written.add(dirname(path)).add(dirname(locked));
    },

    async unlockFile(locked, path) {
      await unlockFile(locked, path, keyed.derive(LOCK, LOCK_BYTES));
      written.add(dirname(path)).add(dirname(locked));
    },

    async flush() {
      const directories = [...written];
      written.clear();
      await Promise.all(directories.map((path) => syncDirectory(path)));
    },

    run: runCommand,

    // The runtime's HTTP and TLS take a third of an agent's start to load, and most agents wait for nothing.
    probe: async (probe, options) => (await import("./probe.ts")).askOnce(probe, options),

    stage,
  };
}
