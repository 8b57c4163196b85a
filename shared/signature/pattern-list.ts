/** Lists of patterns as in ssh_config(5), PATTERNS: with `*`, `?`, and `!` before what is left out. */

export function matchesList(text: string, list: string): boolean {
  let isNamed = false;
  for (const each of list.split(",")) {
    const isNegated = each.startsWith("!");
    if (!matches(text, isNegated ? each.slice(1) : each)) continue;
    if (isNegated) return false;
    isNamed = true;
  }
  return isNamed;
}

/** Goes back to the last `*` alone: the earlier ones can take nothing that it could not. So the time is bounded. */
function matches(text: string, pattern: string): boolean {
  let at = 0;
  let star: { readonly pattern: number; text: number } | undefined;
  for (let index = 0; index < text.length || at < pattern.length;) {
    const wanted = pattern[at];
    if (wanted === "*") {
      star = { pattern: at, text: index };
      at += 1;
    } else if (index < text.length && (wanted === "?" || wanted === text[index])) {
      at += 1;
      index += 1;
    } else if (star !== undefined && star.text < text.length) {
      star.text += 1;
      index = star.text;
      at = star.pattern + 1;
    } else {
      return false;
    }
  }
  return true;
}
