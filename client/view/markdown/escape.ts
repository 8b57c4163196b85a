import { crop, oneLine } from "../text.ts";

/**
 * What came from a declaration or a host stands in code and nowhere else: there it is neither HTML nor a link, and mentions
 * nobody. How GitHub reads it: https://github.github.com/gfm/.
 */

/** One line as a code span, whatever is in it. */
export function code(text: string, limit?: number): string {
  const line = shortened(text, limit);
  // An empty one does not exist.
  if (line === "") return "` `";
  const ticks = "`".repeat(longestRun(line) + 1);
  // One space at both ends is taken away again.
  const pad = /^[` ]|[` ]$/.test(line) ? " " : "";
  return `${ticks}${pad}${line}${pad}${ticks}`;
}

/** The same where HTML is read and Markdown is not, such as in a summary. */
export function htmlCode(text: string, limit?: number): string {
  const escaped = shortened(text, limit).replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
  return `<code>${escaped}</code>`;
}

/** A fenced block that nothing in it can end. */
export function fenced(language: string, lines: readonly string[]): string {
  const fence = "`".repeat(Math.max(3, longestRun(lines.join("\n")) + 1));
  return [`${fence}${language}`, ...lines, fence].join("\n");
}

/** What can be opened: the summary is HTML, the body Markdown, which begins behind an empty line. */
export function details(summary: string, body: string): string {
  return `<details><summary>${summary}</summary>\n\n${body}\n\n</details>`;
}

/** Half of a character, which a cut may leave. */
const HALF = /[\ud800-\udbff]$/;

/** By columns and by UTF-16 units: marks that stand above others take no column. */
function shortened(text: string, limit = Infinity): string {
  const line = oneLine(text);
  if (limit === Infinity) return line;
  return crop(line, limit).slice(0, limit).replace(HALF, "");
}

/** Of backticks; a large text may have more runs than a function takes arguments. */
function longestRun(text: string): number {
  let longest = 0;
  for (const [run] of text.matchAll(/`+/g)) longest = Math.max(longest, run.length);
  return longest;
}
