import * as fs from "node:fs";
import { errnoOf } from "./fault.ts";
import { appeared } from "./seen.ts";

/** Other file systems, and those without hard links; see link(2). */
export const NO_LINK: readonly (string | undefined)[] = ["EXDEV", "EPERM", "EMLINK", "EOPNOTSUPP"];

/** Gives a file its name where nothing has it: link(2) fails when something does, and rename(2) would replace that. */
export function linkNew(temporary: string, path: string): void {
  try {
    fs.linkSync(temporary, path);
  } catch (error) {
    if (!NO_LINK.includes(errnoOf(error))) throw error;
    // No call of Node does both on a file system without hard links (vfat, some of FUSE), so it is looked at just before.
    if (fs.lstatSync(path, { throwIfNoEntry: false }) !== undefined) throw appeared(path);
    fs.renameSync(temporary, path);
    return;
  }
  fs.unlinkSync(temporary);
}
