import * as z from "zod";
import { type AbsolutePath, GroupName, NumericId, UserName } from "../brands.ts";
import type { Difference } from "../change.ts";
import type { FileMode } from "../file-mode.ts";
import type { Claim, Need } from "./define-kind.ts";

/** What `directory`, `file` and `symlink` have in common: they live at a path and belong to somebody. */

export const Owner = z
  .union(
    [
      UserName,
      NumericId.transform(String),
      z.looseObject({ user: UserName }).transform((h) => h.user),
      z.string().regex(/^\d+$/),
    ],
    {
      error: "must be a user name, a uid or an account",
    },
  )
  .default("root" as UserName);

export const Group = z
  .union(
    [
      GroupName,
      NumericId.transform(String),
      z.looseObject({ group: GroupName }).transform((h) => h.group),
      z.string().regex(/^\d+$/),
    ],
    {
      error: "must be a group name, a gid, a group or an account",
    },
  )
  .default("root" as GroupName);

/** Found metadata; a uid or gid without a name is given as digits. */
export const observedMetadata = {
  owner: z.string(),
  group: z.string(),
  mode: z.string().transform((mode) => mode as FileMode),
  /** The numbers behind the names: in the middle of a run, a name may mean another one. */
  uid: NumericId,
  gid: NumericId,
};

export function parentOf(path: string): AbsolutePath {
  const cut = path.lastIndexOf("/");
  return (cut <= 0 ? "/" : path.slice(0, cut)) as AbsolutePath;
}

export function pathNeeds(desired: { path: string; owner?: string; group?: string }): Need[] {
  const needs: Need[] = [
    { claim: `path:${parentOf(desired.path)}`, reason: "parent-directory", match: "nearest" },
  ];
  if (desired.owner !== undefined) {
    needs.push({ claim: `user:${desired.owner}`, reason: "owner", match: "exact" });
  }
  if (desired.group !== undefined) {
    needs.push({ claim: `group:${desired.group}`, reason: "group", match: "exact" });
  }
  return needs;
}

export function providesPath(desired: { path: string }): Claim[] {
  return [`path:${desired.path}`];
}

/** One difference for each named field that is not as desired. */
export function diffFields<Field extends string>(
  fields: readonly Field[],
  desired: Readonly<Record<Field, string>>,
  observed: Readonly<Record<Field, string>>,
): Difference[] {
  return fields
    .filter((field) => desired[field] !== observed[field])
    .map((field) => ({ field, before: observed[field], after: desired[field] }));
}

/** One difference for each named field of what goes away. */
export function removedFields<Field extends string>(
  fields: readonly Field[],
  observed: Readonly<Record<Field, string>>,
): Difference[] {
  return fields.map((field) => ({ field, before: observed[field], after: null }));
}

export function createdFields<Field extends string>(
  fields: readonly Field[],
  desired: Readonly<Record<Field, string>>,
): Difference[] {
  return fields.map((field) => ({ field, before: null, after: desired[field] }));
}
