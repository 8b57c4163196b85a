import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import { cp } from "./cp.ts";
import { asFault, attempt, errnoOf } from "./fault.ts";
import type { Metadata, WriteOptions } from "./host.ts";
import { inspectPath } from "./inspect.ts";
import { linkNew } from "./link-new.ts";
import { mustBeSame, mustLeadTo } from "./seen.ts";

const fsync = promisify(fs.fsync);

/** Returns when the content of the file, open under this path, is on disk. */
export async function syncFile(fd: number, path: string): Promise<void> {
  try {
    await fsync(fd);
  } catch (error) {
    throw asFault(path, error);
  }
}

/** What such names are like: `.NAME.hostkit-…`. */
export const TEMPORARY = /^\.(.+)\.hostkit-[0-9a-f]{12}$/;

/** A leading dot and an unknown suffix: what reads whole directories (cron.d, sudoers.d, conf.d) passes it over. */
export function temporaryName(path: string): string {
  return join(
    dirname(path),
    `.${basename(path).slice(0, 200)}.hostkit-${randomBytes(6).toString("hex")}`,
  );
}

/**
 * Replaces or creates a file in one step. The new file has its content, owner and mode, and is on disk, before it
 * takes the name; whatever goes wrong earlier leaves the old one as it was and no temporary file behind.
 */
export async function writeAtomic(
  path: string,
  content: AsyncIterable<Uint8Array>,
  { metadata, over }: { readonly metadata: Metadata; readonly over: WriteOptions["over"] },
): Promise<void> {
  const temporary = temporaryName(path);
  const isNew = over !== "anything" && over.type === "absent";
  try {
    const fd = fs.openSync(temporary, "wx", 0o600);
    try {
      for await (const piece of content) writeAll(fd, piece);
      if (!isNew && fs.existsSync(path)) await keepAttributes(path, temporary);
      const now = fs.fstatSync(fd);
      // chown clears setuid and capabilities (chown(2)), so it is not called without need, and never after chmod.
      if (now.uid !== metadata.uid || now.gid !== metadata.gid) {
        fs.fchownSync(fd, metadata.uid, metadata.gid);
      }
      fs.fchmodSync(fd, metadata.mode);
      await syncFile(fd, path);
    } finally {
      fs.closeSync(fd);
    }
    if (isNew) {
      linkNew(temporary, path);
    } else {
      // As late as can be: content may have been long in coming, and the disk slow.
      mustBeSame(path, inspectPath(path, { digest: true }), over);
      fs.renameSync(temporary, path);
    }
  } catch (error) {
    fs.rmSync(temporary, { force: true });
    throw asFault(path, error);
  }
}

function writeAll(fd: number, piece: Uint8Array): void {
  for (let offset = 0; offset < piece.length;) {
    offset += fs.writeSync(fd, piece, offset);
  }
}

/** Extended attributes, ACL and SELinux label of the file that is replaced. Only a replacement costs this process. */
async function keepAttributes(from: string, to: string): Promise<void> {
  await cp(from, to, { flags: ["--attributes-only", "--preserve=all"], timeout: 10_000 });
  // cp also keeps the times of the old file, and the new one is new.
  const now = new Date();
  fs.utimesSync(to, now, now);
}

/** A link under a temporary name takes the place of the link that was there, in one step; a new one needs none. */
export function symlinkAtomic(
  path: string,
  { target, over }: { readonly target: string; readonly over: string | null },
): void {
  if (over === null) {
    attempt(path, () => fs.symlinkSync(target, path));
    return;
  }
  const temporary = temporaryName(path);
  try {
    fs.symlinkSync(target, temporary);
    mustLeadTo(path, inspectPath(path, { digest: false }), over);
    fs.renameSync(temporary, path);
  } catch (error) {
    fs.rmSync(temporary, { force: true });
    throw asFault(path, error);
  }
}

/**
 * Returns when the names in a directory are on disk; without it a rename may not survive a power cut. A directory that
 * is gone has no names to keep.
 */
export async function syncDirectory(path: string): Promise<void> {
  let fd: number;
  try {
    fd = fs.openSync(path, fs.constants.O_RDONLY | fs.constants.O_DIRECTORY);
  } catch (error) {
    const code = errnoOf(error);
    if (code === "ENOENT" || code === "ENOTDIR") return;
    throw asFault(path, error);
  }
  try {
    await syncFile(fd, path);
  } finally {
    fs.closeSync(fd);
  }
}
