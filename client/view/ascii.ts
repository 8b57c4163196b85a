import type { TextStream } from "./stream.ts";

/**
 * Where a locale knows nothing but ASCII, everything written for people goes through here, at the very end: HostKit's own
 * marks become what they look like, and all else is written out (`\u00e9`), so that nothing is lost.
 */
const LOOKALIKES: Readonly<Record<string, string>> = {
  "±": "-/+",
  "…": "...",
  "→": "->",
};

export function asciiText(text: string): string {
  return escapeUnicode(text, LOOKALIKES);
}

/** Each UTF-16 unit as JSON writes it, so that what is JSON stays the same JSON. */
export function escapeUnicode(text: string, known: Readonly<Record<string, string>> = {}): string {
  return text.replace(/[\u0080-\uffff]/g, (unit) => {
    const code = unit.charCodeAt(0).toString(16).padStart(4, "0");
    return known[unit] ?? `\\u${code}`;
  });
}

/** A stream that nothing but ASCII is written to. */
export function asciiStream(stream: TextStream): TextStream {
  return {
    // Bytes are for a program or a file.
    write: (text) => stream.write(typeof text === "string" ? asciiText(text) : text),
    isTerminal: stream.isTerminal,
    get columns() {
      return stream.columns;
    },
    get rows() {
      return stream.rows;
    },
  };
}
