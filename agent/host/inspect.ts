import { createHash } from "node:crypto";
import * as fs from "node:fs";
import { asFault, errnoOf } from "./fault.ts";
import type { Entry, Metadata, Touched } from "./host.ts";

/** Bytes read at once while hashing: large enough for one read of nearly every configuration file. */
const BUFFER_BYTES = 256 * 1024;
const PERMISSIONS = 0o7777;

const metadataOf = (stat: fs.Stats): Metadata => ({
  uid: stat.uid,
  gid: stat.gid,
  mode: stat.mode & PERMISSIONS,
});

/** What is at `path`, without following a link there. A digest costs a read of the whole file. */
export function inspectPath(path: string, { digest }: { readonly digest: boolean }): Entry {
  try {
    const stat = fs.lstatSync(path, { throwIfNoEntry: false });
    if (stat === undefined) return { type: "absent" };
    const metadata = metadataOf(stat);
    if (stat.isDirectory()) return { type: "directory", ...metadata };
    if (stat.isSymbolicLink()) {
      return { type: "symlink", target: fs.readlinkSync(path), ...metadata };
    }
    if (!stat.isFile()) return { type: "other", ...metadata };
    return digest ? hashFile(path) : { type: "file", size: stat.size, ...metadata };
  } catch (error) {
    const code = errnoOf(error);
    // ENOTDIR: a parent is no directory; ENOENT and ELOOP: it changed between two calls.
    if (code === "ENOTDIR" || code === "ENOENT") return { type: "absent" };
    if (code === "EACCES" || code === "EPERM" || code === "ELOOP")
      return { type: "unreadable", code };
    throw asFault(path, error);
  }
}

export function touchedAt(path: string): Touched | null {
  try {
    const { mtimeMs, ctimeMs, uid } = fs.lstatSync(path);
    return { modified: mtimeMs, changed: ctimeMs, uid };
  } catch {
    return null;
  }
}

/** One buffer for all files: hashing is synchronous, so nobody else holds it. */
let shared: Buffer | undefined;

/** Metadata and digest of the same open file, so that they belong together. */
function hashFile(path: string): Entry {
  shared ??= Buffer.allocUnsafe(BUFFER_BYTES);
  // O_NONBLOCK: should the path have become a FIFO, opening it must not wait for a writer.
  const fd = fs.openSync(
    path,
    fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW | fs.constants.O_NONBLOCK,
  );
  try {
    const stat = fs.fstatSync(fd);
    const hash = createHash("sha256");
    let size = 0;
    for (;;) {
      const count = fs.readSync(fd, shared, 0, shared.length, null);
      if (count === 0) break;
      hash.update(shared.subarray(0, count));
      size += count;
    }
    return { type: "file", size, sha256: hash.digest("hex"), ...metadataOf(stat) };
  } finally {
    fs.closeSync(fd);
  }
}

/** The whole file, or `null` where there is none or it is larger than `limit` bytes. Follows links, as a reader would. */
export function readWhole(path: string, limit: number): Uint8Array | null {
  return opened(path, (fd) => {
    const stat = fs.fstatSync(fd);
    return stat.isFile() && stat.size <= limit ? fs.readFileSync(fd) : null;
  });
}

/** A part of a file that may grow meanwhile. */
export function readPart(path: string, start: number, length: number): Uint8Array | null {
  return opened(path, (fd) => {
    const left = Math.max(fs.fstatSync(fd).size - start, 0);
    const bytes = Buffer.allocUnsafe(Math.min(length, left));
    return bytes.subarray(0, fs.readSync(fd, bytes, 0, bytes.length, start));
  });
}

export function namesIn(path: string): string[] | null {
  return ifThere(path, () => fs.readdirSync(path));
}

function opened<Result>(path: string, read: (fd: number) => Result): Result | null {
  return ifThere(path, () => {
    const fd = fs.openSync(path, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK);
    try {
      return read(fd);
    } finally {
      fs.closeSync(fd);
    }
  });
}

/** `null` where nothing is at the path, or something in the way to it is no directory. */
function ifThere<Result>(path: string, read: () => Result): Result | null {
  try {
    return read();
  } catch (error) {
    const code = errnoOf(error);
    if (code === "ENOENT" || code === "ENOTDIR") return null;
    throw asFault(path, error);
  }
}
