import { stat } from "node:fs/promises";
import { readArtifact, type WholeArtifact } from "../../shared/read-artifact.ts";
import { cliFault } from "../cli/faults.ts";
import { messageOf, readText } from "../compile/contents.ts";
import { sha256 } from "../sha256.ts";
import { checkContents } from "./saved-contents.ts";

/** Bytes; what a plan file can grow to with the largest contents it may have. */
const LIMIT = 256 * 1024 * 1024;

/** Reads a plan file and finds it whole, unchanged and of a version that is known; else throws what is wrong with it. */
export async function readArtifactFile(path: string): Promise<WholeArtifact> {
  const text = await readBounded(path);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw cliFault("HK5080", `${path} is not whole JSON: ${whyNot(text)} Nothing was contacted.`);
  }
  const whole = readArtifact(value, { sha256, side: "cli", name: path });
  checkContents(path, { saved: whole.artifact.contents, needed: whole.plan.contents });
  return whole;
}

async function readBounded(path: string): Promise<string> {
  try {
    // Told by its size, not by reading all that there may be.
    const { size } = await stat(path);
    if (size > LIMIT) throw new Error(`it is larger than ${LIMIT / 1024 / 1024} MiB`);
    return await readText(path, LIMIT);
  } catch (error) {
    throw cliFault("HK5080", `${path} can't be read: ${messageOf(error)}. Nothing was contacted.`, {
      cause: error,
    });
  }
}

/** What the parser says quotes what it stumbled over, which may be anything. */
function whyNot(text: string): string {
  if (text.trim() === "") return "it is empty.";
  if (!text.trimStart().startsWith("{")) return "it does not begin with {.";
  return text.trimEnd().endsWith("}")
    ? "something in it was damaged."
    : "its end is missing, as if it had been cut off on its way.";
}
