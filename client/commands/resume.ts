import { HostKitError } from "../../shared/diagnostic.ts";
import { dirname } from "node:path";
import type { OperatorSecret } from "../../shared/secret.ts";
import type { LoadedProject } from "../compile/load.ts";
import type { Target } from "../operate/target.ts";
import { EXIT, worst } from "../cli/exit-code.ts";
import { followRun } from "../operate/follow-run.ts";
import { Interrupted } from "../operate/interrupt.ts";
import { count } from "../view/quantity.ts";
import { oneLine } from "../view/text.ts";
import { resultOfRun } from "./apply-host.ts";
import type { Command, Context } from "./command.ts";
import { failedHost, warnOfLeft } from "./hosts.ts";
import { agrees, checkAsking, declined, type Result } from "./review.ts";
import { type Connected, loadTargetsOf, withSession } from "./sessions.ts";

/** Finishes what was cut off or stopped part way. One host after the other: each may need an answer. */
export const resume: Command = async (context) => {
  checkAsking("resume", context);
  const results: Result[] = [];
  const { targets, loaded } = await loadTargetsOf(context);
  for (const target of targets) {
    try {
      // What Ctrl-C stopped was another host's run: this one has not begun.
      if (context.interrupt.requested) throw new Interrupted("interrupted");
      const work = (connected: Connected) => finish(connected, { context, loaded });
      results.push(await withSession(target, context, work));
    } catch (error) {
      results.push(failedHost(target.name, error, context.view));
    }
  }
  warnOfLeft(results, context.view);
  return { exitCode: worst(results.map(({ exitCode }) => exitCode)), hosts: results };
};

interface Finishing {
  readonly context: Context;
  readonly loaded: LoadedProject | undefined;
}

/** What is left to be made may need them; nothing that the host says decides what is looked up here. */
async function secretsFor(
  { declared }: Target,
  { context, loaded }: Finishing,
): Promise<OperatorSecret[]> {
  if (loaded === undefined || declared === undefined) return [];
  const { manifest } = await loaded.manifestFor(declared);
  return context.secrets.known(manifest, dirname(loaded.configPath));
}

async function finish(connected: Connected, finishing: Finishing): Promise<Result> {
  const { context } = finishing;
  const { session, label } = connected;
  const { view, options, interrupt } = context;
  const { host } = label;
  connected.progress.phase({ name: "reading" });
  const { pending, runs: all, diagnostics } = await interrupt.race(session.runs(null));
  const atWork = all.find(({ state }) => state === "running");
  if (pending === null && atWork !== undefined) {
    view.warn(
      `${oneLine(host)}: the run ${atWork.run} is at work. hostkit runs ${label.target} --follow shows it until it ends.`,
    );
    return { host, exitCode: EXIT.locked, result: "a run is at work" };
  }
  if (pending === null) {
    // One that can't be read may be the very one.
    if (diagnostics.length > 0) throw new HostKitError(diagnostics);
    view.warn(`${oneLine(host)}: every run came to an end; there is nothing to finish.`);
    return { host, exitCode: EXIT.ok, result: "nothing to finish" };
  }
  const { run } = pending;
  const { runs, plan, outcome } = await interrupt.race(session.runs(run));
  const [summary] = runs;
  const changes = plan?.changes.length ?? 0;
  if (summary !== undefined) view.run({ ...label, summary, plan, outcome });
  const question = `Finish the run ${run} on ${oneLine(host)} (${count(changes, "change")})? [y/N] `;
  // It would be drawn over the question.
  connected.progress.end();
  if (!options.yes && !(await agrees(context, question))) {
    view.warn("Nothing was changed.");
    return declined(host);
  }
  const secrets = await interrupt.race(secretsFor(connected.target, finishing));
  const progress = view.progress(host);
  progress.applying(changes);
  const response = await followRun({
    ...connected,
    progress,
    run,
    operating: context,
    isOurs: true,
    ask: (how) => session.recover({ run, goal: "finish", secrets, wait: options.wait }, how),
  }).finally(() => progress.end());
  if (response.diagnostics.length > 0) view.diagnostics(response.diagnostics, host);
  view.outcome({ ...label, plan, response });
  return { host, ...resultOfRun(response) };
}
