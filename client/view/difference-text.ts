import { type Difference, type DifferenceValue, NOT_SHOWN } from "../../shared/change.ts";
import type { ContentRef } from "../../shared/content.ts";
import type { Detail } from "./detail.ts";
import type { Paint } from "./paint.ts";
import { bytes } from "./quantity.ts";
import { documentLines } from "./document-text.ts";
import { displayWidth } from "./text.ts";

/** Lines of a created content that are shown unless all were asked for. */
const CREATED_LINES = 12;

export interface DifferenceStyle {
  readonly paint: Paint;
  /** Columns there are for a line. */
  readonly columns: number;
  readonly detail: Detail;
  /** Texts of created contents, by digest. */
  readonly texts: ReadonlyMap<string, string>;
}

/** The lines that show what differs, without indent. */
export function differenceLines(list: readonly Difference[], style: DifferenceStyle): string[] {
  const isRemoval = list.every(({ after }) => after === null);
  const isPlain = (difference: Difference) =>
    isPlainCreation(difference) || (isRemoval && !isMultiline(difference.before));
  const plain = list.filter(isPlain);
  const rest = list.filter((difference) => !isPlain(difference));
  // Of what goes away as a whole, the mark of the change says that it goes.
  const told = plain.map(
    (d) => `${style.paint.name(d.field)}: ${value(d.after ?? d.before, style)}`,
  );
  return [...rest.flatMap((difference) => lines(difference, style)), ...flow(told, style.columns)];
}

/** A field of something new that fits in a few words: such fields share lines. */
function isPlainCreation({ before, after, patch, keys }: Difference): boolean {
  if (patch !== undefined || keys !== undefined) return false;
  return before === null && !isContent(after) && !isMultiline(after);
}

function lines(difference: Difference, style: DifferenceStyle): string[] {
  const { before, after, patch, keys } = difference;
  const field = style.paint.name(difference.field);
  if (keys !== undefined) return documentLines(difference, style);
  if (patch !== undefined) {
    return [`${field}:${digests(difference, style)}`, ...patchLines(patch, style)];
  }
  if (before === NOT_SHOWN && after === NOT_SHOWN) return [`${field}: changed, not shown`];
  if (Array.isArray(before) && Array.isArray(after)) return list(field, { before, after }, style);
  if (before === null && after !== null) return created(field, after, style);
  if (isMultiline(before) || isMultiline(after)) {
    const { paint } = style;
    return [
      `${field}:`,
      ...textLines(before, style).map((line) => paint.remove(`-${line}`)),
      ...textLines(after, style).map((line) => paint.create(`+${line}`)),
    ];
  }
  return [`${field}: ${value(before, style)} -> ${value(after, style)}`];
}

/** Of contents whose lines are shown, by what they can be told from others. */
function digests({ before, after }: Difference, { detail }: DifferenceStyle): string {
  if (detail !== "full" || !isContent(after)) return "";
  return ` ${isContent(before) ? `sha256 ${before.sha256} -> ` : ""}sha256 ${after.sha256}`;
}

function created(field: string, after: DifferenceValue, style: DifferenceStyle): string[] {
  const { texts, detail, paint } = style;
  const text = isContent(after) ? texts.get(after.sha256) : String(after);
  if (text === undefined) return [`${field}: ${value(after, style)}`];
  const all = textLines(text, style);
  const hidden =
    detail === "full" || all.length <= CREATED_LINES + 1 ? 0 : all.length - CREATED_LINES;
  const shown = hidden === 0 ? all : all.slice(0, CREATED_LINES);
  const size = isContent(after) ? bytes(after.size) : bytes(new TextEncoder().encode(text).length);
  return [
    `${field}: ${size}${detail === "full" && isContent(after) ? ` (sha256 ${after.sha256})` : ""}`,
    ...shown.map((line) => paint.create(`+${line}`)),
    ...(hidden === 0 ? [] : [paint.faint(`  ${hidden} more lines: --full shows them`)]),
  ];
}

/** What is added to a list and what is taken away, on one line where it fits. */
function list(
  field: string,
  { before, after }: { readonly before: readonly string[]; readonly after: readonly string[] },
  { paint, columns }: DifferenceStyle,
): string[] {
  const added = after
    .filter((item) => !before.includes(item))
    .map((item) => `+${paint.name(item)}`);
  const removed = before
    .filter((item) => !after.includes(item))
    .map((item) => `-${paint.name(item)}`);
  if (added.length + removed.length === 0) return [`${field}: the same, in another order`];
  const flat = `${field}: ${[...added, ...removed].join(" ")}`;
  const painted = [...added.map(paint.create), ...removed.map(paint.remove)];
  if (displayWidth(flat) <= columns) return [`${field}: ${painted.join(" ")}`];
  return [`${field}:`, ...painted.map((item) => `  ${item}`)];
}

/** The hunks of a unified diff; its header repeats the resource's own line. */
function patchLines(patch: string, style: DifferenceStyle): string[] {
  const { paint } = style;
  const all = textLines(patch, style);
  const first = all.findIndex((line) => line.startsWith("@@"));
  // Of what is new all lines are added, and nothing else is to be told of them.
  return all.slice(Math.max(first, 0)).map((line) => {
    if (line.startsWith("+")) return paint.create(line);
    if (line.startsWith("-")) return paint.remove(line);
    return line.startsWith("@@") || line.startsWith("\\") ? paint.faint(line) : line;
  });
}

/** A value on one line, quoted where a reader could not tell where it begins and ends. */
export function value(
  given: DifferenceValue,
  { paint, detail }: Pick<DifferenceStyle, "paint" | "detail">,
): string {
  if (given === null) return "none";
  if (isContent(given)) {
    const digest = detail === "full" ? given.sha256 : given.sha256.slice(0, 12);
    return `${bytes(given.size)} (sha256 ${digest})`;
  }
  if (Array.isArray(given)) return given.length === 0 ? "none" : given.map(paint.name).join(" ");
  if (typeof given !== "string") return String(given);
  const text = paint.content(given);
  // Quoted where a reader could not tell where it begins and ends.
  return text === "" || /\s|->/.test(text) ? JSON.stringify(text) : text;
}

function textLines(text: DifferenceValue, style: DifferenceStyle): string[] {
  if (text === null) return [];
  const all = (typeof text === "string" ? text : value(text, style)).split("\n");
  if (all.at(-1) === "") all.pop();
  return all.map(style.paint.content);
}

/** Puts short parts on as few lines as they need. */
function flow(parts: readonly string[], columns: number): string[] {
  const rows: string[] = [];
  for (const part of parts) {
    const joined = `${rows.at(-1) ?? ""}, ${part}`;
    if (rows.length > 0 && displayWidth(joined) <= columns) rows[rows.length - 1] = joined;
    else rows.push(part);
  }
  return rows;
}

function isMultiline(given: DifferenceValue): given is string {
  return typeof given === "string" && given.includes("\n");
}

function isContent(given: DifferenceValue): given is ContentRef {
  return typeof given === "object" && given !== null && "sha256" in given;
}
