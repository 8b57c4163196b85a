/** Base64 (RFC 4648, section 4): what is not exactly that is refused, so that bytes have one text. */

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const VALUES = new Map(Array.from(LETTERS, (letter, value) => [letter, value]));
const FORM = /^[A-Za-z0-9+/]*={0,2}$/;

export function toBase64(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 3) {
    const [a = 0, b = 0, c = 0] = bytes.subarray(at, at + 3);
    const group = (a << 16) | (b << 8) | c;
    const letters = [18, 12, 6, 0].map((shift) => LETTERS[(group >> shift) & 63] ?? "");
    const kept = Math.min(bytes.length - at, 3) + 1;
    text += letters.slice(0, kept).join("") + "=".repeat(4 - kept);
  }
  return text;
}

/** RFC 4648, section 5, without padding: as JSON Web Keys have it. */
export function toBase64Url(bytes: Uint8Array): string {
  return toBase64(bytes).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

export function fromBase64(text: string): Uint8Array | undefined {
  if (text.length % 4 !== 0 || !FORM.test(text)) return undefined;
  const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
  const bytes = new Uint8Array((text.length / 4) * 3);
  for (let at = 0; at < text.length; at += 4) {
    let group = 0;
    for (const letter of text.slice(at, at + 4)) group = (group << 6) | (VALUES.get(letter) ?? 0);
    bytes.set([(group >> 16) & 255, (group >> 8) & 255, group & 255], (at / 4) * 3);
  }
  const length = bytes.length - padding;
  // Bits that belong to no byte.
  return bytes.subarray(length).every((byte) => byte === 0) ? bytes.slice(0, length) : undefined;
}
