import { NOT_SHOWN } from "../../shared/change.ts";
import type { TemplateContent } from "../../shared/content.ts";
import { referenceText } from "../../shared/secret.ts";
import type { SecretValues } from "../secrets/secret-values.ts";
import type { MaskedText } from "./driver.ts";

/**
 * A text with secrets as a person may see it. What the host has may hold secrets that nobody here knows (the ones of before), so of
 * that a line is shown only where it is declared as well.
 */
export function maskedTemplate({ template }: TemplateContent, secrets: SecretValues): MaskedText {
  const pieces = template.map((part) =>
    typeof part === "string"
      ? { real: part, masked: part }
      : { real: secrets.value(part), masked: `(secret ${referenceText(part.secret)})` },
  );
  const text = pieces.map(({ masked }) => masked).join("");
  const real = pieces.map((piece) => piece.real).join("");
  // A secret of several lines makes the two differ in their number: then only whole lines without one are alike.
  const realLines = real.split("\n");
  const maskedLines = text.split("\n");
  const shown = new Map(
    realLines.length === maskedLines.length
      ? realLines.map((line, index) => [line, maskedLines[index] as string])
      : realLines.filter((line) => maskedLines.includes(line)).map((line) => [line, line]),
  );
  return {
    text,
    mask: (found) =>
      found
        .split("\n")
        .map((line) => shown.get(line) ?? (line === "" ? "" : NOT_SHOWN))
        .join("\n"),
  };
}
