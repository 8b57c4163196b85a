import type { Action } from "../../shared/change.ts";
import { type Change, dangersOf, type Plan, type PlanSummary } from "../../shared/plan.ts";
import { hostTitle } from "./host-title.ts";
import { differenceLines } from "./difference-text.ts";
import type { Paint } from "./paint.ts";
import { count } from "./quantity.ts";
import { type PartShown, selectionText, sizeOf } from "./selection-text.ts";
import { indent, oneLine, wrap } from "./text.ts";
import type { PlanShown } from "./view.ts";

export interface PlanStyle {
  readonly paint: Paint;
  readonly columns: number;
}

/** What a person reviews: every change with what differs, destructive ones first, and the counts as the last line. */
export function planText(shown: PlanShown, style: PlanStyle): string[] {
  const { plan } = shown;
  if (plan.changes.length === 0) return [...selectionText(partOf(shown), style), noChanges(shown)];
  const { paint } = style;
  const unchanged =
    plan.unchanged === 0
      ? []
      : [`  ${paint.faint(`${count(plan.unchanged, "resource")} unchanged`)}`, ""];
  return [
    paint.strong(hostTitle(shown)),
    ...(plan.reverts === undefined ? [] : [`Takes back the run ${plan.reverts}.`]),
    ...selectionText(partOf(shown), style),
    "",
    ...sorted(plan).flatMap((change) => [...changeText(change, shown, style), ""]),
    ...unchanged,
    ...confirmation(plan, style),
    summaryLine(shown.summary),
  ];
}

const partOf = ({ plan, full }: Pick<PlanShown, "plan" | "full">): PartShown => ({
  selection: plan.selection,
  taken: plan.changes.length + plan.unchanged,
  but: "Nothing is removed by a part of a declaration.",
  full,
});

function noChanges({ host, plan }: Pick<PlanShown, "host" | "plan">): string {
  if (plan.reverts !== undefined) {
    return `Nothing to take back: ${oneLine(host)} has nothing that is as the run ${plan.reverts} made it.`;
  }
  if (plan.selection !== undefined) {
    return `No changes. ${oneLine(host)} is as declared, as far as it is selected (${sizeOf(plan.selection, plan.unchanged)}).`;
  }
  return `No changes. ${oneLine(host)} is as declared (${count(plan.unchanged, "resource")}).`;
}

/** The same words in the same order whatever the counts: people and scripts look for it. */
function summaryLine({ create, change, remove, restarts, unknown }: PlanSummary): string {
  return `Plan: ${create} to create, ${change} to change, ${remove} to remove, ${restarts} restarts, ${unknown} unknown.`;
}

/** One change: its line, what differs, what follows from it. */
export function changeText(
  change: Change,
  { texts, full }: Pick<PlanShown, "texts" | "full">,
  { paint, columns }: PlanStyle,
): string[] {
  if (isRelease(change)) return releaseText(change, { paint, columns });
  const { mark, colour } = appearance(change, paint);
  const head = `  ${colour(mark)} ${paint.strong(oneLine(change.id))} ${paint.faint(`(${reason(change)})`)}`;
  const body = [
    ...differenceLines(change.differences, {
      texts,
      full,
      paint,
      columns: Math.max(columns - 6, 1),
    }),
    ...remarks(change, paint, Math.max(columns - 6, 1)),
    ...prediction(change, paint, Math.max(columns - 6, 1)),
    ...effect(change, paint),
    ...danger(change, paint, Math.max(columns - 6, 1)),
  ];
  return [head, ...indent(body, "      ")];
}

function isRelease({ action, reason: why }: Change): boolean {
  return action === "none" && why === "not-declared";
}

/** Something that is only let go of: nothing on the host changes. */
function releaseText(change: Change, { paint, columns }: PlanStyle): string[] {
  const why = change.differences.find(({ field }) => field === "stays")?.after;
  const what =
    why === undefined
      ? "is not on the host any more, and no longer managed"
      : "stays on the host, and is no longer managed";
  const because = typeof why === "string" ? wrap(oneLine(why), Math.max(columns - 6, 1)) : [];
  return [
    `    ${paint.strong(oneLine(change.id))} ${paint.faint(`(${reason(change)})`)} ${what}`,
    ...indent(because.map(paint.faint), "      "),
  ];
}

/** Removals before everything else; within both groups the order in which it will be done. */
function sorted(plan: Plan): Change[] {
  const [first, rest] = [
    plan.changes.filter(isDestructive),
    plan.changes.filter((c) => !isDestructive(c)),
  ];
  return [...first, ...rest];
}

function isDestructive({ action }: Change): boolean {
  return action === "delete" || action === "replace";
}

function appearance(
  change: Change,
  paint: Paint,
): { readonly mark: string; readonly colour: (text: string) => string } {
  // What is taken away stays marked as such, however little is known of the rest.
  if (change.prediction.class === "unknown" && !isDestructive(change)) {
    return { mark: "?", colour: paint.unknown };
  }
  return { mark: MARKS[change.action], colour: paint[COLOURS[change.action]] };
}

const MARKS: Record<Action, string> = {
  create: "+",
  update: "~",
  replace: "±",
  delete: "-",
  restart: "!",
  reload: "!",
  run: "!",
  none: " ",
};

const COLOURS: Record<Action, "create" | "change" | "remove" | "effect" | "faint"> = {
  create: "create",
  update: "change",
  replace: "remove",
  delete: "remove",
  restart: "effect",
  reload: "effect",
  run: "effect",
  none: "faint",
};

/** The mark says what happens to things that are or are not there; what else happens is said in words. */
function reason({ action, reason: why }: Change): string {
  const words = why.replaceAll("-", " ");
  return action === "restart" || action === "reload" || action === "run"
    ? `${action}, ${words}`
    : words;
}

function prediction(change: Change, paint: Paint, columns: number): string[] {
  const { prediction: predicted } = change;
  switch (predicted.class) {
    case "exact":
      return [];
    case "bounded":
      return wrap(`one of: ${predicted.outcomes.map(oneLine).join("; ")}`, columns);
    case "unknown":
      return wrap(`? result not known: ${oneLine(predicted.why)}`, columns).map(paint.unknown);
  }
}

function remarks({ remarks: said = [] }: Change, paint: Paint, columns: number): string[] {
  return said.flatMap((each) => wrap(oneLine(each), columns)).map(paint.faint);
}

function effect({ follow, id }: Change, paint: Paint): string[] {
  if (follow === null) return [];
  const name = oneLine(id.slice(id.indexOf(":") + 1));
  return [paint.effect(`! ${follow}s ${name}`)];
}

function danger({ danger: what }: Change, paint: Paint, columns: number): string[] {
  return what === undefined
    ? []
    : wrap(`! could lock you out: ${what}`, columns).map(paint.unknown);
}

/** What a person agrees to besides the changes, where one of them could be the last that they make. */
function confirmation(plan: Plan, { paint, columns }: PlanStyle): string[] {
  if (dangersOf(plan).length === 0) return [];
  const text =
    "Some of it could lock you out: it is taken back by itself unless HostKit comes in again over a new connection when all is done.";
  return [...wrap(text, columns).map(paint.unknown), ""];
}
