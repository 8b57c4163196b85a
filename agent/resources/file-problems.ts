import type { ResourceId } from "../../shared/brands.ts";
import type { Diagnostic } from "../../shared/diagnostic.ts";
import type { DocumentFault, FormatName } from "../../shared/documents/format.ts";

/** What can be wrong with a document on the host. None of it quotes what is in there. */

export const cannotHold = (
  id: ResourceId,
  { key, why }: { readonly key: string; readonly why: string },
): Diagnostic => ({
  severity: "error",
  side: "host",
  code: "HK4100",
  summary: "A document can't hold a value.",
  detail: `${key} of ${id} ${why}. Nothing of the file was changed. Give the secret another value, or use another format.`,
  resource: id,
});

export const cannotEdit = (
  id: ResourceId,
  format: FormatName,
  fault: DocumentFault,
): Diagnostic => ({
  severity: "error",
  side: "host",
  code: "HK4101",
  summary: "A document on the host can't be changed without losing something.",
  detail: `${id} is merged into what others manage, and the ${format} there can't be edited in place: ${where(fault)}. It was left as it is. Simplify it by hand, or leave out \`merge\`, which replaces the whole file.`,
  resource: id,
});

export const notMergeable = (id: ResourceId, format: FormatName, why: string): Diagnostic => ({
  severity: "error",
  side: "host",
  code: "HK4102",
  summary: "A document on the host can't be read.",
  detail: `${id} is to be merged into what others manage, and what is there is no ${format}: ${why}. Nothing was changed. Repair the file, or leave out \`merge\`, which replaces the whole file.`,
  resource: id,
});

export const willBeReplaced = (id: ResourceId, format: FormatName, why: string): Diagnostic => ({
  severity: "warning",
  side: "host",
  code: "HK4103",
  summary: "A document on the host can't be read, and will be replaced.",
  detail: `What is at ${id} is no ${format}: ${why}. The push writes the declared document in its place; the run keeps the old file, and \`hostkit rollback\` puts it back.`,
  resource: id,
});

const where = ({ message, line }: DocumentFault): string =>
  line === undefined ? message : `${message} (line ${line})`;
