import { HostKitError } from "../../shared/diagnostic.ts";
import type { RunId, RunState } from "../../shared/run.ts";
import { listRuns } from "./list-runs.ts";
import type { IsAlive } from "./pending.ts";
import type { Root } from "./places.ts";
import { unknownRun } from "./unknown-run.ts";

/** Verdicts of runs that left something on the host. */
const LEFT_SOMETHING: readonly RunState[] = ["applied", "partial", "cut-off", "rollback-failed"];

const LEFT_NOTHING: readonly RunState[] = ["stale", "failed", "rolled-back"];

/** The run that is named, or else the newest one that left something and was not taken back since. */
export async function chooseRunToTakeBack(
  options: Root & { readonly run: RunId | null; readonly isAlive: IsAlive },
): Promise<RunId> {
  const { run } = options;
  const runs = await listRuns(options, options.isAlive);
  if (run !== null) {
    const found = runs.find((each) => each.run === run);
    if (found === undefined) {
      throw new HostKitError(
        unknownRun(
          run,
          runs.map((each) => each.run),
        ),
      );
    }
    if (found.state === "running") throw atWork(run);
    if (LEFT_NOTHING.includes(found.state)) {
      throw nothingLeft(`The run ${run} left nothing on the host that could be taken back.`);
    }
    return run;
  }
  const back = new Set(
    runs.flatMap(({ state, reverts }) => (state === "applied" ? (reverts ?? []) : [])),
  );
  const last = runs.find(
    (each) => each.reverts === null && LEFT_SOMETHING.includes(each.state) && !back.has(each.run),
  );
  if (last !== undefined) return last.run;
  throw nothingLeft("No recorded run left anything on the host that was not taken back already.");
}

const nothingLeft = (why: string) =>
  new HostKitError({
    severity: "error",
    side: "host",
    code: "HK4063",
    summary: "There is nothing to take back.",
    detail: `${why} Nothing was changed. \`hostkit runs\` lists what became of each run.`,
  });

const atWork = (run: string) =>
  new HostKitError({
    severity: "error",
    side: "host",
    code: "HK4064",
    summary: "The run is still at work.",
    detail: `The run ${run} can be taken back when it has ended. \`hostkit runs --follow\` shows how far it is.`,
  });
