import * as z from "zod";
import { GroupName, NumericId } from "../brands.ts";
import type { Difference } from "../change.ts";
import { dangerOfGroup } from "./dangers.ts";
import { defineKind } from "./define-kind.ts";

/** A Unix group, without its members: those are named by their accounts. */
export const group = defineKind({
  kind: "group",
  key: "name",
  desired: z.strictObject({
    /** What it is called: `"deploy"`. */
    name: GroupName,
    /** Its number; unset: the system chooses, and whatever it is stays. `gid: 2000` */
    gid: NumericId.optional(),
    /** Takes the gid from the range for system groups when created; means nothing for a group that exists. `system: true` */
    system: z.boolean().default(false),
  }),
  observed: z.strictObject({ gid: NumericId }),
  contentFields: [],
  removal: "keep",
  handle: (desired) => ({ group: desired.name }),
  provides: (desired) => [`group:${desired.name}`],
  needs: () => [],
  numbers: ({ name, gid }) => (gid === undefined ? undefined : { of: "group", name, number: gid }),
  contents: () => [],
  diff: (desired, observed): Difference[] =>
    desired.gid === undefined || desired.gid === observed.gid
      ? []
      : [{ field: "gid", before: observed.gid, after: desired.gid }],
  created: (desired) => [
    ...(desired.gid === undefined ? [] : [{ field: "gid", before: null, after: desired.gid }]),
    ...(desired.system ? [{ field: "system", before: null, after: true }] : []),
  ],
  removed: (_desired, observed) => [{ field: "gid", before: observed.gid, after: null }],
  follow: () => null,
  danger: ({ name }, login) => dangerOfGroup(name, login),
});
