import type { ResourceId } from "../../shared/brands.ts";
import type { Plan } from "../../shared/plan.ts";
import type { Selection } from "../../shared/selection.ts";
import type { PlanStyle } from "./plan-text.ts";
import { count } from "./quantity.ts";
import { indent, oneLine, wrap } from "./text.ts";

/** Ids of a list that are shown unless all are asked for. */
const SHOWN = 8;

type Part = Pick<Plan, "unchanged" | "selection"> & { readonly changes: readonly unknown[] };

/** Which part of the declaration a plan is, with what came along and what had to be left out; nothing where it is all of it. */
export function selectionText(
  { plan, full }: { readonly plan: Part; readonly full: boolean },
  { paint, columns }: PlanStyle,
): string[] {
  const { selection } = plan;
  if (selection === undefined) return [];
  const { needed, dependants } = selection;
  const list = (what: string, ids: readonly ResourceId[]) =>
    ids.length === 0 ? [] : wrap(`${what}: ${listed(ids, full)}`, Math.max(columns - 2, 1));
  return [
    ...wrap(`${partOf(selection)}: ${sizeOf(plan, selection)}.`, columns).map(paint.strong),
    ...indent(
      [
        ...list("Needed by it", needed),
        ...list("Left out as well", dependants),
        ...wrap("Nothing is removed by a part of a declaration.", Math.max(columns - 2, 1)),
      ].map(paint.faint),
      "  ",
    ),
  ];
}

/** `5 of 40 resources` */
export function sizeOf({ changes, unchanged }: Part, { left }: Selection): string {
  const taken = changes.length + unchanged;
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
