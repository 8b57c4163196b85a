import * as z from "zod";

/** Time spans as systemd reads them, see systemd.time(7), PARSING TIME SPANS: `5s`, `1min 30s`, `2h`. */

const SECOND = 1_000_000;
const DAY = 86_400 * SECOND;

/** Microseconds. `M` is a month and `m` a minute, so case matters. */
const UNITS: Readonly<Record<string, number>> = {
  ...named(1, ["usec", "us", "µs", "μs"]),
  ...named(1000, ["msec", "ms"]),
  ...named(SECOND, ["seconds", "second", "sec", "s"]),
  ...named(60 * SECOND, ["minutes", "minute", "min", "m"]),
  ...named(3600 * SECOND, ["hours", "hour", "hr", "h"]),
  ...named(DAY, ["days", "day", "d"]),
  ...named(7 * DAY, ["weeks", "week", "w"]),
  ...named(30.4375 * DAY, ["months", "month", "M"]),
  ...named(365.25 * DAY, ["years", "year", "y"]),
};

function named(size: number, names: readonly string[]): Readonly<Record<string, number>> {
  return Object.fromEntries(names.map((name) => [name, size]));
}

const PART = /\s*(\d+(?:\.\d+)?)\s*([A-Za-zµμ]+)/y;

/** Microseconds; `undefined` for anything that is no time span. A bare number is seconds. */
export function parseTimeSpan(text: string): number | undefined {
  const trimmed = text.trim();
  if (/^\d+(\.\d+)?$/.test(trimmed)) return Number(trimmed) * SECOND;
  let sum = 0;
  PART.lastIndex = 0;
  while (PART.lastIndex < trimmed.length) {
    const [, count, unit = ""] = PART.exec(trimmed) ?? [];
    const size = Object.hasOwn(UNITS, unit) ? UNITS[unit] : undefined;
    if (count === undefined || size === undefined) return undefined;
    sum += Number(count) * size;
  }
  return trimmed === "" ? undefined : sum;
}

const MESSAGE = 'must be a time such as "5s", "1min 30s" or 90, which is seconds';

const Written = z
  .union([z.string(), z.number()], { error: MESSAGE })
  .refine((value) => microsecondsOf(value) !== undefined, MESSAGE);

function microsecondsOf(value: string | number): number | undefined {
  if (typeof value === "string") return parseTimeSpan(value);
  return Number.isFinite(value) && value >= 0 ? value * SECOND : undefined;
}

/** Numbers are written out in full: systemd does not read `1e21`. */
const asText = (value: string | number) =>
  typeof value === "string" ? value.trim() : `${decimal(value)}s`;

function decimal(value: number): string {
  return value.toFixed(6).replace(/\.?0+$/, "");
}

/** A time span, nothing at all too; its value is the text for systemd. */
export const TimeSpan = Written.transform(asText);

/** One that is not zero, which systemd takes for "never" in most directives. */
export const PositiveSpan = Written.refine((value) => microsecondsOf(value) !== 0, {
  error: "must be longer than nothing",
}).transform(asText);

/** One that may have no end. */
export const Timeout = z.union([z.literal("infinity"), PositiveSpan], {
  error: `${MESSAGE}, or "infinity"`,
});
