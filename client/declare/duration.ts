import * as z from "zod";
import { type Duration, parseDuration } from "../../shared/duration.ts";

export const DurationInMilliseconds = z
  .custom<Duration>((value) => typeof value === "string" && parseDuration(value) !== undefined, {
    error: 'must be a duration such as "10s", "15m" or "1h30m"',
  })
  .transform((text) => parseDuration(text) ?? 0);
