import type { Change } from "../../shared/plan.ts";
import {
  colourOf,
  isRelease,
  markOf,
  reasonOf,
  releaseWords,
  staysBecause,
} from "./change-words.ts";
import type { Detail } from "./detail.ts";
import { differenceLines } from "./difference-text.ts";
import type { Paint } from "./paint.ts";
import { indent, oneLine, wrap } from "./text.ts";

export interface ChangeStyle {
  readonly paint: Paint;
  readonly columns: number;
  readonly detail: Detail;
  /** Texts of created contents, by digest. */
  readonly texts: ReadonlyMap<string, string>;
}

/** One change: its line, what differs, what follows from it. */
export function changeText(change: Change, style: ChangeStyle): string[] {
  const { paint, columns } = style;
  const body = bodyLines(change, { ...style, columns: Math.max(columns - 6, 1) });
  return [headLine(change, paint), ...indent(body, "      ")];
}

/** Mark, id and reason. Never broken or cut, however narrow the terminal: it is what one looks for. */
export function headLine(change: Change, paint: Paint): string {
  const name = `${paint.strong(paint.name(change.id))} ${paint.faint(`(${reasonOf(change)})`)}`;
  return isRelease(change)
    ? `    ${name} ${releaseWords(change)}`
    : `  ${colourOf(change, paint)(markOf(change))} ${name}`;
}

/** What stands below it, without indent. */
export function bodyLines(change: Change, style: ChangeStyle): string[] {
  if (isRelease(change)) return releaseLines(change, style);
  return [...differenceLines(change.differences, style), ...consequences(change, style)];
}

function releaseLines(change: Change, { paint, columns }: ChangeStyle): string[] {
  const why = staysBecause(change);
  return typeof why === "string" ? wrap(oneLine(why), columns).map(paint.faint) : [];
}

/** What else there is to know of a change besides what differs. */
export function consequences(
  change: Change,
  { paint, columns }: Pick<ChangeStyle, "paint" | "columns">,
): string[] {
  return [
    ...remarks(change, paint, columns),
    ...prediction(change, paint, columns),
    ...effect(change, paint),
    ...danger(change, paint, columns),
  ];
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
  const name = paint.name(id.slice(id.indexOf(":") + 1));
  return [paint.effect(`! ${follow}s ${name}`)];
}

function danger({ danger: what }: Change, paint: Paint, columns: number): string[] {
  return what === undefined
    ? []
    : wrap(`! could lock you out: ${oneLine(what)}`, columns).map(paint.unknown);
}
