import * as z from "zod";
import { AbsolutePath, Digest } from "../brands.ts";
import {
  Content,
  isConcealed,
  isDocument,
  isPlain,
  isSensitive,
  refOf,
  secretsIn,
} from "../content.ts";
import { bounded } from "../change.ts";
import { FileMode } from "../file-mode.ts";
import { dangerOfPath } from "./dangers.ts";
import { defineKind } from "./define-kind.ts";
import {
  contentDifference,
  createdContent,
  foundInFile,
  ObservedDocument,
  readBy,
  removedContent,
  sealedContent,
  unfitSecrets,
} from "./file-content.ts";
import { renderedFile } from "./file-rendering.ts";
import {
  createdFields,
  diffFields,
  Group,
  observedMetadata,
  Owner,
  pathNeeds,
  providesPath,
  removedFields,
} from "./path-fields.ts";

/** A command as a list of words, or made with argv(…). */
const Words = z.array(z.string()).readonly();
const Validator = z
  .union([Words, z.object({ argv: Words }).transform(({ argv }) => argv)], {
    error: 'must be a command, such as ["visudo", "-cf", "{}"], or one made with argv(…)',
  })
  .refine(([program]) => program !== undefined && program !== "", "must name a program")
  .refine(
    (words) => !words.some((word) => word.includes("\0")),
    "must not contain a NUL character, which no command can be given",
  )
  .transform((words) => words as readonly [string, ...string[]]);

const METADATA = ["owner", "group", "mode"] as const;

/** What holds secrets is nobody else's to read. */
const modeFor = (content: Content) => (isSensitive(content) ? "0640" : "0644") as FileMode;

/** A regular file with known content. */
export const file = defineKind({
  kind: "file",
  key: "path",
  desired: z
    .strictObject({
      /** Where it is: `"/etc/motd"`. */
      path: AbsolutePath,
      /**
       * What is in it: text, bytes, a local file, a text`…` with secrets, or a document: `content: "Welcome.\n"`,
       * `content: yaml({ port: 4000 })`.
       */
      content: Content,
      /** Who owns it: a user name, a uid or an account; root unless set. `owner: account` */
      owner: Owner,
      /** Its group: a group name, a gid, a group or an account; root unless set. `group: "www-data"` */
      group: Group,
      /** Its permissions; unless set 0644, and 0640 where it holds secrets. `mode: 0o600` */
      mode: FileMode.optional(),
      /**
       * Of a document: only the declared keys are managed, and all others are left as they are. `merge: true`
       */
      merge: z.boolean().optional(),
      /**
       * A command that must accept the file before anything is changed; `{}` is its path: `validate: ["visudo", "-cf", "{}"]`.
       * It is started without a shell, when the content changes, and sees the host as this push will leave it, under the
       * real paths. Where files belong together, give each the command that checks them all; it is run once:
       *
       *     const checked = { validate: ["nginx", "-t"] };
       *     p.file("/etc/nginx/nginx.conf", { content: main, ...checked });
       *     p.file("/etc/nginx/conf.d/app.conf", { content: app, ...checked });
       *
       * What it writes is gone afterwards, but for /run. Accounts that the same push makes are not there yet.
       */
      validate: Validator.optional(),
    })
    .transform(({ mode, ...rest }) => ({ ...rest, mode: mode ?? modeFor(rest.content) }))
    .refine(({ merge, content }) => merge !== true || isDocument(content), {
      path: ["merge"],
      message: "takes a document for its content, such as yaml({ … })",
    }),
  observed: z.strictObject({
    ...observedMetadata,
    sha256: Digest,
    size: z.int().min(0),
    /** Keyed digest of the content, where nothing of it may be told. */
    digest: Digest.optional(),
    /** What is in it, where it is to be a document. */
    document: ObservedDocument.optional(),
  }),
  contentFields: ["content"],
  inputField: "content",
  inputOf: ({ content }) => readBy(content),
  removal: "delete",
  whyStays: ({ merge }) => (merge === true ? "others have keys in it" : undefined),
  handle: (desired) => ({ path: desired.path }),
  provides: providesPath,
  needs: pathNeeds,
  rendered: renderedFile,
  contents: ({ content }) => (isPlain(content) ? [refOf(content)] : []),
  isSecret: ({ content }) => isConcealed(content),
  secrets: ({ content }) => secretsIn(content),
  unfitSecrets: ({ content }, value) => unfitSecrets(content, value),
  sealed: (desired, sealer) => ({ ...desired, content: sealedContent(desired.content, sealer) }),
  declared: ({ content: { concealed: _concealed, ...content }, ...desired }) => ({
    ...desired,
    content,
  }),
  found: ({ content }, observed) => [
    foundInFile(content, observed),
    ...removedFields(METADATA, observed),
    { field: "uid", before: observed.uid },
    { field: "gid", before: observed.gid },
  ],
  diff: (desired, observed) => [
    ...contentDifference(desired, observed),
    ...diffFields(METADATA, desired, observed),
  ],
  created: (desired) => [createdContent(desired.content), ...createdFields(METADATA, desired)],
  removed: (desired, observed) => [
    removedContent(desired.content, observed),
    ...removedFields(METADATA, observed),
  ],
  follow: () => null,
  predict: ({ validate }, { differences, reverts }) => {
    const program = validate?.[0];
    const isWritten = differences.some(({ field, after }) => field === "content" && after !== null);
    if (program === undefined || !isWritten || reverts) return { class: "exact" };
    const name = program.slice(program.lastIndexOf("/") + 1);
    return bounded({ done: "as planned", refused: `refused by ${name}, and nothing is changed` });
  },
  danger: ({ path }) => dangerOfPath(path),
});
