import { type Diagnostic, HostKitError } from "../../shared/diagnostic.ts";
import type { Outcome, Verdict } from "../../shared/outcome.ts";
import type { ResponseOf } from "../../shared/protocol/messages.ts";
import { isStep } from "../../shared/run.ts";
import { EXIT, type ExitCode } from "../cli/exit-code.ts";
import { cliFault } from "../cli/faults.ts";
import type { Options } from "../cli/flags.ts";
import { Interrupted } from "../cli/interrupt.ts";
import { count } from "../view/quantity.ts";
import type { HostProgress, HostResult } from "../view/view.ts";
import type { Context } from "./command.ts";
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

/** Codes of a conversation that ended without the agent having said what became of the apply. */
const LOST: readonly string[] = ["HK3003", "HK3004", "HK3005"];

/** Applies the plan that was reviewed and shows what came of it. Never rejects. */
export async function applyHost(
  planned: PlannedHost,
  context: Context,
): Promise<HostResult & { exitCode: ExitCode }> {
  const { view, interrupt } = context;
  const { shown } = planned;
  const { host } = shown;
  const progress = view.progress(host);
  try {
    // Other hosts were being changed when somebody wanted it to stop: this one has not begun.
    if (interrupt.requested) throw new Interrupted("interrupted");
    const response = await interrupt.whileChanging(
      () => send(planned, progress, context.options),
      () => view.warn(goesOn(planned)),
    );
    progress.end();
    if (response.diagnostics.length > 0) view.diagnostics(response.diagnostics, host);
    view.outcome({ ...shown, response });
    const { outcome } = response;
    return { host, exitCode: EXIT_OF[outcome.verdict], result: resultText(outcome) };
  } catch (error) {
    progress.end();
    return failedHost(host, error, view);
  }
}

async function send(
  { session, shown, contents }: PlannedHost,
  progress: HostProgress,
  { onFailure, wait }: Pick<Options, "onFailure" | "wait">,
): Promise<ResponseOf<"apply">> {
  const { plan, target } = shown;
  const before = session.requestCount;
  let begun = false;
  progress.applying(plan.changes.length);
  try {
    return await session.apply(plan, {
      contents,
      onFailure,
      wait,
      onEvent: (event) => {
        begun = true;
        if (isStep(event)) progress.step(event);
      },
    });
  } catch (error) {
    // A request that never left the client, or that the agent refused before its first step, changed nothing.
    const sent = session.requestCount > before;
    if (!sent || (!begun && isRefusal(error))) throw error;
    const diagnostics: readonly Diagnostic[] =
      error instanceof HostKitError ? error.diagnostics : [];
    const unknown = unknownState(target, diagnostics);
    throw new HostKitError([...diagnostics, ...unknown.diagnostics], { cause: error });
  }
}

/** Whether the agent itself answered with the reason. */
function isRefusal(error: unknown): boolean {
  return (
    error instanceof HostKitError &&
    error.diagnostics.every(({ side, code }) => side !== "ssh" && !LOST.includes(code))
  );
}

function unknownState(target: string, diagnostics: readonly Diagnostic[]): HostKitError {
  const agentEnded = diagnostics.some(({ code }) => code === "HK3004");
  const now = agentEnded
    ? "The agent was ended while it applied the plan; a program that it had started on the host may still finish."
    : "The agent had been told to apply the plan and goes on without a connection, as long as the host is up.";
  return cliFault(
    "HK5030",
    `${now} What it has changed so far is not known. Run \`hostkit plan ${target}\` to see what is left.`,
  );
}

/** What somebody who pressed Ctrl-C needs to know. */
function goesOn({ shown }: PlannedHost): string {
  return `${shown.host} is being changed, and the agent goes on until it is done. Waiting for it. Press Ctrl-C again to leave it alone; then \`hostkit plan ${shown.target}\` shows what is left.`;
}

function resultText({ verdict, changes }: Outcome): string {
  const done = changes.filter((change) => change.result === "done").length;
  switch (verdict) {
    case "applied":
      return `${count(done, "change")} applied`;
    case "stale":
      return "refused, the host has moved since the plan was made";
    case "partial":
      return `failed part way, ${done} of ${count(changes.length, "change")} done`;
    case "failed":
      return "failed, nothing was changed";
    case "rolled-back":
      return "failed and rolled back, the host is as before";
    case "rollback-failed":
      return "failed, and not everything could be taken back";
  }
}
