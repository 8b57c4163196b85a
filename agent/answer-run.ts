import { type Diagnostic, HostKitError } from "../shared/diagnostic.ts";
import type { RequestOf, ResponseOf } from "../shared/protocol/messages.ts";
import { Plan } from "../shared/plan.ts";
import type { RunId, RunSummary } from "../shared/run.ts";
import { attach, type RunTaskContext, runTask } from "./run-task.ts";
import { confirmRun } from "./transaction/confirmation.ts";
import { listRuns, openRunIds, pruneRuns } from "./transaction/list-runs.ts";
import { findPending } from "./transaction/pending.ts";
import { runOf } from "./transaction/places.ts";
import { readJournal } from "./transaction/read-journal.ts";
import { readRunFile } from "./transaction/run-files.ts";
import { readOutcome } from "./transaction/run.ts";
import { unknownRun } from "./transaction/unknown-run.ts";

/** Answers to what is asked about runs, or of one. */

export type AskedOfRuns =
  | { readonly verb: "attach"; readonly body: RequestOf<"attach"> }
  | { readonly verb: "confirm"; readonly body: RequestOf<"confirm"> }
  | { readonly verb: "recover"; readonly body: RequestOf<"recover"> }
  | { readonly verb: "runs"; readonly body: RequestOf<"runs"> }
  | { readonly verb: "prune"; readonly body: RequestOf<"prune"> };

export async function answerRun(
  { verb, body }: AskedOfRuns,
  context: RunTaskContext,
): Promise<unknown> {
  switch (verb) {
    case "attach":
      return attach(context, body);
    case "confirm":
      await confirmRun(context, body.run);
      return {};
    case "recover":
      return runTask(context, { ...body, run: body.run ?? (await runToRecover(context)) });
    case "runs":
      return tell(body.run, context);
    case "prune":
      return { removed: await pruneRuns(context, body.keep) };
  }
}

/** What can't be read of one run is told of, and keeps nobody from seeing the rest. */
async function tell(run: RunId | null, context: RunTaskContext): Promise<ResponseOf<"runs">> {
  const isAlive = (one: RunId) => context.executor.isAlive(one);
  const diagnostics: Diagnostic[] = [];
  const attempt = async <Found>(read: () => Promise<Found>): Promise<Found | null> => {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof HostKitError)) throw error;
      diagnostics.push(...error.diagnostics);
      return null;
    }
  };
  const all = await listRuns(context, isAlive);
  if (run === null) {
    const pending = (await attempt(() => findPending(context, isAlive))) ?? null;
    return { runs: all, plan: null, outcome: null, diagnostics, pending };
  }
  const [found] = all.filter((each) => each.run === run);
  if (found === undefined) throw new HostKitError(unknownRun(run, all.map(idOf)));
  const { host } = context;
  const directory = runOf(context.root, run);
  await attempt(() => readJournal(host, `${directory}/journal.jsonl`));
  const plan = await attempt(() => readRunFile(host, `${directory}/plan.json`, Plan));
  const ended = await attempt(() => readOutcome(host, directory));
  const { diagnostics: told = [], ...outcome } = ended ?? {};
  return {
    runs: [found],
    plan,
    outcome: "verdict" in outcome ? outcome : null,
    diagnostics: [...told, ...diagnostics],
    pending: null,
  };
}

const idOf = ({ run }: RunSummary): RunId => run;

async function findAtWork(context: RunTaskContext): Promise<RunId | undefined> {
  for (const run of await openRunIds(context)) {
    if (await context.executor.isAlive(run)) return run;
  }
  return undefined;
}

async function runToRecover(context: RunTaskContext): Promise<RunId> {
  const pending = await findPending(context, (run) => context.executor.isAlive(run));
  // Somebody may be bringing it to its end just now: then that is waited for.
  const run = pending?.run ?? (await findAtWork(context));
  if (run !== undefined) return run;
  throw new HostKitError({
    severity: "error",
    side: "host",
    code: "HK3025",
    summary: "There is no run to finish.",
    detail: "Every run on the host came to an end. Nothing was changed.",
  });
}
