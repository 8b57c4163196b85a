import { headLine } from "../change-text.ts";
import { edgeWords, noChanges } from "../change-words.ts";
import { hostTitle } from "../host-title.ts";
import type { Paint } from "../paint.ts";
import { count } from "../quantity.ts";
import type { PlanStyle } from "../plan-text.ts";
import { partOfPlan, selectionText } from "../selection-text.ts";
import type { PlanShown } from "../view.ts";
import { planGraph, type PlanNode } from "./plan-graph.ts";

/** What is done before what, and why: level by level, each change with all it waits for. */
export function graphText(shown: PlanShown, style: PlanStyle): string[] {
  const { plan } = shown;
  const { paint } = style;
  const selection = selectionText(partOfPlan(plan), style);
  if (plan.changes.length === 0) return [...selection, noChanges(shown)];
  const nodes = planGraph(plan);
  const levels = [...new Set(nodes.map(({ level }) => level))];
  return [
    paint.strong(hostTitle(shown)),
    ...selection,
    ...levels.flatMap((level) => [
      "",
      `  ${paint.faint(`level ${level}`)}`,
      ...nodes.filter((node) => node.level === level).flatMap((node) => nodeLines(node, paint)),
    ]),
    "",
    `Graph: ${count(nodes.length, "change")}, ${count(plan.edges.length, "edge")}, ${count(levels.length, "level")}.`,
  ];
}

function nodeLines({ change, after }: PlanNode, paint: Paint): string[] {
  const reasons = after.map(
    ({ from, reason }) =>
      `      after ${paint.name(from)} ${paint.faint(`(${edgeWords(reason)})`)}`,
  );
  return [headLine(change, paint), ...reasons];
}
