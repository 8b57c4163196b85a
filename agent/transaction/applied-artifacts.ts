import * as z from "zod";
import { Digest } from "../../shared/brands.ts";
import { HostKitError } from "../../shared/diagnostic.ts";
import { RunId } from "../../shared/run.ts";
import { artifactsOf, type Root, runOf } from "./places.ts";
import { readOutcome } from "./run.ts";
import { LIMIT } from "./run-files.ts";

/** Which artifacts were applied here: each takes effect once. Kept apart from the runs, whose records are removed some day. */

const Line = z.strictObject({ artifact: Digest, run: RunId });

/** On disk before the first change of the run. */
export async function noteApplied(
  { host, root }: Root,
  line: { readonly artifact: Digest; readonly run: RunId },
): Promise<void> {
  await host.appendText(artifactsOf(root), `${JSON.stringify(line)}\n`, { sync: true });
}

/** Refuses an artifact that took effect. One whose runs left nothing on the host may be tried again. */
export async function refuseApplied({ host, root }: Root, artifact: Digest): Promise<void> {
  const [bytes] = await host.readFiles([artifactsOf(root)], { limit: LIMIT });
  const lines = new TextDecoder().decode(bytes ?? new Uint8Array()).split("\n");
  for (const line of lines.filter((each) => each.includes(artifact))) {
    const { run } = parsed(line);
    if (run !== undefined && (await leftNothing({ host, root }, run))) continue;
    throw applied(run);
  }
}

async function leftNothing({ host, root }: Root, run: RunId): Promise<boolean> {
  const outcome = await readOutcome(host, runOf(root, run)).catch(() => null);
  return outcome?.verdict === "failed" || outcome?.verdict === "rolled-back";
}

/** What can't be read, such as a line that was being written when the power went, speaks for having been applied. */
function parsed(line: string): { readonly run?: RunId } {
  try {
    return Line.safeParse(JSON.parse(line)).data ?? {};
  } catch {
    return {};
  }
}

const applied = (run: string | undefined) =>
  new HostKitError({
    severity: "error",
    side: "agent",
    code: "HK3047",
    summary: "The plan was applied already.",
    detail: `A saved plan takes effect once, and this one did${run === undefined ? "" : `, in the run ${run}`}. Nothing was changed. \`hostkit runs\` shows what became of it; make a new plan to see what is left to do.`,
  });
