/** The name a person most likely meant, or `undefined` when none is close. `share` of the letters may be wrong. */
export function nearestName(
  written: string,
  known: readonly string[],
  share = 0.4,
): string | undefined {
  let best: { readonly name: string; readonly distance: number } | undefined;
  for (const name of known) {
    const distance = editDistance(written.toLowerCase(), name.toLowerCase());
    const limit = Math.floor(share * Math.max(written.length, name.length));
    if (distance <= limit && (best === undefined || distance < best.distance))
      best = { name, distance };
  }
  // The beginning of a long name is far from it by letters, and still means it.
  return (
    best?.name ?? known.find((name) => written.length > 1 && name.startsWith(written.toLowerCase()))
  );
}

/** Insertions, deletions, substitutions, and two letters in the wrong order: Levenshtein as people mistype. */
export function editDistance(a: string, b: string): number {
  let last: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const isSwapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swap = isSwapped ? (last[j - 2] ?? 0) + 1 : Infinity;
      next.push(Math.min(substitution, swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    [last, row] = [row, next];
  }
  return row[b.length] ?? 0;
}

/** ` Did you mean \`owner\`?`, or nothing. */
export function didYouMean(written: string, known: readonly string[], share?: number): string {
  const name = nearestName(written, known, share);
  return name === undefined ? "" : ` Did you mean \`${name}\`?`;
}
