import * as z from "zod";

/**
 * Parsed values. Each schema accepts what a person may write and yields one canonical form, so that equal things
 * compare equal. Parsing a canonical form again yields itself.
 */

/** Names of users and groups: `useradd(8)`, at most 32 characters, optionally ending in `$`. */
const ACCOUNT_NAME = /^[a-z_][a-z0-9_-]*\$?$/i;

/** Unit names: `systemd.unit(5)`, at most 255 characters including the type suffix. */
const UNIT_NAME = /^[A-Za-z0-9:_.\\@-]+\.(service|timer)$/;

const SHA256 = /^[0-9a-f]{64}$/;

function isNormalPath(path: string): boolean {
  if (path === "/") return true;
  const parts = path.slice(1).split("/");
  return parts.every((part) => part !== "" && part !== "." && part !== "..");
}

// Control characters in a path are legal for the kernel and never meant by a person; they also break every listing.
// oxlint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u001f\u007f]/;

/** An absolute, normal path without control characters: `/etc/motd`. */
export const AbsolutePath = z
  .string()
  .refine((p) => p.startsWith("/"), "must be an absolute path, such as /etc/motd")
  .refine((p) => !p.startsWith("/") || isNormalPath(p), {
    message: "must be a normal path: no empty, `.` or `..` part and no slash at the end",
  })
  .refine((p) => !CONTROL.test(p), "must not contain control characters")
  .refine((p) => p.length <= 4095, "must be at most 4095 characters (PATH_MAX)")
  .brand<"AbsolutePath">();
export type AbsolutePath = z.output<typeof AbsolutePath>;

/** `path:` handles may be given where a path is expected. */
export const PathRef = z.union(
  [AbsolutePath, z.looseObject({ path: AbsolutePath }).transform((h) => h.path)],
  {
    error: "must be an absolute path, such as /etc/motd, or a handle with a path",
  },
);

export const UserName = z
  .string()
  .max(32)
  .regex(
    ACCOUNT_NAME,
    "must be a user name: letters, digits, `_` and `-`, not starting with a digit",
  )
  .brand<"UserName">();
export type UserName = z.output<typeof UserName>;

export const GroupName = z
  .string()
  .max(32)
  .regex(
    ACCOUNT_NAME,
    "must be a group name: letters, digits, `_` and `-`, not starting with a digit",
  )
  .brand<"GroupName">();
export type GroupName = z.output<typeof GroupName>;

/** A group name, or the handle of a group or account. */
export const GroupRef = z.union(
  [GroupName, z.looseObject({ group: GroupName }).transform((h) => h.group)],
  {
    error: "must be a group name, a group or an account",
  },
);

/** 0 to 2^32 - 2; 2^32 - 1 means "unchanged" to chown(2). */
export const NumericId = z.int().min(0).max(0xff_ff_ff_fe);

export const UnitName = z
  .string()
  .max(255)
  .regex(UNIT_NAME, "must be a unit name that ends in .service or .timer, such as api.service")
  .brand<"UnitName">();
export type UnitName = z.output<typeof UnitName>;

/** `file:/etc/motd`: the kind and the thing itself. */
export const ResourceId = z
  .string()
  .regex(/^[a-z][a-z0-9-]*:.+$/, "must be a resource id such as file:/etc/motd")
  .brand<"ResourceId">();
export type ResourceId = z.output<typeof ResourceId>;

/** Lower-case hex SHA-256. */
export const Digest = z
  .string()
  .regex(SHA256, "must be a SHA-256 in lower-case hex")
  .brand<"Digest">();
export type Digest = z.output<typeof Digest>;
