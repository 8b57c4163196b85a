import type { End, Prediction } from "../shared/change.ts";
import type { Diagnostic } from "../shared/diagnostic.ts";
import type { Actual, ChangeOutcome } from "../shared/outcome.ts";
import type { Change } from "../shared/plan.ts";
import { isDriven } from "./steps.ts";

/** What a run is known to have come to, besides its own record. */
export interface Seen {
  /** What of a change is not as planned, told by reading it again; `undefined` where nobody looked. */
  readonly unmet: (change: Change) => readonly string[] | undefined;
  /** All that went wrong. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Failures that say nothing of what could have been told: the system or somebody else was in the way, the run was stopped, a
 * validator could not be asked.
 */
const NOT_ITS_OWN: readonly string[] = ["HK3030", "HK4020", "HK4023", "HK4031"];

/** What came of a change, held against what its plan had said; `undefined` where it was not put to the test. */
export function actualOf(change: Change, outcome: ChangeOutcome, seen: Seen): Actual | undefined {
  if (!isDriven(change)) return undefined;
  const { prediction } = change;
  const own = seen.diagnostics.find(({ resource }) => resource === change.id);
  switch (outcome.result) {
    case "done": {
      const unmet = seen.unmet(change);
      if (unmet === undefined) return undefined;
      return unmet.length > 0
        ? { as: "otherwise", why: unmet.join("; ") }
        : (predictedEnd(prediction, "done") ?? { as: "predicted" });
    }
    case "failed":
      return cameTo("failed", { prediction, own, why: own?.summary ?? outcome.message });
    case "skipped":
      // A refusal that is about others, too, is told of one of them.
      return own === undefined
        ? undefined
        : cameTo("refused", { prediction, own, why: own.summary });
  }
}

function cameTo(
  end: End,
  {
    prediction,
    own,
    why,
  }: {
    readonly prediction: Prediction;
    readonly own: Diagnostic | undefined;
    readonly why: string;
  },
): Actual {
  const foreseen = predictedEnd(prediction, end);
  const isOwn = own === undefined || !NOT_ITS_OWN.includes(own.code);
  return foreseen !== undefined && isOwn ? foreseen : { as: "otherwise", why };
}

function predictedEnd(prediction: Prediction, end: End): Actual | undefined {
  if (prediction.class !== "bounded") return undefined;
  const outcome = prediction.outcomes[prediction.ends?.indexOf(end) ?? -1];
  return outcome === undefined ? undefined : { as: "predicted", outcome };
}
