import { randomBytes } from "node:crypto";
import type { Plan } from "../../shared/plan.ts";
import type { Outcome } from "../../shared/outcome.ts";
import { type Host, HostFault } from "../host/host.ts";
import { type Journal, openJournal } from "./journal.ts";

/** One apply on one host, and the directory that tells of it: plan, journal, outcome, files that were replaced. */
export interface Run {
  readonly id: string;
  readonly directory: string;
  readonly journal: Journal;
  /** Where files that are replaced are kept, named after their content. */
  readonly keptDirectory: string;
  finish(outcome: Outcome): Promise<void>;
}

const PRIVATE = 0o700;

/** Sorts by time; the random part tells runs of one second apart. */
function runId(now: Date): string {
  const time = now.toISOString().replaceAll(/[-:]/g, "").slice(0, 15);
  return `${time}-${randomBytes(3).toString("hex")}`;
}

/** Makes the run's directory below the agent's own, readable by nobody else. */
export async function beginRun(
  plan: Plan,
  { host, root, now }: { readonly host: Host; readonly root: string; readonly now: Date },
): Promise<Run> {
  const id = runId(now);
  const directory = `${root}/runs/${id}`;
  for (const path of [root, `${root}/runs`, directory, `${directory}/preimages`]) {
    await ensureDirectory(host, path);
  }
  const write = (name: string, value: unknown) =>
    host.appendText(`${directory}/${name}`, `${JSON.stringify(value, null, 1)}\n`, { sync: true });
  await write("plan.json", plan);
  return {
    id,
    directory,
    journal: openJournal(host, `${directory}/journal.jsonl`),
    keptDirectory: `${directory}/preimages`,
    finish: (outcome) => write("outcome.json", outcome),
  };
}

async function ensureDirectory(host: Host, path: string): Promise<void> {
  const [entry] = await host.inspect([path], { digest: false });
  if (entry?.type === "directory") return;
  try {
    await host.makeDirectory(path, { uid: host.uid, gid: -1, mode: PRIVATE });
  } catch (error) {
    if (!(error instanceof HostFault) || error.code !== "EEXIST") throw error;
  }
}
