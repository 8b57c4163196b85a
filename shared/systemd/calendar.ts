import {
  type Component,
  daysOf,
  faultOfField,
  FIELDS,
  fixYear,
  parseChain,
} from "./calendar-field.ts";
import { faultOfZone } from "./time-zone.ts";

/**
 * Calendar expressions as systemd reads them, see systemd.time(7), CALENDAR EVENTS. What systemd refuses is refused here too,
 * before there is a host to ask; and so is what it accepts, although no such day ever comes.
 */

/** As much of the grammar as is not made of fields. */
const SHORTHANDS = [
  "minutely",
  "hourly",
  "daily",
  "weekly",
  "monthly",
  "quarterly",
  "semiannually",
  "semi-annually",
  "biannually",
  "bi-annually",
  "yearly",
  "annually",
  "anually",
];

const WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

type Chain = readonly Component[] | "*";

/** A rest of the text that has to be nothing, a space, or what stands between fields. */
class Refused extends Error {}

/** What is wrong with a calendar expression, in words for a person; `undefined` when nothing is. */
export function faultOfCalendar(text: string): string | undefined {
  try {
    check(text);
    return undefined;
  } catch (error) {
    if (error instanceof Refused) return error.message;
    throw error;
  }
}

function refuse(why: string): never {
  throw new Refused(why);
}

function check(text: string): void {
  if (text.trim() === "") refuse("it is empty");
  if (text !== text.trim()) refuse("it has spaces at its beginning or end");
  const { body, zone } = withoutZone(text);
  const fault = zone === undefined ? undefined : faultOfZone(zone);
  if (fault !== undefined) refuse(`its last word, ${zone}, should be ${fault}`);
  if (body.endsWith(" ")) refuse(`there must be one space before ${zone}`);
  if (SHORTHANDS.includes(body.toLowerCase())) return;
  if (/^@\d+$/.test(body)) return;

  const { weekdays, rest } = takeWeekdays(body);
  const date = takeDate(rest);
  checkTime(date.rest);
  if (!everComes({ ...date, weekdays })) {
    refuse("there is no such day, so it would never elapse");
  }
}

/** A last word that is made of letters, and no weekday, is a zone: `UTC`, `Europe/Berlin`. */
function withoutZone(text: string): { readonly body: string; readonly zone?: string } {
  const cut = text.lastIndexOf(" ");
  const last = text.slice(cut + 1);
  if (cut === -1 || !/^[A-Za-z][A-Za-z0-9_+/-]*$/.test(last)) return { body: text };
  return { body: text.slice(0, cut), zone: last };
}

/** `Mon..Fri,Sun `: the days, and what follows. */
function takeWeekdays(text: string): { readonly weekdays: ReadonlySet<number>; rest: string } {
  const days = new Set<number>();
  if (!/^[A-Za-z]/.test(text)) return { weekdays: days, rest: text };
  const [word = "", ...after] = text.split(/ +/);
  // A trailing comma is allowed.
  for (const part of word.replace(/,$/, "").split(",")) {
    const [from, to, ...more] = part.split(/\.\.|-/).map(weekdayOf);
    if (from === undefined || more.length > 0) return refuse(`${part} is no range of weekdays`);
    if (to !== undefined && to < from) {
      refuse(`${part} runs backwards: a week begins with Monday there`);
    }
    for (let day = from; day <= (to ?? from); day++) days.add(day);
  }
  return { weekdays: days, rest: after.join(" ") };
}

function weekdayOf(name: string): number {
  const lower = name.toLowerCase();
  const found = WEEKDAYS.findIndex((day) => lower === day || lower === day.slice(0, 3));
  if (found !== -1) return found;
  return refuse(
    `${name === "" ? "nothing" : name} is neither a weekday such as Mon, nor a shorthand such as daily`,
  );
}

interface DateFields {
  readonly years: Chain;
  readonly months: Chain;
  readonly days: Chain;
  /** `~`: days are counted from the end of the month. */
  readonly fromEnd: boolean;
  readonly rest: string;
}

const EVERY_DAY = { years: "*", months: "*", days: "*", fromEnd: false } as const;

/** `2030-01..03-~01 `, `*-*-* `, `02-29`; or nothing, where a time follows. */
function takeDate(text: string): DateFields {
  const [word = "", ...after] = text.split(/ +/);
  if (word === "" || word.includes(":")) return { ...EVERY_DAY, rest: text };
  const parts = word.split(/(?=[-~])/).map((part) => part.replace(/^[-~]/, ""));
  const separators = word.replaceAll(/[^-~]/g, "");
  if (!/^-?[-~]$/.test(separators)) {
    refuse(`${word} is neither a date such as *-*-01 nor a time such as 02:30`);
  }
  const [year, month, day] = parts.length === 3 ? parts : ["*", ...parts];
  const fromEnd = separators.endsWith("~");
  const chain = (field: string, given: string | undefined) => {
    const parsed = chainOf(field, given ?? "");
    if (parsed === "*") return parsed;
    const fixed = field === "year" ? parsed.map(fixYear) : parsed;
    checkChain(fixed, { name: field, fromEnd: fromEnd && field === "day" });
    return fixed;
  };
  return {
    years: chain("year", year),
    months: chain("month", month),
    days: chain("day", day),
    fromEnd,
    rest: after.join(" "),
  };
}

function chainOf(field: string, text: string): Chain {
  const parsed = parseChain(text, { fractions: field === "second" });
  if (typeof parsed !== "object")
    return parsed === "*" ? "*" : refuse(`${field} ${describe(text)}`);
  return parsed;
}

const describe = (text: string) =>
  text.startsWith("*/")
    ? `${text} would have to be written as 0${text.slice(1)}`
    : text === ""
      ? "is missing"
      : `${text} is neither a number, nor a list, range or repetition of numbers`;

/** `02:30`, `*:0/15`, `10:00:30.5`; nothing is midnight. */
function checkTime(text: string): void {
  if (text === "") return;
  const fields = text.split(":");
  if (text.includes(" ")) refuse(`${text} is more than one time`);
  if (fields.length < 2) refuse(`${text} is no time: write hours and minutes, such as 02:30`);
  if (fields.length > 3) refuse(`${text} has more than hours, minutes and seconds`);
  for (const [index, name] of ["hour", "minute", "second"].entries()) {
    const field = fields[index];
    if (field === undefined) continue;
    const chain = chainOf(name, field);
    if (chain !== "*") checkChain(chain, { name, fromEnd: false });
  }
}

function checkChain(
  chain: readonly Component[],
  context: { readonly name: string; readonly fromEnd: boolean },
): void {
  for (const [index, component] of chain.toSorted((a, b) => a.start - b.start).entries()) {
    const fault = faultOfField(component, { ...context, index });
    if (fault !== undefined) refuse(fault);
  }
}

/** Whether some day of some year is meant at all: there is no 30 February, and 29 February is no day of 2031. */
function everComes({
  years,
  months,
  days,
  fromEnd,
  weekdays,
}: DateFields & { readonly weekdays: ReadonlySet<number> }): boolean {
  const { from, to } = FIELDS["year"]!;
  for (const year of daysOf(years, { from, to })) {
    for (const month of daysOf(months, { from: 1, to: 12 })) {
      const last = new Date(Date.UTC(year, month, 0)).getUTCDate();
      for (const counted of daysOf(days, { from: 1, to: 31, backwards: fromEnd })) {
        const day = fromEnd ? last + 1 - counted : counted;
        if (day < 1 || day > last) continue;
        const weekday = (new Date(Date.UTC(year, month - 1, day)).getUTCDay() + 6) % 7;
        if (weekdays.size === 0 || weekdays.has(weekday)) return true;
      }
    }
  }
  return false;
}
