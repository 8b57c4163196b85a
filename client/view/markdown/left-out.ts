import { count } from "../quantity.ts";
import { FORM } from "./change-part.ts";
import { code } from "./escape.ts";

/** Most that the sentence takes. */
export const ROOM_FOR_LEFT_OUT = 800;
/** Longest the command is shown. */
const COMMAND = 120;

/** Says what a comment has not, and how to see it; nothing where it has all. */
export function leftOut(told: {
  /** The form that each change, and each problem, is in. */
  readonly changes: readonly number[];
  readonly problems: readonly number[];
  /** Hosts of which nothing is said. */
  readonly hosts: number;
  /** What shows everything. */
  readonly command: string;
  readonly limit: number;
}): string {
  const parts = [
    tell(inForm(told.changes, FORM.withoutDiffs), "change", "the differences of"),
    tell(inForm(told.changes, FORM.line), "change", "all details of"),
    tell(inForm(told.changes, FORM.nothing), "change"),
    tell(inForm(told.problems, 1), "problem", "the detail of"),
    tell(inForm(told.problems, 2), "problem"),
    tell(told.hosts, "host"),
  ].flatMap((part) => part ?? []);
  if (parts.length === 0) return "";
  const list =
    parts.length === 1 ? parts[0] : `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}`;
  const command = code(told.command, COMMAND);
  return `> Left out, since a comment takes ${told.limit} characters: ${list}. ${command} shows everything.\n\n`;
}

const inForm = (list: readonly number[], form: number): number =>
  list.filter((each) => each === form).length;

function tell(number: number, noun: string, what = ""): string | undefined {
  return number === 0 ? undefined : `${what} ${count(number, noun)}`.trim();
}
