/** A piece of a document that can be said at less length. */
export interface Part {
  /** From all of it to the least; each is shorter than the one before, and the last may be nothing. */
  readonly forms: readonly string[];
}

/** One thing that can be left out: a part is said in another of its forms from then on. */
export interface Cut<Each extends Part = Part> {
  readonly part: Each;
  readonly form: number;
}

/** UTF-16 units: no count of characters that anybody uses is higher. */
const lengthOf = ({ forms }: Part, form: number) => forms[form]?.length ?? 0;

/** Makes cuts in the order given until all parts together are short enough. */
export function fit<Each extends Part>(
  parts: readonly Each[],
  { cuts, room }: { readonly cuts: readonly Cut<Each>[]; readonly room: number },
): ReadonlyMap<Each, number> {
  const chosen = new Map<Each, number>(parts.map((part) => [part, 0]));
  let length = parts.reduce((sum, part) => sum + lengthOf(part, 0), 0);
  for (const { part, form } of cuts) {
    if (length <= room) break;
    const before = chosen.get(part);
    if (before === undefined || before >= form) continue;
    length += lengthOf(part, form) - lengthOf(part, before);
    chosen.set(part, form);
  }
  return chosen;
}

/** Cuts to one form, the ones that save most first. */
export function largestFirst<Each extends Part>(parts: readonly Each[], form: number): Cut<Each>[] {
  const saves = (part: Each) => lengthOf(part, form - 1) - lengthOf(part, form);
  return parts
    .filter((part) => saves(part) > 0)
    .toSorted((a, b) => saves(b) - saves(a))
    .map((part) => ({ part, form }));
}

/** Cuts to one form, the last part first. */
export function lastFirst<Each extends Part>(parts: readonly Each[], form: number): Cut<Each>[] {
  return parts.toReversed().map((part) => ({ part, form }));
}
