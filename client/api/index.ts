/** The package as a library: what the command line does, for programs. */
import { SERVICES } from "../services.ts";
import { type ApplyOptions, type ApplyResult, apply as applyPlanned } from "./applied.ts";
import { type Compiled, compile as compileFor } from "./compiled.ts";
import { type Declaration, type LoadOptions, loadWith } from "./declaration.ts";
import { type Planned, type PlanOptions, planWith } from "./planned.ts";

export { AbortError } from "./abort.ts";
export type { ApplyOptions, ApplyResult } from "./applied.ts";
export type { Compiled } from "./compiled.ts";
export type { Declaration, DeclaredHost, LoadOptions } from "./declaration.ts";
export type * from "./events.ts";
export { exitCodeOf } from "./exit-code.ts";
export type { Planned, PlanOptions } from "./planned.ts";
export type { Where } from "./target.ts";
export { EXIT, type ExitCode } from "../cli/exit-code.ts";
export { type Diagnostic, HostKitError, type SourceLocation } from "../../shared/diagnostic.ts";
export type { Duration } from "../../shared/duration.ts";
export type { Manifest } from "../../shared/manifest.ts";
export type { ChangeOutcome, Outcome, Verdict } from "../../shared/outcome.ts";
export type { Change, Plan, PlanSummary } from "../../shared/plan.ts";
export type { OnFailure, RunId } from "../../shared/run.ts";

/**
 * Finds, compiles, evaluates and checks a declaration; contacts no host. Rejects with a `HostKitError` that has all of its
 * faults.
 */
export function load(options: LoadOptions = {}): Promise<Declaration> {
  return loadWith(SERVICES, options);
}

/** What the declaration comes to for one of its hosts; contacts none. */
export function compile(declaration: Declaration, host: string): Promise<Compiled> {
  return compileFor(declaration, host);
}

/**
 * Connects to a host and finds out what would change. Unless it is to `settle`, it changes nothing there. The session stays open for `apply`, so close
 * what is returned: `await using planned = await plan(declaration, { host: "app" })`, or `planned.close()`.
 *
 * Rejects with a `HostKitError`, or with an `AbortError` when the signal was aborted.
 */
export function plan(of: Declaration | Compiled, options: PlanOptions = {}): Promise<Planned> {
  return planWith(SERVICES, of, options);
}

/**
 * Applies exactly the plan, once, and waits for the end whatever becomes of the connection. A run that fails is no rejection:
 * the verdict says what became of the host.
 *
 * Rejects with a `HostKitError` where nothing was changed, or where it is not known (HK5030), and with an `AbortError` when
 * the signal was aborted before the first change.
 */
export function apply(planned: Planned, options: ApplyOptions = {}): Promise<ApplyResult> {
  return applyPlanned(planned, options);
}
