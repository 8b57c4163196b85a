import type { Paint } from "./paint.ts";
import { bytes as size } from "./quantity.ts";
import { oneLine } from "./text.ts";
import type { RenderedShown } from "./view.ts";

/**
 * What goes to stdout: the bytes themselves where a program or a file takes them. A terminal gets what can be looked at: nothing in
 * a text may move its cursor, and what is no text is not for eyes.
 */
export function renderedOutput(
  { bytes, isText }: RenderedShown,
  { isTerminal, paint }: { readonly isTerminal: boolean; readonly paint: Paint },
): string | Uint8Array {
  if (!isTerminal) return bytes;
  if (!isText) return "";
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
  const shown = text.split("\n").map(paint.content).join("\n");
  return shown === "" || shown.endsWith("\n") ? shown : `${shown}\n`;
}

/** What a person should know of it. */
export function renderedNotes(
  { id, bytes, isText, masked, sha256, notes }: RenderedShown,
  isTerminal: boolean,
): string[] {
  return [
    ...(isTerminal && !isText
      ? [
          `${oneLine(id)} is no text: ${size(bytes.length)}, sha256 ${sha256}. Into a file or a pipe it is written as it is.`,
        ]
      : []),
    ...(masked
      ? ["Where (not shown) stands there will be a secret, quoted as its value has to be."]
      : []),
    ...notes.map(oneLine),
  ];
}
