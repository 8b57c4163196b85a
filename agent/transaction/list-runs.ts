import { HostKitError } from "../../shared/diagnostic.ts";
import type { RunId } from "../../shared/run.ts";
import { RunId as RunIdSchema, type RunSummary } from "../../shared/run.ts";
import type { Host } from "../host/host.ts";
import { openOf, type LookingRoot, type Root, runOf, runsOf } from "./places.ts";
import { BeginRecord } from "./read-journal.ts";
import { readOutcome } from "./run.ts";
import type { Begin } from "./journal.ts";

/** Bytes that hold the first line of any journal. */
const FIRST_LINE = 16 * 1024;

const isRunId = (name: string): name is RunId => RunIdSchema.safeParse(name).success;

/** Ids of all recorded runs, in no order. */
async function runIds({ host, root }: Root): Promise<RunId[]> {
  const [names] = await host.list([runsOf(root)]);
  return (names ?? []).filter(isRunId);
}

/** Ids of runs that have not come to an end. */
export async function openRunIds({ host, root }: LookingRoot): Promise<RunId[]> {
  const [names] = await host.list([openOf(root)]);
  return (names ?? []).filter(isRunId);
}

/** The first record of a journal; `undefined` for a run that never began, `damaged` where there is something else. */
async function firstRecord(host: Host, directory: string): Promise<Begin | undefined | "damaged"> {
  const path = `${directory}/journal.jsonl`;
  const bytes = await host.readRange(path, { start: 0, length: FIRST_LINE });
  const [line = "", ...others] = new TextDecoder().decode(bytes ?? new Uint8Array()).split("\n");
  // Not even the first line is whole: it was cut off while it said what it is.
  if (others.length === 0 && (bytes?.length ?? 0) < FIRST_LINE) return undefined;
  try {
    return BeginRecord.parse(JSON.parse(line)) as unknown as Begin;
  } catch {
    return "damaged";
  }
}

/** What a run said it is; `undefined` where that is not known. */
export async function readBegin(host: Host, directory: string): Promise<Begin | undefined> {
  const record = await firstRecord(host, directory);
  return record === "damaged" ? undefined : record;
}

/** One more than any run had so far. */
export async function nextSequence(at: Root): Promise<number> {
  let last = 0;
  for (const run of await runIds(at)) {
    last = Math.max(last, (await readBegin(at.host, runOf(at.root, run)))?.sequence ?? 0);
  }
  return last + 1;
}

/** All runs, newest first. What can't be read of one is left out of its line. */
export async function listRuns(
  at: Root,
  isAlive: (run: RunId) => Promise<boolean>,
): Promise<RunSummary[]> {
  const found: RunSummary[] = [];
  for (const run of await runIds(at)) {
    const directory = runOf(at.root, run);
    const first = await firstRecord(at.host, directory);
    const begin = first === "damaged" ? undefined : first;
    const read = await readOutcome(at.host, directory).catch(refused);
    const outcome = read === "refused" ? null : read;
    const isReadable = first !== "damaged" && read !== "refused";
    const unended = async () => ((await isAlive(run)) ? "running" : "cut-off");
    found.push({
      run,
      sequence: begin?.sequence ?? 0,
      state: isReadable ? (outcome?.verdict ?? (await unended())) : "unreadable",
      project: begin?.project ?? "",
      host: begin?.host ?? "",
      by: begin?.by ?? "",
      at: begin?.at ?? "",
      changes: begin?.changes ?? outcome?.changes.length ?? 0,
      done: outcome?.changes.filter((change) => change.result === "done").length ?? 0,
      milliseconds: outcome?.milliseconds ?? null,
      reverts: begin?.reverts ?? null,
    });
  }
  return found.toSorted((a, b) => b.sequence - a.sequence || (a.run < b.run ? 1 : -1));
}

/** Whoever lists runs wants to see the others all the same. */
function refused(error: unknown): "refused" {
  if (error instanceof HostKitError) return "refused";
  throw error;
}

/** Removes the records of finished runs but the newest ones. What has not come to an end, or can't be read, is evidence. */
export async function pruneRuns(at: Root, keep: number): Promise<RunId[]> {
  const runs = await listRuns(at, () => Promise.resolve(false));
  const open = new Set<string>(await openRunIds(at));
  const isEvidence = ({ run, state }: RunSummary) =>
    state === "cut-off" || state === "unreadable" || open.has(run);
  const finished = runs.filter((run) => !isEvidence(run));
  const removed = finished.slice(keep).map(({ run }) => run);
  for (const run of removed) await at.host.removeTree(runOf(at.root, run));
  return removed;
}
