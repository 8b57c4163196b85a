import { type Diagnostic, HostKitError } from "../../shared/diagnostic.ts";
import type { Digest } from "../../shared/brands.ts";
import {
  type Content,
  isConcealed,
  isDocument,
  isPlain,
  isTemplate,
} from "../../shared/content.ts";
import { loadFormats } from "../../shared/documents/formats.ts";
import type { Observed, ResourceOf } from "../../shared/resources/registry.ts";
import { sha256 } from "../digest.ts";
import type { Entry } from "../host/host.ts";
import type {
  ApplyContext,
  Driver,
  Memory,
  PrepareContext,
  ReadContext,
  Reading,
  Step,
} from "./driver.ts";
import { contentOf } from "./file-bytes.ts";
import { DOCUMENT_LIMIT, observeDocument } from "./file-document.ts";
import { maskedTemplate } from "./file-masked.ts";
import * as problems from "./file-problems.ts";
import { type Facts, sameButNames } from "./path-facts.ts";
import { lookBeforeUndo, lookBeforeWrite } from "./path-guard.ts";
import { pathFailure } from "./path-problems.ts";
import { validateFiles } from "./file-validate.ts";
import {
  describeMetadata,
  expectedMetadata,
  findAll,
  type Found,
  madeParents,
  makeParents,
  metadataFor,
  sameSpelling,
} from "./path-steps.ts";
import { removeFile } from "./remove-path.ts";
import { metadataLeft, observedMetadata, removeParents, undoEach } from "./undo-path.ts";

export const file: Driver<"file"> = {
  async read(resources, context) {
    const found = await findAll<"file">(resources, "file", context);
    const isRead = (index: number) =>
      found[index]?.state === "present" && isDocument(resources[index]!.desired.content);
    const documents = resources.filter((_resource, index) => isRead(index));
    const texts = await readDocuments(documents, context);
    return found.map((one, index) => {
      const resource = resources[index]!;
      return readingOf(resource, one, { context, bytes: texts.get(resource.id) ?? null });
    });
  },

  async apply(steps, context) {
    for (const step of steps) {
      const { resource, desired, observed } = step;
      const place = { id: resource.id, path: desired.path, before: factsOf(observed) };
      const over = await lookBeforeWrite(place, context);
      context.started(step);
      await write(step, { context, over });
      context.done(step);
    }
  },

  async remove(steps, context) {
    for (const step of steps) await removeFile(step, { context, before: factsOf(step.observed) });
  },
  made: madeParents,

  // What is not replaced needs no keeping: its owner and mode are among what was observed.
  keeps: (step) =>
    step.observed.state === "present" && (step.removal || writesContent(step))
      ? [step.desired.path]
      : [],

  remember: (steps, context) => Promise.all(steps.map((step) => rememberWritten(step, context))),

  stages: async (step, context) => {
    const { desired } = step;
    if (!writesContent(step)) return [];
    const metadata = await expectedMetadata(desired, context);
    const content = await contentOf(step, context);
    const secret = isConcealed(desired.content);
    return [{ type: "file", path: desired.path, content, metadata, secret }];
  },
  validate: (steps, { whole }) => validateFiles(steps.filter(writesContent), whole),

  restored: sameButNames,

  undo: (steps, context) =>
    undoEach(steps, async (step) => {
      const { resource, desired, observed, differences } = step;
      const { host } = context;
      const { path } = desired;
      const left = digestLeft(step);
      const after: Facts =
        step.removal || left === undefined
          ? { type: "absent" }
          : { type: "file", sha256: left, ...(await metadataLeft(desired, context)) };
      const { found, now } = await lookBeforeUndo(
        { id: resource.id, path, before: factsOf(observed), after },
        context,
      );
      if (observed.state === "absent") {
        if (found === "after") await host.removeFile(path);
        await removeParents(differences, context);
        return;
      }
      if (found === "after") {
        const kept = context.kept(path);
        // Where it was not kept whole, which the run tells by itself, nothing is touched.
        if (kept === undefined) return;
        await host.restoreFile(kept, path, { over: now });
      }
      await host.setMetadata(path, observedMetadata(observed));
    }),

  preflight: async (steps, { host, secrets }) => {
    const found: Diagnostic[] = [];
    for (const step of steps) {
      if (!isDocument(step.desired.content) || !writesContent(step)) continue;
      try {
        // What can't be written as declared is found in making it.
        await contentOf(step, { host, secrets, content: NO_BYTES });
      } catch (error) {
        if (!(error instanceof HostKitError)) throw error;
        found.push(...error.diagnostics);
      }
    }
    return found;
  },
  writes: (step) => {
    if (!writesContent(step)) return [];
    const { content, path } = step.desired;
    return [{ path, bytes: isPlain(content) ? content.size : 0 }];
  },
  contentPath: (desired) => desired.path,
  masked: ({ content }, secrets) =>
    isTemplate(content) ? maskedTemplate(content, secrets) : undefined,
};

/** A document has its bytes from nowhere else. */
const NO_BYTES = () => {
  throw new Error("A document is no content by reference. This is a bug in HostKit.");
};

async function readDocuments(
  documents: readonly ResourceOf<"file">[],
  { host }: Pick<ReadContext, "host">,
): Promise<ReadonlyMap<string, Uint8Array | null>> {
  if (documents.length === 0) return new Map();
  await loadFormats(documents.flatMap(({ desired }) => formatsIn(desired.content)));
  const paths = documents.map(({ desired }) => desired.path);
  const bytes = await host.readFiles(paths, { limit: DOCUMENT_LIMIT });
  return new Map(documents.map(({ id }, index) => [id, bytes[index] ?? null]));
}

const formatsIn = (content: Content) => (isDocument(content) ? [content.format] : []);

interface FoundIn {
  readonly context: ReadContext;
  /** What a document is read from. */
  readonly bytes: Uint8Array | null;
}

function readingOf(
  { id, desired }: ResourceOf<"file">,
  one: Found<"file">,
  { context: { host, later }, bytes }: FoundIn,
): Reading<"file"> {
  if (one.state === "problem") return { problem: one.problem };
  if (one.state === "absent") return { observed: { state: "absent" }, notes: one.notes };
  const { entry } = one;
  const { content, merge = false } = desired;
  const observed = {
    state: "present" as const,
    ...sameSpelling(describeMetadata(entry, later), desired, later),
    sha256: entry.sha256 as Digest,
    size: entry.size,
    ...(isConcealed(content) ? { digest: host.seal(entry.sha256 ?? "") } : {}),
  };
  if (!isDocument(content)) return { observed };
  const digest = (text: string) => host.seal(sha256(text));
  const document = observeDocument(bytes, { content, merge, digest });
  if (!("unreadable" in document)) return { observed: { ...observed, document } };
  const { unreadable } = document;
  const reading = { observed: { ...observed, document } };
  return merge
    ? { ...reading, obstacle: problems.notMergeable(id, content.format, unreadable) }
    : { ...reading, warning: problems.willBeReplaced(id, content.format, unreadable) };
}

const writesContent = ({ desired, observed, removal, differences }: Step<"file">) => {
  if (removal) return false;
  if (observed.state === "absent") return true;
  return isPlain(desired.content)
    ? observed.sha256 !== desired.content.sha256
    : differences.some(({ field }) => field === "content");
};

/** The digest of what will be written, where it is not declared: secrets and what is there already go into it. */
async function rememberWritten(step: Step<"file">, context: PrepareContext): Promise<Memory> {
  if (isPlain(step.desired.content) || !writesContent(step)) return null;
  let bytes = new Uint8Array(0);
  for await (const piece of await contentOf(step, context)) bytes = Buffer.concat([bytes, piece]);
  return { written: sha256(bytes) };
}

/** The digest of what the run leaves at the path. */
function digestLeft(step: Step<"file"> & { readonly memory: Memory }): string | undefined {
  const { content } = step.desired;
  if (isPlain(content)) return content.sha256;
  const written = step.memory?.["written"];
  if (typeof written === "string") return written;
  return step.observed.state === "present" ? step.observed.sha256 : undefined;
}

const factsOf = (observed: Observed<"file">): Facts =>
  observed.state === "absent"
    ? { type: "absent" }
    : { type: "file", sha256: observed.sha256, ...observedMetadata(observed) };

async function write(
  step: Step<"file">,
  { context, over }: { readonly context: ApplyContext; readonly over: Entry },
): Promise<void> {
  const { resource, desired, differences } = step;
  try {
    const metadata = await metadataFor(desired, context);
    if (writesContent(step)) {
      const content = await contentOf(step, context);
      await makeParents(differences, context);
      await context.host.writeFile(desired.path, content, metadata, { over });
    } else {
      await context.host.setMetadata(desired.path, metadata);
    }
  } catch (error) {
    throw pathFailure(resource.id, error);
  }
}
