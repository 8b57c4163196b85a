import type { ResourceId } from "../../shared/brands.ts";
import type { Plan } from "../../shared/plan.ts";
import type { Selection } from "../../shared/selection.ts";
import type { Detail } from "./detail.ts";
import type { PlanStyle } from "./plan-text.ts";
import { count } from "./quantity.ts";
import { indent, oneLine, wrap } from "./text.ts";

/** Ids of a list that are shown unless all are asked for. */
const SHOWN = 8;

/** A part of a declaration, and what was done with it. */
export interface PartShown {
  /** Absent: it is all of the declaration. */
  readonly selection: Selection | undefined;
  /** How many resources it has. */
  readonly taken: number;
  /** What does not follow from a part, as a sentence. */
  readonly but: string | undefined;
  /** Shows every id. */
  readonly full: boolean;
}

export const partOfPlan = (
  { selection, changes, unchanged }: Plan,
  detail: Detail = "changes",
): PartShown => ({
  selection,
  taken: changes.length + unchanged,
  but: "Nothing is removed by a part of a declaration.",
  full: detail === "full",
});

/** Which part of the declaration it is, with what came along and what had to be left out; nothing where it is all of it. */
export function selectionText(
  { selection, taken, but, full }: PartShown,
  { paint, columns }: PlanStyle,
): string[] {
  if (selection === undefined) return [];
  const { needed, dependants } = selection;
  const width = Math.max(columns - 2, 1);
  const list = (what: string, ids: readonly ResourceId[]) =>
    ids.length === 0 ? [] : wrap(`${what}: ${listed(ids, full)}`, width);
  const about = [
    ...list("Needed by it", needed),
    ...list("Left out as well", dependants),
    ...(but === undefined ? [] : wrap(but, width)),
  ];
  return [
    ...wrap(`${partOf(selection)}: ${sizeOf(selection, taken)}.`, columns).map(paint.strong),
    ...indent(about.map(paint.faint), "  "),
  ];
}

/** `5 of 40 resources` */
export function sizeOf({ left }: Selection, taken: number): string {
  return `${taken} of ${count(taken + left, "resource")}`;
}

function partOf({ services, only, except }: Selection): string {
  const named = [
    ...(services.length === 0
      ? []
      : [`the service${services.length === 1 ? "" : "s"} ${services.map(oneLine).join(", ")}`]),
    ...only.map(oneLine),
  ];
  const out = `${except.map(oneLine).join(", ")} and what relies on ${rely(except, "it", "them")}`;
  if (named.length === 0) return except.length === 0 ? "All" : `All but ${out}`;
  const needs = rely([...services, ...only], "it needs", "they need");
  const part = `Only ${named.join(", ")} and what ${needs}`;
  return except.length === 0 ? part : `${part}, without ${out}`;
}

const rely = (some: readonly unknown[], one: string, many: string): string =>
  some.length === 1 ? one : many;

function listed(ids: readonly ResourceId[], full: boolean): string {
  // One that is left out saves nothing when it is counted instead.
  const shown = full || ids.length <= SHOWN + 1 ? ids : ids.slice(0, SHOWN);
  const more = ids.length - shown.length;
  return [...shown.map(oneLine), ...(more === 0 ? [] : [`and ${more} more (--full)`])].join(", ");
}
