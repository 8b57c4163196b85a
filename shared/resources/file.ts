import * as z from "zod";
import { AbsolutePath, Digest } from "../brands.ts";
import { ContentRef } from "../content.ts";
import { FileMode } from "../file-mode.ts";
import { dangerOfPath } from "./dangers.ts";
import { defineKind } from "./define-kind.ts";
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

/** A regular file with known content. */
export const file = defineKind({
  kind: "file",
  key: "path",
  desired: z.strictObject({
    /** Where it is: `"/etc/motd"`. */
    path: AbsolutePath,
    /** What is in it: text, bytes or a local file, such as `content: "Welcome.\n"`. */
    content: ContentRef,
    /** Who owns it: a user name, a uid or an account; root unless set. `owner: account` */
    owner: Owner,
    /** Its group: a group name, a gid, a group or an account; root unless set. `group: "www-data"` */
    group: Group,
    /** Its permissions; 0644 unless set. `mode: 0o640` */
    mode: FileMode.default("0644" as FileMode),
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
  }),
  observed: z.strictObject({ ...observedMetadata, sha256: Digest, size: z.int().min(0) }),
  contentFields: ["content"],
  inputField: "content",
  removal: "delete",
  handle: (desired) => ({ path: desired.path }),
  provides: providesPath,
  needs: pathNeeds,
  contents: (desired) => [desired.content],
  diff: (desired, observed) => {
    const metadata = diffFields(METADATA, desired, observed);
    if (desired.content.sha256 === observed.sha256) return metadata;
    const before = { sha256: observed.sha256, size: observed.size, text: desired.content.text };
    return [{ field: "content", before, after: desired.content }, ...metadata];
  },
  created: (desired) => [
    { field: "content", before: null, after: desired.content },
    ...createdFields(METADATA, desired),
  ],
  removed: (desired, observed) => {
    const { sha256, size } = observed;
    const before = { sha256, size, text: desired.content.text };
    return [{ field: "content", before, after: null }, ...removedFields(METADATA, observed)];
  },
  follow: () => null,
  danger: ({ path }) => dangerOfPath(path),
});
