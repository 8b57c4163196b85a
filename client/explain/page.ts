import { EXIT, type ExitCode } from "../cli/exit-code.ts";

/** A code of a diagnostic. */
export type Code = `HK${number}`;

/** What `hostkit explain` tells of one code. In the texts, what is typed or written stands between backticks. */
export interface Page {
  /** The fixed summary of the diagnostic. */
  readonly title: string;
  readonly means: string;
  /** The usual ones, the most likely first. */
  readonly causes: readonly string[];
  /** What to do, in order. */
  readonly steps: readonly string[];
  readonly host: Ending;
  /** Codes that are met in its place or beside it. */
  readonly see?: readonly Code[];
}

export type Pages = Readonly<Record<Code, Page>>;

/** How a command ends that met it. */
export interface Ending {
  /** What state the host is in. */
  readonly text: string;
  /** What the command may end with; none where it goes on. */
  readonly exit: readonly ExitCode[];
}

export const ends = (text: string, ...exit: readonly ExitCode[]): Ending => ({ text, exit });

/** Endings that many codes share. */
export const DECLARED = ends("Unchanged, and not contacted.", EXIT.config);
export const UNREACHED = ends("Unchanged.", EXIT.unreachable);
export const UNTOUCHED = ends("Unchanged.", EXIT.failed);
export const MISUSED = ends("Unchanged, and not contacted.", EXIT.usage);
/** A change failed. */
export const IN_RUN = ends(
  "As before: what the run had done is taken back (exit code 8). With `--on-failure stop` it stays as the run left it (7). What can't be taken back is named (10). Where nothing had been changed yet: 1.",
  EXIT.rolledBack,
  EXIT.partial,
  EXIT.rollbackFailed,
  EXIT.failed,
);
/** Refuses a plan, and fails a run where it comes up later. */
export const PLANNED_OR_RUN = ends(
  "Unchanged where the plan met it (exit code 1). In a run, as after any failed change: taken back (8), or kept with `--on-failure stop` (7); what can't be taken back is named (10).",
  EXIT.failed,
  EXIT.rolledBack,
  EXIT.partial,
  EXIT.rollbackFailed,
);
/** Met while a run was taken back. */
export const NOT_TAKEN_BACK = ends(
  "Not as before in what the message names; everything else that could be was taken back.",
  EXIT.rollbackFailed,
);
