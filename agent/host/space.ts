import { statfsSync } from "node:fs";
import { dirname } from "node:path";
import type { Examination } from "../../shared/examination.ts";

/** What is left on the file system that a directory is on, or will be on. */
export function readSpace(path: string): Examination["space"] {
  for (let at = path; ; at = dirname(at)) {
    try {
      const { bavail, bsize, files, ffree } = statfsSync(at);
      return { path, free: bavail * bsize, inodes: files === 0 ? null : ffree };
    } catch (error) {
      if (at === dirname(at)) throw error;
    }
  }
}
