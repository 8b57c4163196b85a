import { fromBase64, toBase64 } from "./base64.ts";
import { Malformed } from "./wire.ts";

/** A signature as text: base64 between two lines, as ssh-keygen(1) writes it. */

const BEGIN = "-----BEGIN SSH SIGNATURE-----";
const END = "-----END SSH SIGNATURE-----";
/** Characters in a line, as ssh-keygen has it. */
const COLUMNS = 70;
/** Characters; a signature by the longest RSA key has about six thousand. */
const LIMIT = 64 * 1024;

export function armored(bytes: Uint8Array): string {
  const lines = toBase64(bytes).match(new RegExp(`.{1,${COLUMNS}}`, "g")) ?? [];
  return [BEGIN, ...lines, END, ""].join("\n");
}

/** Throws `Malformed`. */
export function dearmored(text: string): Uint8Array {
  if (text.length > LIMIT) throw new Malformed("it is far longer than a signature");
  const lines = text.trim().split(/\r?\n/);
  if (lines.shift() !== BEGIN) throw new Malformed(`it does not begin with a line ${BEGIN}`);
  if (lines.pop() !== END) throw new Malformed(`it does not end with a line ${END}`);
  const bytes = fromBase64(lines.map((line) => line.trim()).join(""));
  if (bytes === undefined)
    throw new Malformed("what is between its first and last line is damaged");
  return bytes;
}
