import { type Difference, type KeyDifference, NOT_SHOWN } from "../../shared/change.ts";
import type { DifferenceStyle } from "./difference-text.ts";
import { oneLine } from "./text.ts";

/** Keys of a new document that are shown unless all were asked for. */
const CREATED_KEYS = 24;

/** What differs in a document, a line for each key: `~ server.PORT: 3000 -> 4000`. */
export function documentLines(
  { field, before, after, keys = [] }: Difference,
  { paint, detail }: Pick<DifferenceStyle, "paint" | "detail">,
): string[] {
  // A document that can't be read is replaced, and the reason is part of what is reviewed.
  const sides = [before, after].filter((side) => typeof side === "string");
  const head = `${oneLine(field)}: ${[...new Set(sides)].map(oneLine).join(" -> ")}`;
  const isNew = before === null;
  const isCut = isNew && detail !== "full";
  const hidden = isCut && keys.length > CREATED_KEYS + 1 ? keys.length - CREATED_KEYS : 0;
  const shown = hidden === 0 ? keys : keys.slice(0, CREATED_KEYS);
  return [
    head,
    ...shown.map((key) => `  ${keyLine(key, { paint, isTyped: !isTextOnly(sides) })}`),
    ...(hidden === 0 ? [] : [paint.faint(`  ${hidden} more keys: --full shows them`)]),
  ];
}

/** Formats that know nothing but text, so that `4000` can't be taken for a number. */
const isTextOnly = (sides: readonly string[]): boolean =>
  sides.some((side) => /^(?:ini|dotenv) document$/.test(side));

interface KeyStyle extends Pick<DifferenceStyle, "paint"> {
  /** Whether `4000` and `"4000"` are two things. */
  readonly isTyped: boolean;
}

function keyLine({ key, before, after }: KeyDifference, { paint, isTyped }: KeyStyle): string {
  const name = paint.name(key);
  const valueText = (value: KeyDifference["after"]) => textOf(value, { paint, isTyped });
  if (before === undefined) return paint.create(`+ ${name}: ${valueText(after)}`);
  if (after === undefined) return paint.remove(`- ${name}: ${valueText(before)}`);
  const isHidden = before === NOT_SHOWN && after === NOT_SHOWN;
  const change = isHidden ? "changed, not shown" : `${valueText(before)} -> ${valueText(after)}`;
  return paint.change(`~ ${name}: ${change}`);
}

const OTHER_TYPE = /^(?:true|false|null|[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)$/;

/** Texts are quoted where they could be taken for something else. */
export function textOf(value: KeyDifference["after"], { paint, isTyped }: KeyStyle): string {
  if (typeof value !== "string") return String(value);
  const text = paint.content(value.replaceAll("\n", "\\n"));
  const isUnclear = text === "" || /^\s|\s$|->/.test(text) || (isTyped && OTHER_TYPE.test(text));
  return isUnclear ? JSON.stringify(text) : text;
}
