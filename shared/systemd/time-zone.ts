import { nearestName } from "../nearest-name.ts";

/** What should be given instead of something that is no time zone; the host's own list is asked when the unit is checked there. */
export function faultOfZone(zone: string): string | undefined {
  if (zone.toUpperCase() === "UTC") return undefined;
  const known = Intl.supportedValuesOf("timeZone");
  const sameLetters = known.find((each) => each.toLowerCase() === zone.toLowerCase());
  if (sameLetters === zone) return undefined;
  // A zone is a file on the host, whose name is case-sensitive.
  const isKnown = sameLetters === undefined && /^[A-Z]/.test(zone) && isZone(zone);
  if (isKnown) return undefined;
  const meant = sameLetters ?? nearestName(zone, known);
  const hint = meant === undefined ? "" : ` (did you mean "${meant}"?)`;
  return `a time zone, such as UTC or Europe/Berlin${hint}`;
}

function isZone(zone: string): boolean {
  try {
    return Intl.DateTimeFormat("en", { timeZone: zone }) !== undefined;
  } catch {
    return false;
  }
}
