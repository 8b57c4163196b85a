/** `valid-after` and `valid-before` of ssh-keygen(1): YYYYMMDD, YYYYMMDDHHMM or YYYYMMDDHHMMSS, in UTC with a `Z` behind it. */

const FORM = /^(\d{4})(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d)?)?(Z|UTC)?$/i;

/** Milliseconds since 1970; `undefined` where it is no moment. Without `Z` it is what clocks show where this runs. */
export function parseSignerTime(text: string): number | undefined {
  const [, ...found] = FORM.exec(text) ?? [];
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = found
    .slice(0, 6)
    .map((part) => Number(part ?? 0));
  // `Date` has years below 100 in another century.
  if (year < 1970) return undefined;
  const fields = [year, month - 1, day, hour, minute, second] as const;
  const utc = new Date(Date.UTC(...fields));
  const isThere =
    utc.getUTCMonth() === month - 1 &&
    utc.getUTCDate() === day &&
    hour < 24 &&
    minute < 60 &&
    second < 60;
  if (!isThere) return undefined;
  return found[6] === undefined ? new Date(...fields).getTime() : utc.getTime();
}
