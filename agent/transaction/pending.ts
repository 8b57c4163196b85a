import type { Diagnostic } from "../../shared/diagnostic.ts";
import type { PendingRun, RunId } from "../../shared/run.ts";
import { openRunIds } from "./list-runs.ts";
import { type LookingRoot, runOf } from "./places.ts";
import { readJournal } from "./read-journal.ts";
import { readOwnRequest, readRequest } from "./request.ts";
import { isOpenVerdict, readOutcome } from "./run.ts";

/** Tells whether somebody is at work on a run. */
export type IsAlive = (run: RunId) => Promise<boolean>;

/** A run that has not come to an end although nobody is at work on it, if there is one. Costs one look where there is none. */
export async function findPending(
  at: LookingRoot,
  isAlive: IsAlive,
): Promise<PendingRun | undefined> {
  const found: PendingRun[] = [];
  for (const run of await openRunIds(at)) {
    const directory = runOf(at.root, run);
    const outcome = await readOutcome(at.host, directory);
    // Its process ended between the outcome and the removal of the mark.
    if (outcome !== null && !isOpenVerdict(outcome.verdict)) continue;
    if (outcome === null && (await isAlive(run))) continue;
    // Marked, and then cut off before it got its directory: it never was a run.
    const [entry] = await at.host.inspect([directory], { digest: false });
    if (entry?.type !== "directory") continue;
    const { request } = await readRequest(at, directory);
    const state = outcome === null ? "cut-off" : "stopped";
    found.push({ run, onFailure: request.onFailure, state });
  }
  // A run that was cut off as it began may not have closed the one before it, that had stopped part way.
  return found.find(({ state }) => state === "cut-off") ?? found[0];
}

/** The same, with what a person who plans needs to know of it. */
export async function tellPending(
  at: LookingRoot & { readonly machineId: string },
  isAlive: IsAlive,
): Promise<{ readonly pending: PendingRun | null; readonly told: Diagnostic[] }> {
  const pending = await findPending(at, isAlive);
  if (pending === undefined) return { pending: null, told: [] };
  return { pending, told: [await describePending(at, pending)] };
}

/** A warning for whoever looks without waiting: somebody is changing the host meanwhile. */
export async function runsAtWork(at: LookingRoot, isAlive: IsAlive): Promise<Diagnostic[]> {
  for (const run of await openRunIds(at)) {
    if (!(await isAlive(run))) continue;
    return [
      {
        severity: "warning",
        side: "host",
        code: "HK4158",
        summary: "A run is changing the host right now.",
        detail: `The run ${run} is at work, and nothing was waited for: what is told may be half of what it does, and is not to be taken for drift. \`hostkit runs --follow\` shows it until it ends; look again then.`,
      },
    ];
  }
  return [];
}

/** What a person who plans needs to know of it. */
export async function describePending(
  at: LookingRoot & { readonly machineId: string },
  pending: PendingRun,
): Promise<Diagnostic> {
  const { run, state } = pending;
  const directory = runOf(at.root, run);
  await readOwnRequest(at, directory);
  const { intents, started, done } = await readJournal(at.host, `${directory}/journal.jsonl`);
  const open = [...started].filter((id) => !done.has(id));
  const half = open.length === 0 ? "" : ` Begun and not finished: ${open.join(", ")}.`;
  const progress =
    intents.length === 0
      ? "It had not begun to change anything."
      : `${done.size} of its ${intents.length} changes were done.${half} What it replaced is kept in ${directory}/preimages.`;
  const ways =
    "`hostkit resume` finishes it, `hostkit rollback` takes it back, and the next push goes on from what is there now";
  return state === "cut-off"
    ? {
        severity: "warning",
        side: "host",
        code: "HK4007",
        summary: "The last run was cut off.",
        detail: `The run ${run} never came to an end: its agent was killed, or the host went down. ${progress} ${pending.onFailure === "rollback" ? "`hostkit resume` finishes it, `hostkit rollback` takes it back; a push takes it back first, as it would have been had it failed" : ways}.`,
      }
    : {
        severity: "warning",
        side: "host",
        code: "HK4043",
        summary: "The last run stopped part way.",
        detail: `The run ${run} failed and was told to leave what it had done. ${progress} ${ways}.`,
      };
}
