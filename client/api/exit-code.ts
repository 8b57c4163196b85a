import { EXIT, type ExitCode, exitCodeOfError, exitCodeOfRun } from "../cli/exit-code.ts";
import { AbortError } from "./abort.ts";
import type { ApplyResult } from "./applied.ts";

/**
 * What the command line would end with: of a result of `apply`, or of whatever `load`, `compile`, `plan` or `apply` rejected
 * with.
 */
export function exitCodeOf(ended: unknown): ExitCode {
  if (isResult(ended)) return exitCodeOfRun(ended);
  return ended instanceof AbortError ? EXIT.interrupted : exitCodeOfError(ended);
}

const isResult = (ended: unknown): ended is ApplyResult =>
  typeof ended === "object" && ended !== null && "verdict" in ended && "outcome" in ended;
