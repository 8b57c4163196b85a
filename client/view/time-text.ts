/** `2026-01-02 03:04:05`, of milliseconds since the epoch, in UTC; what is no time a person could mean is told as a number. */
export function timeText(milliseconds: number): string {
  const date = new Date(milliseconds);
  return Number.isNaN(date.getTime())
    ? String(milliseconds)
    : date.toISOString().slice(0, 19).replace("T", " ");
}
