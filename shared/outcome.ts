import * as z from "zod";
import { Digest, ResourceId } from "./brands.ts";
import type { Diagnostic } from "./diagnostic.ts";

/** What happened to one change. */
export const ChangeOutcome = z.discriminatedUnion("result", [
  z.strictObject({ id: ResourceId, result: z.literal("done"), milliseconds: z.number() }),
  /** Begun and not finished: its state is what the diagnostic says. */
  z.strictObject({ id: ResourceId, result: z.literal("failed"), message: z.string() }),
  z.strictObject({ id: ResourceId, result: z.literal("skipped"), because: z.string() }),
]);
export type ChangeOutcome = z.output<typeof ChangeOutcome>;

/** What became of one run. */
export const Verdict = z.enum([
  /** Everything in the plan was done and reads back as desired. */
  "applied",
  /** Refused before the first write, since the host moved after the plan was made. */
  "stale",
  /** Some changes were done, at least one was not. */
  "partial",
  /** The first change failed; nothing was done. */
  "failed",
  /** A change failed; everything that was begun was taken back, and reads back as it was. */
  "rolled-back",
  /** A change failed, and not everything could be taken back. */
  "rollback-failed",
]);
export type Verdict = z.output<typeof Verdict>;

export const Outcome = z.strictObject({
  verdict: Verdict,
  planDigest: Digest,
  /** The run's directory on the host is named after it; `null` when nothing was begun. */
  run: z.string().nullable(),
  changes: z.array(ChangeOutcome),
  milliseconds: z.number(),
});
export type Outcome = z.output<typeof Outcome>;

/** The code of a run that stopped since somebody asked for it. */
const STOPPED = "HK3030";

/** Whether a run ended early since somebody asked for it, by what was said with its outcome. */
export const isStopped = (diagnostics: readonly Pick<Diagnostic, "code">[]): boolean =>
  diagnostics.some(({ code }) => code === STOPPED);
