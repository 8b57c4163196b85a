import { HostKitError } from "../../shared/diagnostic.ts";
import type { Plan } from "../../shared/plan.ts";
import { EXIT, type ExitCode, exitCodeOfError, worst } from "../cli/exit-code.ts";
import { Interrupted } from "../operate/interrupt.ts";
import { count } from "../view/quantity.ts";
import type { HostResult, View } from "../view/view.ts";
import type { CommandResult } from "./command.ts";

/** Shows why a host's work ended early, and gives its line of the summary. */
export function failedHost(
  name: string,
  error: unknown,
  view: View,
): HostResult & { exitCode: ExitCode } {
  if (error instanceof Interrupted) {
    return { host: name, exitCode: EXIT.interrupted, result: UNTOUCHED };
  }
  if (error instanceof HostKitError) view.diagnostics(error.diagnostics, name);
  else view.bug(error, name);
  return { host: name, exitCode: exitCodeOfError(error), result: summaryOf(error) };
}

function summaryOf(error: unknown): string {
  if (!(error instanceof HostKitError)) return "failed";
  const first = error.diagnostics.find((each) => each.severity === "error");
  return first === undefined ? "failed" : `${first.summary.replace(/\.$/, "")} (${first.code})`;
}

/** What is said of a host whose turn never came. */
export const UNTOUCHED = "interrupted, nothing was changed";

/** The result of a command that changes nothing on a host it was interrupted at. */
export function resultOf(
  hosts: readonly (HostResult & { exitCode: ExitCode })[],
  view: View,
): CommandResult {
  const exitCode = worst(hosts.map((host) => host.exitCode));
  if (hosts.some(({ result }) => result === UNTOUCHED)) {
    view.warn("Interrupted. Nothing was changed.");
  }
  return { exitCode, hosts };
}

/** Names the hosts whose turn never came, where others were changed. */
export function warnOfLeft(hosts: readonly HostResult[], view: View): void {
  const left = hosts.filter(({ result }) => result === UNTOUCHED);
  if (left.length === 0) return;
  view.warn(`Interrupted. Left as before: ${left.map(({ host }) => host).join(", ")}.`);
}

/** `3 changes`, `no changes`. */
export function changesText(plan: Plan): string {
  return plan.changes.length === 0 ? "no changes" : count(plan.changes.length, "change");
}
