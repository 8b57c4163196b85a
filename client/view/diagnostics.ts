import type { Diagnostic, SourceLocation } from "../../shared/diagnostic.ts";
import type { Paint } from "./paint.ts";
import { block, crop, displayWidth, indent, oneLine, wrap } from "./text.ts";

/** Prose wider than this is hard to read, whatever the terminal offers. */
const MAX_PROSE = 100;

export interface DiagnosticStyle {
  readonly paint: Paint;
  readonly columns: number;
  /** The text of a source file, or `null` where it can't be read. */
  readSource(file: string): string | null;
  /** How a file is named to the person, such as relative to the working directory. */
  displayPath(file: string): string;
}

/** `error[config HK1001]: summary`, the detail, and the source line where there is one. */
export function diagnosticText(diagnostic: Diagnostic, style: DiagnosticStyle): string[] {
  const { severity, side, code, summary, detail, source } = diagnostic;
  const { paint, columns } = style;
  const title = `${severity}[${side} ${code}]`;
  const painted = severity === "error" ? paint.bad(title) : paint.warning(title);
  const width = Math.max(Math.min(columns, MAX_PROSE) - 2, 1);
  // What is indented is to be copied, such as a command: a line break in it would change it.
  const prose = block(detail)
    .split("\n")
    .flatMap((line) => (line.startsWith(" ") ? [line] : wrap(line, width)));
  return [
    `${painted}: ${paint.strong(oneLine(summary))}`,
    ...(detail === "" ? [] : indent(prose, "  ")),
    ...(source === undefined ? [] : excerpt(source, style)),
  ];
}

function excerpt(source: SourceLocation, style: DiagnosticStyle): string[] {
  const { paint, columns } = style;
  const place = `${oneLine(style.displayPath(source.file))}:${source.line}:${source.column}`;
  const arrow = `  ${paint.faint("-->")} ${place}`;
  const text = style.readSource(source.file)?.split(/\r?\n/)[source.line - 1];
  if (text === undefined) return [arrow];
  const number = String(source.line);
  const gutter = " ".repeat(number.length);
  const { line, caret } = aroundColumn(text, source.column, {
    columns: Math.max(columns - number.length - 5, 10),
    paint,
  });
  return [
    arrow,
    `  ${gutter} ${paint.faint("|")}`,
    `  ${paint.faint(`${number} |`)} ${line}`,
    `  ${gutter} ${paint.faint("|")} ${" ".repeat(caret)}${paint.bad("^")}`,
  ];
}

/** The part of a source line that holds the column, and where the column is in it. */
function aroundColumn(
  text: string,
  column: number,
  { columns, paint }: Pick<DiagnosticStyle, "columns" | "paint">,
): { readonly line: string; readonly caret: number } {
  const show = (part: string) => paint.content(part.replaceAll("\t", "  "));
  const ellipsis = paint.ascii ? "..." : "…";
  // The location may be a guess past the end of the line.
  const before = show(text.slice(0, column - 1));
  const all = before + show(text.slice(column - 1));
  const caret = displayWidth(before);
  if (displayWidth(all) <= columns) return { line: all, caret };
  const start = Math.max(0, before.length - Math.floor(columns / 2));
  if (start === 0) return { line: crop(all, columns, ellipsis), caret };
  const lead = `${ellipsis}${before.slice(start + ellipsis.length)}`;
  const rest = all.slice(before.length);
  return { line: crop(lead + rest, columns, ellipsis), caret: displayWidth(lead) };
}
