import { type Difference, type KeyDifference, NOT_SHOWN } from "../../shared/change.ts";
import type { DifferenceStyle } from "./difference-text.ts";
import { oneLine, visible } from "./text.ts";

/** Keys of a new document that are shown unless all were asked for. */
const CREATED_KEYS = 24;

/** What differs in a document, a line for each key: `~ server.PORT: 3000 -> 4000`. */
export function documentLines(
  { field, before, after, keys = [] }: Difference,
  { paint, full }: Pick<DifferenceStyle, "paint" | "full">,
): string[] {
  // A document that can't be read is replaced, and the reason is part of what is reviewed.
  const sides = [before, after].filter((side) => typeof side === "string");
  const head = `${oneLine(field)}: ${[...new Set(sides)].map(oneLine).join(" -> ")}`;
  const isNew = before === null;
  const hidden = isNew && !full && keys.length > CREATED_KEYS + 1 ? keys.length - CREATED_KEYS : 0;
  const shown = hidden === 0 ? keys : keys.slice(0, CREATED_KEYS);
  return [
    head,
    ...shown.map((key) => `  ${keyLine(key, paint)}`),
    ...(hidden === 0 ? [] : [paint.faint(`  ${hidden} more keys: --full shows them`)]),
  ];
}

function keyLine({ key, before, after }: KeyDifference, paint: DifferenceStyle["paint"]): string {
  const name = oneLine(key);
  if (before === undefined) return paint.create(`+ ${name}: ${valueText(after)}`);
  if (after === undefined) return paint.remove(`- ${name}: ${valueText(before)}`);
  const isHidden = before === NOT_SHOWN && after === NOT_SHOWN;
  const change = isHidden ? "changed, not shown" : `${valueText(before)} -> ${valueText(after)}`;
  return paint.change(`~ ${name}: ${change}`);
}

/** Texts are quoted where they could be taken for something else. */
function valueText(value: KeyDifference["after"]): string {
  if (typeof value !== "string") return String(value);
  const text = visible(value.replaceAll("\n", "\\n"));
  const isPlain = text !== "" && !/^\s|\s$|->|^(?:true|false|null|[-+.\d]+)$/.test(text);
  return isPlain ? text : JSON.stringify(text);
}
