import * as z from "zod";
import { AbsolutePath } from "../brands.ts";
import { FileMode } from "../file-mode.ts";
import { dangerOfDirectory } from "./dangers.ts";
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

const METADATA = ["owner", "group", "mode"] as const;

/** A directory. Its entries are left alone. */
export const directory = defineKind({
  kind: "directory",
  key: "path",
  desired: z.strictObject({
    /** Where it is: `"/srv/app"`. */
    path: AbsolutePath,
    /** Who owns it: a user name, a uid or an account; root unless set. `owner: account` */
    owner: Owner,
    /** Its group: a group name, a gid, a group or an account; root unless set. `group: "www-data"` */
    group: Group,
    /** Its permissions; 0755 unless set. `mode: 0o750` */
    mode: FileMode.default("0755" as FileMode),
  }),
  observed: z.strictObject(observedMetadata),
  contentFields: [],
  removal: "delete",
  handle: (desired) => ({ path: desired.path }),
  provides: providesPath,
  needs: pathNeeds,
  contents: () => [],
  diff: (desired, observed) => diffFields(METADATA, desired, observed),
  created: (desired) => createdFields(METADATA, desired),
  removed: (_desired, observed) => removedFields(METADATA, observed),
  follow: () => null,
  danger: ({ path }, login) => dangerOfDirectory(path, login),
});
