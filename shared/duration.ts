const UNITS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const PART = /(\d+(?:\.\d+)?)(ms|s|m|h|d)/g;

/** `250ms`, `10s`, `15m`, `2h`, `1d`, or several of them, largest first: `1h30m`. */
export type Duration = `${number}${keyof typeof UNITS}` | `${number}${keyof typeof UNITS}${string}`;

/** Milliseconds; `undefined` for anything that is no duration. */
export function parseDuration(text: string): number | undefined {
  const parts = [...text.matchAll(PART)];
  if (parts.length === 0 || parts.map(([whole]) => whole).join("") !== text) return undefined;
  return parts.reduce(
    (sum, [, count, unit]) => sum + Number(count) * UNITS[unit as keyof typeof UNITS],
    0,
  );
}

/** The shortest spelling of whole milliseconds: 90 000 is `1m30s`. Read back, it gives the same again. */
export function formatDuration(milliseconds: number): Duration {
  let rest = Math.round(milliseconds);
  let text = "";
  for (const unit of ["d", "h", "m", "s", "ms"] as const) {
    const count = Math.floor(rest / UNITS[unit]);
    rest -= count * UNITS[unit];
    if (count > 0) text += `${count}${unit}`;
  }
  return (text === "" ? "0ms" : text) as Duration;
}
