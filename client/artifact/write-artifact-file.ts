import { randomBytes } from "node:crypto";
import { lstat, open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { type Artifact, ARTIFACT_FORMAT } from "../../shared/artifact.ts";
import { HostKitError } from "../../shared/diagnostic.ts";
import { cliFault } from "../cli/faults.ts";
import { messageOf } from "../compile/contents.ts";
import { artifactText } from "./artifact-text.ts";

/** Readable by nobody else: contents of files may be confidential, though no secret is among them. */
const MODE = 0o600;
/** However it was laid out by whoever read it. */
const HEAD = new RegExp(`^\\s*\\{\\s*"format"\\s*:\\s*"${ARTIFACT_FORMAT}"`);
/** Bytes that hold it. */
const HEAD_LENGTH = 256;

/** Refuses a place where something else would be lost; asked before anything is contacted. */
export async function checkPlace(path: string): Promise<void> {
  const found = await lstat(path).catch(() => undefined);
  if (found === undefined) return;
  if (!found.isFile()) throw unwritable(path, "what is there is not a regular file");
  const file = await open(path, "r").catch((error: unknown) => {
    throw unwritable(path, messageOf(error), error);
  });
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_LENGTH));
    if (bytesRead === 0 || HEAD.test(buffer.toString("latin1", 0, bytesRead))) return;
  } finally {
    await file.close();
  }
  throw unwritable(path, "what is there is no plan, and would be lost");
}

/** Writes a plan file as a whole or not at all. */
export async function writeArtifactFile(path: string, artifact: Artifact): Promise<void> {
  await checkPlace(path);
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString("hex")}`);
  try {
    const file = await open(temporary, "wx", MODE);
    try {
      await file.writeFile(artifactText(artifact));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error instanceof HostKitError ? error : unwritable(path, messageOf(error), error);
  }
}

function unwritable(path: string, why: string, cause?: unknown): HostKitError {
  return cliFault(
    "HK5081",
    `${path} can't be written: ${why}. Name another file with --out.`,
    cause === undefined ? {} : { cause },
  );
}
