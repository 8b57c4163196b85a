import * as fs from "node:fs";
import { dirname } from "node:path";
import { attempt, errnoOf } from "./fault.ts";
import type { FileSystem } from "./host.ts";

/** The file system that would hold something at a path: that of the nearest directory that is there. */
export function fileSystemOf(path: string): FileSystem {
  let directory = path;
  let stat = statOf(directory);
  while (stat === undefined || !stat.isDirectory()) {
    directory = dirname(directory);
    stat = statOf(directory);
  }
  const { bsize, bavail, bfree, files, ffree } = attempt(directory, () => fs.statfsSync(directory));
  return {
    device: String(stat.dev),
    // What is reserved is root's to use.
    free: bsize * (process.getuid?.() === 0 ? bfree : bavail),
    freeFiles: files === 0 ? null : ffree,
    block: bsize,
    readOnly: isReadOnly(directory),
  };
}

function statOf(path: string): fs.Stats | undefined {
  try {
    return fs.statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

/** access(2) says so to root as well. */
function isReadOnly(path: string): boolean {
  try {
    fs.accessSync(path, fs.constants.W_OK);
    return false;
  } catch (error) {
    return errnoOf(error) === "EROFS";
  }
}
