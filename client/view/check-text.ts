import { type Check, type CheckGroup, countHealth, type Health } from "../doctor/check.ts";
import { type DiagnosticStyle, diagnosticText } from "./diagnostics.ts";
import type { Paint } from "./paint.ts";
import { duration } from "./quantity.ts";
import { displayWidth, indent, oneLine } from "./text.ts";

interface CheckStyle extends DiagnosticStyle {
  readonly verbose: boolean;
}

/** A line for each check, and below those that are not well why, and what to do. */
export function checkText({ host, checks }: CheckGroup, style: CheckStyle): string[] {
  const shown = checks.filter(({ detail }) => style.verbose || detail !== true);
  const width = Math.max(0, ...shown.map(({ name }) => displayWidth(oneLine(name))));
  return [
    style.paint.strong(host === null ? "This machine" : oneLine(host)),
    ...shown.flatMap((check) => [line(check, width, style.paint), ...why(check, style)]),
  ];
}

const WORDS: Readonly<Record<Health, string>> = {
  ok: "ok  ",
  warn: "warn",
  fail: "fail",
  skipped: "-   ",
};

function line({ name, health, found, milliseconds }: Check, width: number, paint: Paint): string {
  const colour = { ok: paint.good, warn: paint.warning, fail: paint.bad, skipped: paint.faint };
  const gap = " ".repeat(width - displayWidth(oneLine(name)));
  const took = milliseconds === undefined ? "" : paint.faint(` (${timeText(milliseconds)})`);
  return `  ${colour[health](WORDS[health])}  ${oneLine(name)}${gap}  ${oneLine(found)}${took}`;
}

const timeText = (milliseconds: number): string =>
  milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : duration(milliseconds);

function why({ diagnostic }: Check, style: CheckStyle): string[] {
  if (diagnostic === undefined) return [];
  const lines = diagnosticText(diagnostic, { ...style, columns: Math.max(style.columns - 8, 20) });
  return indent(lines, "        ");
}

/** The same words in the same order whatever the counts. */
export function checkSummary(checks: readonly Check[]): string {
  const { ok, warn, fail, skipped } = countHealth(checks);
  return `Doctor: ${ok} ok, ${warn} to look at, ${fail} failed, ${skipped} not checked.`;
}
