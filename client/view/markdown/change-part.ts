import type { Change } from "../../../shared/plan.ts";
import { bodyLines, type ChangeStyle, consequences } from "../change-text.ts";
import { isDestructive, isRelease, markOf, reasonOf, releaseWords } from "../change-words.ts";
import { differenceLines } from "../difference-text.ts";
import { count } from "../quantity.ts";
import { oneLine } from "../text.ts";
import { code, details, fenced, htmlCode } from "./escape.ts";
import type { Part } from "./fit.ts";

/** A change in a comment; with all of it, without its long differences, as a line, or not at all. */
export interface ChangePart extends Part {
  readonly isDestructive: boolean;
}

/** What each form of a change is, in the order in which things are left out. */
export const FORM = { whole: 0, withoutDiffs: 1, line: 2, nothing: 3 } as const;

/** Lines of one difference that are never worth leaving out. */
const SHORT = 3;

export function changePart(change: Change, style: ChangeStyle): ChangePart {
  const body = bodyLines(change, style);
  const short = isRelease(change) ? body : shortBody(change, style);
  const line = `- ${lineOf(change)}`;
  const open = (lines: readonly string[]) => details(summaryOf(change), fenced("diff", lines));
  const forms =
    body.length === 0
      ? [line, line, line, ""]
      : [open(body), open(short), `${line} _(details left out)_`, ""];
  return {
    forms: forms.map((form) => (form === "" ? "" : `${form}\n\n`)),
    isDestructive: isDestructive(change),
  };
}

/** A mark and an id, which are not ours, in code; the reason is one of a few. */
const nameOf = (change: Change) => `${markOf(change)} ${oneLine(change.id)}`.trim();
const restOf = (change: Change) =>
  ` (${reasonOf(change)})${isRelease(change) ? ` ${releaseWords(change)}` : ""}`;
const lineOf = (change: Change) => `${code(nameOf(change))}${restOf(change)}`;
const summaryOf = (change: Change) => `${htmlCode(nameOf(change))}${restOf(change)}`;

/** Each difference that takes more than a few lines is told by its first, which says what it is of. */
function shortBody(change: Change, style: ChangeStyle): string[] {
  const lines = change.differences.map((difference) => differenceLines([difference], style));
  const isLong = (index: number) => (lines[index]?.length ?? 0) > SHORT;
  return [
    ...lines.flatMap((all, index) =>
      isLong(index) ? [all[0] ?? "", `(${count(all.length - 1, "line")} left out)`] : [],
    ),
    ...differenceLines(
      change.differences.filter((_, index) => !isLong(index)),
      style,
    ),
    ...consequences(change, style),
  ];
}
