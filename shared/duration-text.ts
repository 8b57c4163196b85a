import * as z from "zod";
import { type Duration, formatDuration, parseDuration } from "./duration.ts";

interface Bounds {
  readonly from: Duration;
  readonly to: Duration;
}

const millisecondsIn = (text: Duration): number => parseDuration(text) ?? 0;

/** A duration within bounds, in its shortest spelling, so that equal ones compare equal: `"90s"` becomes `"1m30s"`. */
export function durationText({ from, to }: Bounds) {
  return z
    .custom<Duration>((value) => typeof value === "string" && parseDuration(value) !== undefined, {
      error: 'must be a duration such as "10s", "15m" or "1h30m"',
    })
    .refine(
      (text) =>
        millisecondsIn(text) >= millisecondsIn(from) && millisecondsIn(text) <= millisecondsIn(to),
      `must be a duration from ${from} to ${to}`,
    )
    .transform((text) => formatDuration(millisecondsIn(text)));
}

/** Of what was parsed by `durationText`. */
export const milliseconds = millisecondsIn;
