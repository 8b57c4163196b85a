import type { ResponseOf } from "../../shared/protocol/messages.ts";
import { type ExitCode, exitCodeOfRun } from "../cli/exit-code.ts";
import { applyPlan } from "../operate/apply-plan.ts";
import type { PlannedHost } from "../operate/planned-host.ts";
import { runResultText } from "../view/run-result-text.ts";
import type { HostResult } from "../view/view.ts";
import type { Context } from "./command.ts";
import { hostLabel } from "./host-label.ts";
import { failedHost } from "./hosts.ts";

/** Applies the plan that was reviewed and shows what came of it. Never rejects. */
export async function applyHost(
  planned: PlannedHost,
  context: Context,
): Promise<HostResult & { exitCode: ExitCode }> {
  const { view, options } = context;
  const { onFailure, wait, confirmTimeout: confirmWithin } = options;
  const host = planned.target.name;
  try {
    const response = await applyPlan(planned, { onFailure, wait, confirmWithin }, context);
    if (response.diagnostics.length > 0) view.diagnostics(response.diagnostics, host);
    view.outcome({ ...hostLabel(planned), plan: planned.plan, response });
    return { host, ...resultOfRun(response) };
  } catch (error) {
    return failedHost(host, error, view);
  }
}

/** How a run ended, for the caller and in a few words. */
export function resultOfRun(
  response: ResponseOf<"apply">,
): Omit<HostResult, "host"> & { exitCode: ExitCode } {
  return { exitCode: exitCodeOfRun(response), result: runResultText(response) };
}
