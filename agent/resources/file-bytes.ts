import { type DocumentContent, isDocument, isPlain, secretsIn } from "../../shared/content.ts";
import { type Data, pathText } from "../../shared/documents/data.ts";
import { DocumentFault } from "../../shared/documents/format.ts";
import { formatOf, loadFormats } from "../../shared/documents/formats.ts";
import { HostKitError } from "../../shared/diagnostic.ts";
import { filledIn } from "../../shared/filled-in.ts";
import type { ResourceId } from "../../shared/brands.ts";
import type { Desired, ResourceOf } from "../../shared/resources/registry.ts";
import { bytesOf } from "../host/bytes-of.ts";
import type { LookingHost } from "../host/host.ts";
import type { PrepareContext } from "./driver.ts";
import { DOCUMENT_LIMIT, textOf } from "./file-document.ts";
import * as problems from "./file-problems.ts";

interface Written {
  readonly resource: Pick<ResourceOf<"file">, "id">;
  readonly desired: Desired<"file">;
  readonly observed: { readonly state: "absent" | "present" };
}

interface Filling extends Pick<PrepareContext, "secrets" | "content"> {
  readonly host: Pick<LookingHost, "readFiles">;
}

/** The bytes that a file is to have: secrets are put in here, and only here. */
export async function contentOf(
  { resource, desired, observed }: Written,
  context: Filling,
): Promise<AsyncIterable<Uint8Array>> {
  const { content, path, merge } = desired;
  if (isPlain(content)) return context.content(content);
  await context.secrets.lookUp(secretsIn(content));
  if (!isDocument(content)) {
    const { template } = content;
    const value = (part: (typeof template)[number]) =>
      typeof part === "string" ? part : context.secrets.value(part);
    return bytesOf(template.map(value).join(""));
  }
  await loadFormats([content.format]);
  const isThere = observed.state === "present";
  const [bytes = null] = isThere
    ? await context.host.readFiles([path], { limit: DOCUMENT_LIMIT })
    : [null];
  const others = merge === true ? "keep" : "remove";
  return bytesOf(
    edited(resource.id, content, { bytes: isThere ? bytes : undefined, others, context }),
  );
}

interface Editing {
  /** What is there; `undefined`: nothing, `null`: more than is read. */
  readonly bytes: Uint8Array | null | undefined;
  readonly others: "remove" | "keep";
  readonly context: Filling;
}

/** The document as it is to be; of what is there, all that need not change stays as it is written. */
function edited(
  id: ResourceId,
  content: DocumentContent,
  { bytes, others, context: { secrets } }: Editing,
): string {
  const format = formatOf(content.format);
  const there = readable(content, bytes);
  const data = filledIn(content, {
    value: (use) => secrets.value(use),
    found: there?.data ?? {},
  });
  // What is declared was looked at when it was declared; what a secret holds is known only now.
  const faults = format.faults(data);
  if (faults.length > 0) {
    throw new HostKitError(
      faults.map(({ at, why }) => problems.cannotHold(id, { key: pathText(at), why })),
    );
  }
  if (there === undefined) return format.render(data);
  try {
    return format.edit(there.text, data, { others });
  } catch (error) {
    if (!(error instanceof DocumentFault)) throw error;
    throw new HostKitError(problems.cannotEdit(id, content.format, error));
  }
}

function readable(
  { format }: DocumentContent,
  bytes: Uint8Array | null | undefined,
): { readonly text: string; readonly data: Data } | undefined {
  if (bytes === undefined) return undefined;
  try {
    const text = textOf(bytes);
    return { text, data: formatOf(format).parse(text) };
  } catch (error) {
    if (!(error instanceof DocumentFault)) throw error;
    return undefined;
  }
}
