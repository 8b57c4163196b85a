import { parseTimeSpan } from "../../shared/systemd/time-span.ts";
import { nearestName } from "../../shared/nearest-name.ts";

/** From what a person writes to calendar expressions of systemd.time(7): a text, or what is wrong with it. */

export type Rendered = { readonly calendar: string } | { readonly fault: string };

const refuse = (fault: string): Rendered => ({ fault });

const DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/** `02:30` → `02:30:00` */
export function timeOf(text: string): string | undefined {
  const [, hour = "", minute = "", second = "00"] =
    /^([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?$/.exec(text) ?? [];
  return hour === "" ? undefined : `${hour}:${minute}:${second}`;
}

export const TIME = 'a time of day with two digits each, such as "02:30" or "23:59:30"';

export function daily(at: string): Rendered {
  const time = timeOf(at);
  return time === undefined ? refuse(`must be ${TIME}`) : { calendar: `*-*-* ${time}` };
}

/** `monday`, `Mon` → `Mon`. */
export function weekdayOf(text: string): string | undefined {
  const lower = text.toLowerCase();
  const found = DAYS.find((day) => lower === day || lower === day.slice(0, 3));
  return found === undefined ? undefined : found[0]!.toUpperCase() + found.slice(1, 3);
}

export function weekdayFault(text: string): string {
  const close = nearestName(text, DAYS);
  const hint = close === undefined ? "" : ` (did you mean "${close}"?)`;
  return `must be a weekday, such as "monday" or "mon"${hint}`;
}

export function weekly(days: readonly string[], at: string): Rendered {
  const names = days.map(weekdayOf);
  const time = timeOf(at);
  return time === undefined || names.includes(undefined)
    ? refuse(`must be weekdays and ${TIME}`)
    : { calendar: `${names.join(",")} *-*-* ${time}` };
}

export function monthly(days: readonly (number | "last")[], at: string): Rendered[] {
  const time = timeOf(at);
  if (time === undefined) return [refuse(`must be ${TIME}`)];
  const numbers = days.filter((day) => day !== "last").map((day) => String(day).padStart(2, "0"));
  return [
    ...(numbers.length === 0 ? [] : [{ calendar: `*-*-${numbers.join(",")} ${time}` }]),
    ...(days.includes("last") ? [{ calendar: `*-*~01 ${time}` }] : []),
  ];
}

const WORDS: Readonly<Record<string, string>> = {
  minute: "minutely",
  hour: "hourly",
  day: "daily",
  week: "weekly",
  month: "monthly",
  quarter: "quarterly",
  year: "yearly",
};

const MICROSECONDS = 1_000_000;

/** Units of which a whole number has to make the next one, so that the clock repeats it evenly. */
const STEPS = [
  { name: "minute", seconds: 1, count: 60, calendar: (n: number) => `*:*:0/${n}` },
  { name: "hour", seconds: 60, count: 60, calendar: (n: number) => `*:0/${n}` },
  { name: "day", seconds: 3600, count: 24, calendar: (n: number) => `0/${n}:00` },
];

/**
 * By the clock: `15m` is at 0, 15, 30 and 45 minutes past each hour, however long the last one took. What does not go
 * evenly into a minute, an hour or a day would not be evenly spaced.
 */
export function every(text: string): Rendered {
  const word = Object.hasOwn(WORDS, text) ? WORDS[text] : undefined;
  if (word !== undefined) return { calendar: word };
  const span = parseTimeSpan(text);
  if (span === undefined || /^[\d.\s]*$/.test(text)) {
    const close = nearestName(text, Object.keys(WORDS));
    const hint = close === undefined ? "" : ` (did you mean "${close}"?)`;
    return refuse(`must be a time such as "15m" or "6h", or one of ${list()}${hint}`);
  }
  const seconds = span / MICROSECONDS;
  const whole = { 60: "minute", 3600: "hour", 86_400: "day", 604_800: "week" }[seconds];
  if (whole !== undefined) return { calendar: WORDS[whole]! };
  const step = STEPS.find((each) => seconds < each.seconds * each.count);
  const count = step === undefined ? Number.NaN : seconds / step.seconds;
  if (step !== undefined && Number.isInteger(count) && count > 0 && step.count % count === 0) {
    return { calendar: step.calendar(count) };
  }
  const into =
    step === undefined ? "a day or a week" : `${step.name === "hour" ? "an" : "a"} ${step.name}`;
  return refuse(
    `must go evenly into ${into}, since it goes by the clock. For a time between one start and the next, use \`afterBoot: "1min", repeatAfter: ${JSON.stringify(text)}\``,
  );
}

const list = () =>
  Object.keys(WORDS)
    .map((word) => JSON.stringify(word))
    .join(", ");
