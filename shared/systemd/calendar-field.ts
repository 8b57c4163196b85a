/** One field of a calendar expression: numbers, ranges `1..5`, repetitions `0/15` and lists of them; or `*`. */

/** `start..stop/repeat`. */
export interface Component {
  readonly start: number;
  readonly stop?: number;
  readonly repeat?: number;
}

/** What the numbers of a field lie between. The years are those that systemd knows. */
export const FIELDS: Readonly<Record<string, { readonly from: number; readonly to: number }>> = {
  year: { from: 1970, to: 2199 },
  month: { from: 1, to: 12 },
  day: { from: 1, to: 31 },
  hour: { from: 0, to: 23 },
  minute: { from: 0, to: 59 },
  /** Parts of it down to a microsecond. */
  second: { from: 0, to: 59.999_999 },
};

/** Days from the end that every month has. systemd allows three fewer with each further one of a list. */
const daysFromEnd = (index: number) => 28 - 3 * index;

/** systemd's own limit for the members of a list. */
const LONGEST = 240;

export function parseChain(
  text: string,
  { fractions }: { readonly fractions: boolean },
): readonly Component[] | "*" | undefined {
  if (text === "*") return "*";
  const number = fractions ? String.raw`\d+(?:\.\d+)?` : String.raw`\d+`;
  const shape = new RegExp(`^(${number})(?:\\.\\.(${number}))?(?:/(${number}))?$`);
  const parts = text.split(",");
  if (parts.length > LONGEST) return undefined;
  const found = parts.map((part) => {
    const [, start, stop, repeat] = shape.exec(part) ?? [];
    return (
      start !== undefined && {
        start: Number(start),
        ...(stop === undefined ? {} : { stop: Number(stop) }),
        ...(repeat === undefined ? {} : { repeat: Number(repeat) }),
      }
    );
  });
  return found.every((each) => each !== false) ? found : undefined;
}

/** Years of two digits are those between 1970 and 2069. */
export function fixYear({ start, stop, ...rest }: Component): Component {
  return {
    start: fullYear(start),
    ...(stop === undefined ? {} : { stop: fullYear(stop) }),
    ...rest,
  };
}

const fullYear = (year: number) => (year < 70 ? 2000 + year : year < 100 ? 1900 + year : year);

interface FieldContext {
  /** `hour` */
  readonly name: string;
  readonly fromEnd: boolean;
  /** Among the members of a list, by size. */
  readonly index: number;
}

/** What systemd would refuse of numbers that are well written. */
export function faultOfField(
  { start, stop, repeat }: Component,
  { name, fromEnd, index }: FieldContext,
): string | undefined {
  const { from, to: most } = FIELDS[name]!;
  const to = fromEnd ? daysFromEnd(index) : most;
  const outside = [start, stop].find((n) => n !== undefined && (n < from || n > to));
  const last = name === "second" ? 59 : to;
  if (outside !== undefined) {
    return fromEnd
      ? `${name} ~${outside} is not between ~1, the last of a month, and ~${to}, the most that systemd takes there`
      : `${name} ${outside} is not between ${from} and ${last}`;
  }
  if (stop !== undefined && stop < start) return `${name} ${start}..${stop} runs backwards`;
  if (name === "second" && stop !== undefined && stop - start < 1) {
    return `${name} ${start}..${stop} is shorter than a second`;
  }
  if (repeat === undefined) return undefined;
  if (repeat === 0) return `${name} ${start}/0 repeats without ever going on`;
  // What ends before its first repetition is one number, which systemd lets pass.
  if (stop !== undefined) return undefined;
  const next = fromEnd ? start - repeat : start + repeat;
  if (next >= from && next <= to) return undefined;
  return `${name} ${start}/${repeat} never comes to its first repetition, which would be ${next}`;
}

interface Span {
  readonly from: number;
  readonly to: number;
  /** Repetitions go on towards the end of the month: its last day is 1. */
  readonly backwards?: boolean;
}

/** The whole numbers that a field means, of those it could mean. */
export function daysOf(
  chain: readonly Component[] | "*",
  { from, to, backwards = false }: Span,
): readonly number[] {
  if (chain === "*") return Array.from({ length: to - from + 1 }, (_, index) => from + index);
  return chain.flatMap(({ start, stop, repeat }) => {
    const isSingle = stop === undefined && repeat === undefined;
    if (isSingle) return [start];
    const down = backwards && stop === undefined;
    const step = (repeat ?? 1) * (down ? -1 : 1);
    const end = stop ?? (down ? from : to);
    const count = Math.floor((end - start) / step) + 1;
    return Array.from({ length: Math.max(count, 1) }, (_, index) => start + index * step);
  });
}
