import type { Outcome, Verdict } from "../../shared/outcome.ts";
import { dangersOf } from "../../shared/plan.ts";
import type { ResponseOf } from "../../shared/protocol/messages.ts";
import { EXIT, type ExitCode } from "../cli/exit-code.ts";
import { Interrupted } from "../cli/interrupt.ts";
import { count } from "../view/quantity.ts";
import type { HostResult } from "../view/view.ts";
import type { Context } from "./command.ts";
import { followRun } from "./follow-run.ts";
import { failedHost } from "./hosts.ts";
import type { PlannedHost } from "./plan-host.ts";

/** What each verdict means for the host, and for whoever called. */
const EXIT_OF: Readonly<Record<Verdict, ExitCode>> = {
  applied: EXIT.ok,
  stale: EXIT.stale,
  partial: EXIT.partial,
  failed: EXIT.failed,
  "rolled-back": EXIT.rolledBack,
  "rollback-failed": EXIT.rollbackFailed,
};

/** Applies the plan that was reviewed and shows what came of it. Never rejects. */
export async function applyHost(
  planned: PlannedHost,
  context: Context,
): Promise<HostResult & { exitCode: ExitCode }> {
  const { view, interrupt, options } = context;
  const { shown, session, contents, target } = planned;
  const { host, plan } = shown;
  const progress = view.progress(host);
  try {
    // Other hosts were being changed when somebody wanted it to stop: this one has not begun.
    if (interrupt.requested) throw new Interrupted("interrupted");
    const run = session.newRunId();
    const { onFailure, wait, confirmTimeout: confirmWithin } = options;
    progress.applying(plan.changes.length);
    const response = await followRun({
      target,
      run,
      session,
      progress,
      context,
      isOurs: true,
      isDangerous: dangersOf(plan).length > 0,
      ask: (how) => session.apply(plan, { run, contents, onFailure, wait, confirmWithin, ...how }),
    });
    progress.end();
    if (response.diagnostics.length > 0) view.diagnostics(response.diagnostics, host);
    view.outcome({ ...shown, response });
    return { host, ...resultOfRun(response) };
  } catch (error) {
    progress.end();
    return failedHost(host, error, view);
  }
}

/** How a run ended, for the caller and in a few words. */
export function resultOfRun({
  outcome,
  diagnostics,
}: ResponseOf<"apply">): Omit<HostResult, "host"> & { exitCode: ExitCode } {
  const isStopped = diagnostics.some(({ code }) => code === STOPPED);
  const exitCode = EXIT_OF[outcome.verdict];
  return {
    exitCode: isStopped && exitCode !== EXIT.rollbackFailed ? EXIT.interrupted : exitCode,
    result: resultText(outcome, isStopped ? "stopped" : "failed"),
  };
}

/** The code of a run that stopped since somebody asked for it. */
const STOPPED = "HK3030";

function resultText({ verdict, changes }: Outcome, word: "stopped" | "failed"): string {
  const done = changes.filter((change) => change.result === "done").length;
  switch (verdict) {
    case "applied":
      return `${count(done, "change")} applied`;
    case "stale":
      return "refused, the host has moved since the plan was made";
    case "partial":
      return `${word} part way, ${done} of ${count(changes.length, "change")} done`;
    case "failed":
      return `${word}, nothing was changed`;
    case "rolled-back":
      return `${word} and rolled back, the host is as before`;
    case "rollback-failed":
      return `${word}, and not everything could be taken back`;
  }
}
