/** The data types of SSH (RFC 4251, section 5), read and written. */

/** What was read is not what it should be; the message says how. Caught where a text or a blob as a whole is judged. */
export class Malformed extends Error {
  override readonly name = "Malformed";
}

/** What `read` makes, or why it can't be made. */
export function understood<Value>(read: () => Value): Value | { readonly fault: string } {
  try {
    return read();
  } catch (error) {
    if (error instanceof Malformed) return { fault: error.message };
    throw error;
  }
}

export class WireReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  take(length: number): Uint8Array {
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new Malformed("it is cut short");
    const taken = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }

  byte(): number {
    return this.take(1)[0] ?? 0;
  }

  uint32(): number {
    return this.take(4).reduce((value, byte) => value * 256 + byte, 0);
  }

  string(): Uint8Array {
    return this.take(this.uint32());
  }

  /** A string that has to be a name: printable ASCII. */
  name(): string {
    const bytes = this.string();
    if (bytes.some((byte) => byte < 0x20 || byte > 0x7e)) throw new Malformed("it is damaged");
    return asciiOf(bytes);
  }

  /** A positive integer without its sign; it has to be in its shortest form, so that a number has one encoding. */
  integer(): Uint8Array {
    const bytes = this.string();
    const [first = 0, second = 0] = bytes;
    const isShortest = first !== 0 || second >= 0x80;
    if (bytes.length === 0 || first >= 0x80 || !isShortest) throw new Malformed("it is damaged");
    return first === 0 ? bytes.subarray(1) : bytes;
  }

  end(): void {
    if (this.#at < this.#bytes.length) throw new Malformed("something follows behind its end");
  }
}

export function bytesOfAscii(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

function asciiOf(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}

export function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

export function uint32(value: number): Uint8Array {
  return Uint8Array.of(value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255);
}

export function wireString(content: Uint8Array | string): Uint8Array {
  const bytes = typeof content === "string" ? bytesOfAscii(content) : content;
  return joined(uint32(bytes.length), bytes);
}

/** A positive integer of any length, in its shortest form. */
export function wireInteger(bytes: Uint8Array): Uint8Array {
  const start = bytes.findIndex((byte) => byte !== 0);
  const short = start === -1 ? new Uint8Array() : bytes.subarray(start);
  return wireString((short[0] ?? 0) >= 0x80 ? joined(Uint8Array.of(0), short) : short);
}

export function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

/** With zeros before it, `length` bytes long; refused where it is longer. */
export function padded(bytes: Uint8Array, length: number): Uint8Array {
  if (bytes.length > length) throw new Malformed("it is damaged");
  return joined(new Uint8Array(length - bytes.length), bytes);
}
