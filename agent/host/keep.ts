import * as fs from "node:fs";
import { cp } from "./cp.ts";
import { asFault, errnoOf } from "./fault.ts";
import type { Entry } from "./host.ts";
import { inspectPath } from "./inspect.ts";
import { NO_LINK } from "./link-new.ts";
import { mustBeSame } from "./seen.ts";
import { temporaryName } from "./write-atomic.ts";

/** Milliseconds; a file may be large and its disk slow. */
const COPY_TIMEOUT = 600_000;

/** A second link keeps every attribute and costs nothing; a copy keeps what cp(1) can. */
export async function keepFile(path: string, kept: string): Promise<void> {
  try {
    fs.linkSync(path, kept);
  } catch (error) {
    if (!NO_LINK.includes(errnoOf(error))) throw asFault(path, error);
    await cp(path, kept, { flags: ["--no-dereference", "--preserve=all"], timeout: COPY_TIMEOUT });
  }
}

/** The kept file takes the name in one step; where it is a link, the very inode of before comes back. */
export async function restoreFile(
  kept: string,
  path: string,
  { over }: { readonly over: Entry },
): Promise<void> {
  const temporary = temporaryName(path);
  try {
    await keepFile(kept, temporary);
    mustBeSame(path, inspectPath(path, { digest: true }), over);
    // rename(2) does nothing, and leaves both names, when they are links to one file already.
    fs.renameSync(temporary, path);
    fs.rmSync(temporary, { force: true });
  } catch (error) {
    fs.rmSync(temporary, { force: true });
    throw asFault(path, error);
  }
}

/** Nothing is lost: what is removed is one of two names of a file that stays. */
export function forgetKept(kept: string, path: string): void {
  try {
    const [one, other] = [kept, path].map((each) =>
      fs.lstatSync(each, { throwIfNoEntry: false, bigint: true }),
    );
    if (one === undefined || one.dev !== other?.dev || one.ino !== other.ino) return;
    fs.rmSync(kept, { force: true });
  } catch (error) {
    throw asFault(kept, error);
  }
}
