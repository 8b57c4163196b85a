/** Words as systemd reads them back unchanged, see systemd.syntax(7), QUOTING. */

const SHORT: Readonly<Record<string, string>> = { "\n": "\\n", "\t": "\\t", "\r": "\\r" };

/** What a line of a unit file can't hold as it is, or would hold unseen. */
// oxlint-disable-next-line no-control-regex
const CONTROL = /[\u0001-\u001f\u007f-\u009f]/g;

/**
 * What no text that systemd handles may have: half a surrogate pair has no bytes in UTF-8, and what Unicode keeps free of
 * characters is no text for D-Bus, so that nobody could ask about such a unit any more.
 */
export const hasNoText = (text: string) => /\p{Surrogate}|\p{Noncharacter_Code_Point}/u.test(text);

/** A word, quoted where it has to be. */
export function quoteWord(word: string): string {
  if (word !== "" && !/[\s"'\\;]/.test(word) && word.search(CONTROL) === -1) return word;
  const escaped = word.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll(CONTROL, byBytes);
  return `"${escaped}"`;
}

function byBytes(character: string): string {
  const short = SHORT[character];
  if (short !== undefined) return short;
  return encodeURIComponent(character).replaceAll(
    /%(..)|([^%])/g,
    (_all, hex: string | undefined, plain = "") =>
      `\\x${hex?.toLowerCase() ?? plain.charCodeAt(0).toString(16).padStart(2, "0")}`,
  );
}

/** `%` begins a specifier in every directive, see systemd.unit(5), SPECIFIERS. */
export function withoutSpecifiers(text: string): string {
  return text.replaceAll("%", "%%");
}

export const NO_TEXT =
  "must not contain half a surrogate pair, or a code point that Unicode keeps free of characters: systemd can't handle it";
