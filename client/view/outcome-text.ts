import type { Change, Plan } from "../../shared/plan.ts";
import { changeText } from "./change-text.ts";
import type { PlanStyle } from "./plan-text.ts";
import { count, duration } from "./quantity.ts";
import { block, indent, oneLine, wrap } from "./text.ts";
import type { OutcomeShown } from "./view.ts";

/** What became of a run: the verdict, what was not done and why, and what the host is like now. */
export function outcomeText(shown: OutcomeShown, style: PlanStyle): string[] {
  const { outcome } = shown.response;
  const host = oneLine(shown.host);
  const { paint } = style;
  const took = outcome.milliseconds < 100 ? "under 0.1 s" : duration(outcome.milliseconds);
  const done = outcome.changes.filter((change) => change.result === "done").length;
  switch (outcome.verdict) {
    case "applied":
      return [`${paint.good("Applied")} ${count(done, "change")} to ${host} in ${took}.`];
    case "failed":
      return [
        `${paint.bad("Failed")} before anything was changed: ${host} is as it was.`,
        ...troubles(shown, style),
      ];
    case "partial":
      return [
        `${paint.bad("Failed part way")} after ${took}: ${count(done, "change")} of ${outcome.changes.length} done on ${host}.`,
        ...troubles(shown, style),
        ...wrap(
          `What was done stays. Mend the cause, then hostkit resume ${oneLine(shown.target)} makes what is left, and hostkit rollback ${oneLine(shown.target)} takes back what was done.`,
          style.columns,
        ),
        ...recordOf(shown, style),
      ];
    case "rolled-back":
      return [
        `${paint.bad("Failed")} after ${took} and ${paint.good("rolled back")}: ${host} is as it was before.`,
        ...troubles(shown, style),
        ...recordOf(shown, style),
      ];
    case "rollback-failed":
      return [
        `${paint.bad("Failed")} after ${took}, and ${paint.bad("not everything could be taken back")}: ${host} needs attention.`,
        ...troubles(shown, style),
        ...recordOf(shown, style),
      ];
    case "stale":
      return staleText(shown, style);
  }
}

/** Where the host tells of the run. */
function recordOf({ response }: OutcomeShown, { columns }: PlanStyle): string[] {
  const { run } = response.outcome;
  if (run === null) return [];
  return wrap(`The run is recorded on the host as ${oneLine(run)}.`, columns);
}

/** What was not done and why; a reason that was told as a diagnostic already is not told twice. */
function troubles({ response }: OutcomeShown, { paint, columns }: PlanStyle): string[] {
  const told = new Set(response.diagnostics.map((diagnostic) => diagnostic.resource));
  return response.outcome.changes.flatMap((change) => {
    if (change.result === "done") return [];
    const id = paint.strong(paint.name(change.id));
    const [word, why] =
      change.result === "failed"
        ? [paint.bad("failed "), told.has(change.id) ? "see above" : change.message]
        : [paint.faint("skipped"), change.because];
    return [
      `  ${word} ${id}`,
      ...indent(wrap(block(why), Math.max(columns - 10, 1)), "          "),
    ];
  });
}

/** What moved since the review: each change that is not as it was reviewed. */
function staleText({ host, plan, response }: OutcomeShown, style: PlanStyle): string[] {
  const { paint } = style;
  const head = `${paint.bad("Refused")}: ${oneLine(host)} has moved since this plan was made. Nothing was changed.`;
  if (response.fresh === null || plan === null) return [head];
  const { moved, gone } = compare(plan, response.fresh);
  return [
    head,
    ...(moved.length === 0 ? [] : ["", "Now it would take:", ""]),
    ...moved.flatMap((change) => [
      ...changeText(change, { texts: new Map(), detail: "full", ...style }),
      "",
    ]),
    ...gone.map((change) => `  ${paint.strong(paint.name(change.id))} no longer needs a change`),
    ...(gone.length === 0 ? [] : [""]),
    "Run the command again to review the new plan.",
  ];
}

function compare(
  reviewed: Plan,
  fresh: Plan,
): { readonly moved: readonly Change[]; readonly gone: readonly Change[] } {
  const before = new Map(reviewed.changes.map((change) => [change.id, change]));
  const now = new Set(fresh.changes.map((change) => change.id));
  return {
    moved: fresh.changes.filter(
      (change) => before.get(change.id)?.fingerprint !== change.fingerprint,
    ),
    gone: reviewed.changes.filter((change) => !now.has(change.id)),
  };
}
