import { HostKitError } from "../../shared/diagnostic.ts";
import type { ResponseOf } from "../../shared/protocol/messages.ts";
import type { RunId } from "../../shared/run.ts";
import { EXIT } from "../cli/exit-code.ts";
import { cliFault } from "../cli/faults.ts";
import { followRun } from "../operate/follow-run.ts";
import { Interrupted } from "../operate/interrupt.ts";
import { count } from "../view/quantity.ts";
import { oneLine } from "../view/text.ts";
import { resultOfRun } from "./apply-host.ts";
import type { Command, Context } from "./command.ts";
import { resultOf } from "./hosts.ts";
import { type Connected, onEachHost } from "./sessions.ts";

/** Lists the runs of each host, or shows, follows or removes some. */
export const runs: Command = async (context) => {
  const { options, view, interrupt } = context;
  if (options.prune && (options.follow || options.run !== undefined)) {
    throw cliFault(
      "HK5006",
      "--prune removes records, and --run and --follow show one. Keep one of them.",
    );
  }
  const results = await onEachHost(context, async (connected) => {
    const { session, label, progress } = connected;
    if (options.follow) return follow(connected, context);
    progress.phase({ name: "reading" });
    if (options.prune) {
      const { removed } = await interrupt.race(session.prune(options.keep));
      return () => {
        view.pruned(label, removed);
        return { exitCode: EXIT.ok, result: `${count(removed.length, "record")} removed` };
      };
    }
    const found = await interrupt.race(session.runs(options.run ?? null));
    return () => {
      const [summary] = found.runs;
      if (options.run === undefined || summary === undefined) {
        view.runs(label, found.runs);
        if (found.diagnostics.length > 0) view.diagnostics(found.diagnostics, label.host);
        return { exitCode: EXIT.ok, result: count(found.runs.length, "run") };
      }
      view.run({ ...label, summary, plan: found.plan, outcome: found.outcome });
      if (found.diagnostics.length > 0) view.diagnostics(found.diagnostics, label.host);
      return { exitCode: EXIT.ok, result: summary.state };
    };
  });
  return resultOf(results, view);
};

/** The same as whoever began the run sees, from its first event on. */
async function follow(connected: Connected, context: Context) {
  const { session, label, progress } = connected;
  const { options, interrupt, view } = context;
  const run = options.run ?? (await runAtWork(connected, context));
  const { plan, runs: known } = await interrupt.race(session.runs(run));
  progress.applying(plan?.changes.length ?? known[0]?.changes ?? 0);
  let response: ResponseOf<"attach">;
  try {
    response = await followRun({
      ...connected,
      run,
      operating: context,
      isOurs: false,
      ask: (how) => session.attach({ run, after: 0 }, how),
    });
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
    return () => {
      view.warn(`${oneLine(label.host)}: the run ${run} goes on without being watched.`);
      return { exitCode: EXIT.interrupted, result: "left, the run goes on" };
    };
  }
  return () => {
    if (response.diagnostics.length > 0) view.diagnostics(response.diagnostics, label.host);
    view.outcome({ ...label, plan, response });
    return resultOfRun(response);
  };
}

async function runAtWork({ session }: Connected, { interrupt }: Context): Promise<RunId> {
  const { runs: all } = await interrupt.race(session.runs(null));
  const running = all.find(({ state }) => state === "running");
  if (running !== undefined) return running.run;
  throw new HostKitError({
    severity: "error",
    side: "host",
    code: "HK3024",
    summary: "No run is at work on the host.",
    detail: "There is nothing to follow. `hostkit runs` lists those that have ended.",
  });
}
