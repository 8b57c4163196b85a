import { spawn } from "node:child_process";
import * as fs from "node:fs";
import { asFault, errnoOf } from "./fault.ts";
import { temporaryName } from "./write-atomic.ts";

/** Other file systems, and those without hard links; see link(2). */
const NO_LINK: readonly (string | undefined)[] = ["EXDEV", "EPERM", "EMLINK", "EOPNOTSUPP"];

/** A second link keeps every attribute and costs nothing; a copy keeps what cp(1) can. */
export async function keepFile(path: string, kept: string): Promise<void> {
  try {
    fs.linkSync(path, kept);
  } catch (error) {
    if (!NO_LINK.includes(errnoOf(error))) throw asFault(path, error);
    await copyWhole(path, kept);
  }
}

/** The kept file takes the name in one step; where it is a link, the very inode of before comes back. */
export async function restoreFile(kept: string, path: string): Promise<void> {
  const temporary = temporaryName(path);
  try {
    await keepFile(kept, temporary);
    // rename(2) does nothing, and leaves both names, when they are links to one file already.
    fs.renameSync(temporary, path);
    fs.rmSync(temporary, { force: true });
  } catch (error) {
    fs.rmSync(temporary, { force: true });
    throw asFault(path, error);
  }
}

async function copyWhole(from: string, to: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const child = spawn("cp", ["--no-dereference", "--preserve=all", "--", from, to], {
      stdio: ["ignore", "ignore", "pipe"],
      timeout: 600_000,
    });
    let said = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => (said += text.slice(0, 1000)));
    child.once("error", reject);
    child.once("close", (status) =>
      status === 0 ? resolve() : reject(Object.assign(new Error(said.trim()), { code: "EIO" })),
    );
  });
}
