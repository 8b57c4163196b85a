import { type Change, dangersOf, type Plan } from "../../shared/plan.ts";
import { changeText, headLine } from "./change-text.ts";
import {
  CONFIRMATION,
  edgeWords,
  inOrder,
  isRelease,
  noChanges,
  summaryLine,
} from "./change-words.ts";
import type { Detail } from "./detail.ts";
import { hostTitle } from "./host-title.ts";
import type { Paint } from "./paint.ts";
import { count } from "./quantity.ts";
import { partOfPlan, selectionText } from "./selection-text.ts";
import { indent, oneLine, wrap } from "./text.ts";
import type { PlanShown } from "./view.ts";

export interface PlanStyle {
  readonly paint: Paint;
  readonly columns: number;
}

/**
 * What a person reviews: every change, destructive ones first, and the counts as the last line. `changes` is shown unless
 * another detail is asked for.
 */
export function planText(
  shown: PlanShown,
  { detail = "changes", ...style }: PlanStyle & { readonly detail?: Detail },
): string[] {
  const { plan } = shown;
  const { paint, columns } = style;
  const selection = selectionText(partOfPlan(plan, detail), style);
  if (plan.changes.length === 0) return [...selection, noChanges(shown)];
  const title = [
    paint.strong(hostTitle(shown)),
    ...(plan.reverts === undefined ? [] : [`Takes back the run ${plan.reverts}.`]),
    ...selection,
    ...(detail === "full" ? identity(plan, paint) : []),
  ];
  const end = [
    ...(dangersOf(plan).length === 0 ? [] : wrap(CONFIRMATION, columns).map(paint.unknown)),
    summaryLine(shown.summary),
  ];
  if (detail === "brief") {
    return [...title, ...inOrder(plan).map((change) => briefLine(change, paint)), ...end];
  }
  const after = detail === "full" ? edgesByChange(plan, paint) : new Map<string, string[]>();
  return [
    ...title,
    "",
    ...inOrder(plan).flatMap((change) => [
      ...changeText(change, { texts: shown.texts, detail, ...style }),
      ...(detail === "full" ? facts(change, after, paint) : []),
      "",
    ]),
    ...(plan.unchanged === 0
      ? []
      : [`  ${paint.faint(`${count(plan.unchanged, "resource")} unchanged`)}`, ""]),
    ...end.slice(0, -1),
    ...(end.length > 1 ? [""] : []),
    ...end.slice(-1),
  ];
}

/** All of a change on one line: what it makes a running thing do, and that it is dangerous, are part of it. */
function briefLine(change: Change, paint: Paint): string {
  const more = [
    ...(change.follow === null ? [] : [paint.effect(`! ${change.follow}s`)]),
    ...(change.danger === undefined ? [] : [paint.unknown("! could lock you out")]),
  ];
  return [headLine(change, paint), ...(isRelease(change) ? [] : more)].join(" ");
}

/** By what a plan is told from another. */
function identity(plan: Plan, paint: Paint): string[] {
  const rows = [
    ["plan", plan.digest],
    ["machine", plan.host.machineId],
    ["project", plan.project],
    ["manifest", plan.manifestDigest],
  ] as const;
  return rows
    .filter(([, value]) => value !== "")
    .map(([name, value]) => `  ${paint.faint(name.padEnd(8))}  ${oneLine(value)}`);
}

function edgesByChange({ edges }: Plan, paint: Paint): Map<string, string[]> {
  const after = new Map<string, string[]>();
  for (const { from, to, reason } of edges) {
    const lines = after.get(to) ?? [];
    lines.push(`after ${paint.name(from)} (${edgeWords(reason)})`);
    after.set(to, lines);
  }
  return after;
}

/** What only matters to whoever checks a plan against something. */
function facts(
  change: Change,
  after: ReadonlyMap<string, readonly string[]>,
  paint: Paint,
): string[] {
  const lines = [...(after.get(change.id) ?? []), `fingerprint ${change.fingerprint}`];
  return indent(lines.map(paint.faint), "      ");
}
