import type { Diagnostic } from "../../shared/diagnostic.ts";
import type { Duration } from "../../shared/duration.ts";
import { isStopped, type Outcome, type Verdict } from "../../shared/outcome.ts";
import type { Plan } from "../../shared/plan.ts";
import type { ResponseOf } from "../../shared/protocol/messages.ts";
import type { OnFailure } from "../../shared/run.ts";
import { applyPlan } from "../operate/apply-plan.ts";
import { Interrupted } from "../operate/interrupt.ts";
import { abortable } from "./abort.ts";
import { milliseconds, onFailureOf } from "./arguments.ts";
import type { HostKitListener } from "./events.ts";
import { type Appliable, type Planned, plans } from "./planned.ts";
import { guarded, talkTo, tellDiagnostics } from "./talk.ts";

export interface ApplyOptions {
  /**
   * Aborted when the run is to stop. Before the first change `apply` then rejects with an `AbortError`; later the run stops
   * between two changes, and what it did is dealt with as after a failure: the result says how that ended.
   */
  readonly signal?: AbortSignal | undefined;
  readonly onEvent?: HostKitListener | undefined;
  /** What becomes of what was done when a change fails. Default: `"rollback"`; `"stop"` leaves it. */
  readonly onFailure?: OnFailure | undefined;
  /** How long to wait for another run on the host to end. Default: `"10s"`. */
  readonly wait?: Duration | undefined;
  /** How long a change that could lock the operator out waits for a new connection before it is taken back. Default: `"60s"`. */
  readonly confirmTimeout?: Duration | undefined;
}

/** What became of a plan. Only the verdict `applied` means that the host is as wished. */
export interface ApplyResult {
  /** The declared name of the host. */
  readonly host: string;
  /** `applied`, `stale`, `partial`, `failed` (nothing was changed), `rolled-back` or `rollback-failed`. */
  readonly verdict: Verdict;
  /** What happened to each change. */
  readonly outcome: Outcome;
  /** Whether it ended early since the signal was aborted. */
  readonly stopped: boolean;
  /** Why it is not applied, and what a person should know besides. */
  readonly diagnostics: readonly Diagnostic[];
  /** With the verdict `stale`: what would be planned now. */
  readonly fresh: Plan | null;
}

export async function apply(made: Planned, options: ApplyOptions = {}): Promise<ApplyResult> {
  const { planned, operating, once } = plans.get(made);
  const onEvent = guarded(options.onEvent);
  const how = {
    onFailure: onFailureOf(options.onFailure),
    wait: milliseconds("wait", options.wait, "10s"),
    confirmWithin: milliseconds("confirmTimeout", options.confirmTimeout, "60s"),
  };
  return once(() =>
    abortable(options.signal, async (interrupt) => {
      if (interrupt.requested) throw new Interrupted("interrupted");
      if (planned.plan.changes.length === 0) return resultOf(made.host, nothingToDo(planned));
      const talk = talkTo(onEvent);
      const response = await applyPlan(planned, how, { ...operating, interrupt, talk });
      const result = resultOf(made.host, response);
      tellDiagnostics(made.host, result.diagnostics, onEvent);
      if (interrupt.requested && result.stopped && result.verdict === "failed") {
        throw new Interrupted("stopped before the first change");
      }
      return result;
    }),
  );
}

function resultOf(host: string, { outcome, diagnostics, fresh }: ResponseOf<"apply">): ApplyResult {
  const stopped = isStopped(diagnostics);
  return { host, verdict: outcome.verdict, outcome, stopped, diagnostics, fresh };
}

/** A plan without changes asks for nothing, so nothing is recorded on the host either. */
function nothingToDo({ plan }: Appliable["planned"]): ResponseOf<"apply"> {
  const outcome: Outcome = {
    verdict: "applied",
    planDigest: plan.digest,
    run: null,
    changes: [],
    milliseconds: 0,
  };
  return { outcome, diagnostics: [], fresh: null };
}
