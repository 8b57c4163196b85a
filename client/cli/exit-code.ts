import { type Diagnostic, HostKitError, type Side } from "../../shared/diagnostic.ts";
import { isStopped, type Outcome, type Verdict } from "../../shared/outcome.ts";

/** What the process says to its caller; a stable contract. */
export const EXIT = {
  /** Success, or nothing to do. */
  ok: 0,
  /** Failed before any change. */
  failed: 1,
  /** Changes, or drift, are present; only with `--exit-code`. */
  changes: 2,
  /** The config is invalid. */
  config: 3,
  /** The host can't be reached, or refused the login, or its key was refused. */
  unreachable: 4,
  /** The host moved since the review. */
  stale: 5,
  /** Refused by policy, protection, identity or signature. */
  refused: 6,
  /** Failed part way: the host is partly changed. */
  partial: 7,
  /** Failed and rolled back, verified. */
  rolledBack: 8,
  /** Locked by another run. */
  locked: 9,
  /** Rolled back, but the verification failed. */
  rollbackFailed: 10,
  usage: 64,
  interrupted: 130,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/**
 * Of several hosts the worst counts: first what needs a person most. Being interrupted or used wrongly says less than
 * a host that is no longer as it was, and more than one that is.
 */
const WORST_FIRST: readonly ExitCode[] = [10, 7, 8, 130, 64, 5, 6, 4, 9, 3, 1, 2, 0];

export function worst(codes: readonly ExitCode[]): ExitCode {
  return WORST_FIRST.find((code) => codes.includes(code)) ?? EXIT.ok;
}

const BY_SIDE: Readonly<Record<Side, ExitCode>> = {
  config: EXIT.config,
  ssh: EXIT.unreachable,
  agent: EXIT.failed,
  host: EXIT.failed,
  cli: EXIT.usage,
};

/** Codes that do not end as their side does. */
const BY_CODE: Readonly<Record<string, ExitCode>> = {
  // The installation is damaged; the command was used well.
  HK2100: EXIT.failed,
  HK2101: EXIT.failed,
  // A password could not be looked up: the login never happened.
  HK5010: EXIT.unreachable,
  // `init` found its file there already: the command was used well, and nothing was changed.
  HK5020: EXIT.failed,
  HK5021: EXIT.failed,
  HK5030: EXIT.partial,
  // The command was used well; the file can't be.
  HK5080: EXIT.failed,
  HK5081: EXIT.failed,
  HK5083: EXIT.failed,
  // What was reviewed can't be told from it, or it is for something else.
  HK5082: EXIT.refused,
  HK5084: EXIT.refused,
  HK5085: EXIT.refused,
  HK5087: EXIT.refused,
  HK5088: EXIT.failed,
  HK3040: EXIT.refused,
  HK3041: EXIT.refused,
  HK3042: EXIT.refused,
  HK3043: EXIT.refused,
  HK3044: EXIT.refused,
  HK3045: EXIT.refused,
  HK3046: EXIT.refused,
  HK3047: EXIT.refused,
  // A key was named well, and could not sign.
  HK5052: EXIT.failed,
  HK5053: EXIT.failed,
  HK5054: EXIT.failed,
  HK5055: EXIT.failed,
  HK5056: EXIT.failed,
  HK4003: EXIT.locked,
  HK4052: EXIT.refused,
  // The host's policy, which lets something through only if it can be understood.
  HK4110: EXIT.refused,
  HK4111: EXIT.refused,
  HK4112: EXIT.refused,
  HK4113: EXIT.refused,
  HK4114: EXIT.refused,
  HK4115: EXIT.refused,
  HK4116: EXIT.refused,
  // A run that could not be finished since somebody changed the host after it was cut off.
  HK4044: EXIT.stale,
  // What was to be let go of is another's by now, or protected otherwise.
  HK4071: EXIT.stale,
  HK4073: EXIT.interrupted,
  // Thrown only where a run that was cut off could not be taken back as a whole.
  HK4045: EXIT.rollbackFailed,
  HK3023: EXIT.partial,
};

/** What a failure before any change means for the exit code. */
export function exitCodeOf(diagnostics: readonly Diagnostic[]): ExitCode {
  const codes = diagnostics
    .filter(({ severity }) => severity === "error")
    .map(({ code, side }) => BY_CODE[code] ?? BY_SIDE[side]);
  return codes.length === 0 ? EXIT.failed : worst(codes);
}

export function exitCodeOfError(error: unknown): ExitCode {
  return error instanceof HostKitError ? exitCodeOf(error.diagnostics) : EXIT.failed;
}

const BY_VERDICT: Readonly<Record<Verdict, ExitCode>> = {
  applied: EXIT.ok,
  stale: EXIT.stale,
  partial: EXIT.partial,
  failed: EXIT.failed,
  "rolled-back": EXIT.rolledBack,
  "rollback-failed": EXIT.rollbackFailed,
};

/** What the end of a run means for the host, and for whoever called. */
export function exitCodeOfRun({
  outcome,
  diagnostics,
}: {
  readonly outcome: Pick<Outcome, "verdict">;
  readonly diagnostics: readonly Pick<Diagnostic, "code">[];
}): ExitCode {
  const exitCode = BY_VERDICT[outcome.verdict];
  if (exitCode === EXIT.rollbackFailed || !isStopped(diagnostics)) return exitCode;
  return EXIT.interrupted;
}
