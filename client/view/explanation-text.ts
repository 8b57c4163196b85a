import type { Area } from "../explain/areas.ts";
import type { Explanation } from "../explain/find-page.ts";
import type { PlanStyle } from "./plan-text.ts";
import { displayWidth, indent, wrap } from "./text.ts";

/** Prose wider than this is hard to read, whatever the terminal offers. */
const MAX_PROSE = 90;

/** A page for people: what it means, its causes, what to do, the host, and where to read on. */
export function explanationText(page: Explanation, { paint, columns }: PlanStyle): string[] {
  const width = Math.max(Math.min(columns, MAX_PROSE), 20);
  const list = (items: readonly string[], markOf: (index: number) => string) =>
    items.flatMap((item, index) => {
      const mark = markOf(index);
      const gap = " ".repeat(mark.length);
      return prose(item, width - mark.length).map((line, at) => (at === 0 ? mark : gap) + line);
    });
  const { exit, text } = page.host;
  // Where there are several, the text says which means what.
  const ending = exit.length === 1 ? ` Exit code ${exit[0]}.` : "";
  return [
    `${paint.strong(page.code)}: ${paint.strong(page.title)}`,
    "",
    ...indent(prose(page.means, width - 2), "  "),
    "",
    paint.strong(page.causes.length === 1 ? "Usual cause" : "Usual causes"),
    ...list(page.causes, () => "  - "),
    "",
    paint.strong("What to do"),
    ...list(page.steps, (index) => (page.steps.length === 1 ? "  " : `  ${index + 1}. `)),
    "",
    paint.strong("The host"),
    ...indent(prose(`${text}${ending}`, width - 2), "  "),
    ...(page.see === undefined ? [] : ["", paint.faint(`See also: ${page.see.join(", ")}`)]),
  ];
}

/** Every code by area, one a line. */
export function codesText(areas: readonly Area[], { paint, columns }: PlanStyle): string[] {
  const gap = " ".repeat("  HK0000  ".length);
  return areas.flatMap(({ title, pages }, index) => [
    ...(index === 0 ? [] : [""]),
    paint.strong(title),
    ...Object.entries(pages).flatMap(([code, page]) => {
      const lines = wrap(page.title, Math.max(columns - gap.length, 1));
      return lines.map((line, at) => (at === 0 ? `  ${code}  ${line}` : gap + line));
    }),
  ]);
}

/** What stands between backticks is to be copied, so it stays on one line where it fits on one. */
function prose(text: string, columns: number): string[] {
  const held = text.replaceAll(/`[^`]*`/g, (span) =>
    displayWidth(span) <= columns ? span.replaceAll(" ", "\u00a0") : span,
  );
  return wrap(held, columns).map((line) => line.replaceAll("\u00a0", " "));
}
