import { hasNoText, NO_TEXT, quoteWord, withoutSpecifiers } from "./quote.ts";

/** Variables of Environment=, see systemd.exec(5). */

/** What can't be the value of one, which goes on after what names it; `undefined` when nothing is wrong. */
export function faultOfValue(text: string): string | undefined {
  if (text.includes("\0")) return "must not contain a NUL character";
  if (hasNoText(text)) return NO_TEXT;
  // systemd leaves out such a variable, with no more than a line in the journal.
  // oxlint-disable-next-line no-control-regex
  return /[\u0001-\u0008\u000b-\u001f\u007f]/.test(text)
    ? "must not contain control characters but line breaks and tabs, for which systemd would leave the variable out"
    : undefined;
}

/** One variable as systemd reads it back unchanged; `$` means nothing there. */
export function assignment(name: string, value: string | number | boolean): string {
  return quoteWord(withoutSpecifiers(`${name}=${String(value)}`));
}
