import * as z from "zod";
import { Digest, ResourceId } from "./brands.ts";
import type { Diagnostic } from "./diagnostic.ts";

/** What came of one change, held against what its plan had said. */
export const Actual = z.discriminatedUnion("as", [
  /** As the plan said; `outcome`: which it was of those that there could be. */
  z.strictObject({ as: z.literal("predicted"), outcome: z.string().optional() }),
  /** Something else. */
  z.strictObject({ as: z.literal("otherwise"), why: z.string() }),
]);
export type Actual = z.output<typeof Actual>;

const about = {
  id: ResourceId,
  /** As it was before a failed run took it back; absent where it was not put to the test, and in older records. */
  actual: Actual.optional(),
};

/** What happened to one change. */
export const ChangeOutcome = z.discriminatedUnion("result", [
  z.strictObject({ ...about, result: z.literal("done"), milliseconds: z.number() }),
  /** Begun and not finished: its state is what the diagnostic says. */
  z.strictObject({ ...about, result: z.literal("failed"), message: z.string() }),
  z.strictObject({ ...about, result: z.literal("skipped"), because: z.string() }),
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

/** How well a run's plan had told what would come. */
export interface PredictionScore {
  /** Changes that were put to the test. */
  readonly tested: number;
  readonly asPredicted: number;
}

export function scoreOf({ changes }: Pick<Outcome, "changes">): PredictionScore {
  const tested = changes.flatMap(({ actual }) => actual ?? []);
  const asPredicted = tested.filter(({ as }) => as === "predicted").length;
  return { tested: tested.length, asPredicted };
}
