// Escape sequences (CSI, OSC, two-character) go first, so that their letters do not stay behind as text.
const ESCAPE_SEQUENCE =
  // oxlint-disable-next-line no-control-regex -- control characters are what it looks for
  /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-Z\\-_])/gu;
// Controls but tab and newline, and the bidirectional overrides that reorder what a reader sees.
const CONTROL = /(?![\t\n])\p{Cc}|[\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** Text of a remote machine made safe to show: no control characters but tab and newline. */
export function printable(text: string): string {
  return text.replace(ESCAPE_SEQUENCE, "").replace(CONTROL, "");
}
