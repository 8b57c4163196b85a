import { NOT_SHOWN } from "../change.ts";
import { type Content, type DocumentContent, isDocument, isPlain, refOf } from "../content.ts";
import { pathText } from "../documents/data.ts";
import { formatOf } from "../documents/formats.ts";
import { filledIn } from "../filled-in.ts";
import type { Rendering } from "../rendering.ts";

interface Declared {
  readonly content: Content;
  readonly merge?: boolean | undefined;
}

/** What a file will hold, where the host has nothing of it yet. */
export function renderedFile({ content, merge }: Declared): Rendering {
  if (isPlain(content)) return { ref: refOf(content), notes: [] };
  if (isDocument(content)) return renderedDocument(content, merge === true);
  const parts = content.template.map((part) => (typeof part === "string" ? part : NOT_SHOWN));
  const masked = content.template.some((part) => typeof part !== "string");
  return { text: parts.join(""), masked, notes: [] };
}

function renderedDocument(content: DocumentContent, merge: boolean): Rendering {
  const data = filledIn(content, { value: () => NOT_SHOWN, found: {} });
  const { redacted, format } = content;
  return {
    text: formatOf(format).render(data),
    masked: content.secrets.length > 0,
    notes: [
      merge
        ? "This is what is declared of it. What others set in it on the host is kept."
        : "Where the host has the document already, its comments and its order are kept.",
      ...(redacted.length === 0
        ? []
        : [
            `What others set is left out, and is kept where the host has it: ${redacted.map(pathText).join(", ")}.`,
          ]),
    ],
  };
}
