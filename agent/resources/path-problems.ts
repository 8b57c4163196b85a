import type { ResourceId } from "../../shared/brands.ts";
import { type Diagnostic, HostKitError } from "../../shared/diagnostic.ts";
import { CHANGED, type Entry, HostFault } from "../host/host.ts";
import type { ReadContext } from "./driver.ts";
import { editedDuringRun } from "./edited-meanwhile.ts";
import type { AtPath } from "./path-steps.ts";

/** Why a path can't be managed as it is, or could not be changed, in words for a person. */

export function unknownName(
  { id, desired }: AtPath,
  { names, provided }: ReadContext,
): Diagnostic | undefined {
  const { owner, group } = desired;
  const user =
    owner !== undefined && names.uidOf(owner) === undefined && !provided(`user:${owner}`);
  const isGroup =
    group !== undefined && names.gidOf(group) === undefined && !provided(`group:${group}`);
  if (!user && !isGroup) return undefined;
  const what = user ? `user ${owner}` : `group ${group}`;
  return {
    severity: "error",
    side: "host",
    code: "HK4010",
    summary: "The owner or group does not exist on the host.",
    detail: `${id} should belong to the ${what}, which neither exists on the host nor is declared. Declare it (account or group), or choose one that exists.`,
    resource: id,
  };
}

export const WHAT: Record<Exclude<Entry["type"], "absent" | "unreadable">, string> = {
  file: "a regular file",
  directory: "a directory",
  symlink: "a symbolic link",
  other: "a device, socket or pipe",
};

export function obstructed(
  id: ResourceId,
  entry: Entry,
  wanted: "file" | "directory" | "symlink",
): Diagnostic {
  const path = id.slice(id.indexOf(":") + 1);
  if (entry.type === "unreadable") return unreadable(id, path, entry.code);
  const found = entry.type === "absent" ? "nothing" : WHAT[entry.type];
  const to = entry.type === "symlink" ? ` to ${entry.target}` : "";
  return {
    severity: "error",
    side: "host",
    code: "HK4011",
    summary: "Something of another type is at the path.",
    detail: `${path} is ${found}${to} on the host, and the declaration wants ${WHAT[wanted]} there. HostKit never removes it silently: move it away yourself, or declare another path.`,
    resource: id,
  };
}

export function obstructedParent(
  { id, desired }: AtPath,
  parent: string,
  entry: Entry,
): Diagnostic {
  if (entry.type === "unreadable") return unreadable(id, parent, entry.code);
  return {
    severity: "error",
    side: "host",
    code: "HK4012",
    summary: "A parent of the path is not a directory.",
    detail: `${desired.path} can't be made, because ${parent} is ${entry.type === "absent" ? "missing" : WHAT[entry.type]} on the host. Move it away yourself, or declare another path.`,
    resource: id,
  };
}

function unreadable(id: ResourceId, path: string, code: string): Diagnostic {
  return {
    severity: "error",
    side: "host",
    code: "HK4013",
    summary: "The agent is not allowed to read a path.",
    detail: `${path} can't be read (${code}), so nothing can be said about it. Connect as root, or with sudo.`,
    resource: id,
  };
}

/** A refusal by the system, as a diagnostic of the resource it concerns. */
export function pathFailure(id: ResourceId, error: unknown): unknown {
  if (!(error instanceof HostFault)) return error;
  if (error.code === "EEXIST") return editedDuringRun(id, `${error.path} was made by somebody`);
  if (error.code === CHANGED) return editedDuringRun(id, `${error.path} was changed`);
  return new HostKitError(
    {
      severity: "error",
      side: "host",
      code: "HK4020",
      summary: "The host refused a change to a path.",
      detail: `${id}: ${error.message}. ${ADVICE[error.code] ?? "The path was left as it was."}`,
      resource: id,
    },
    { cause: error },
  );
}

const ADVICE: Readonly<Record<string, string>> = {
  ENOSPC: "The disk is full; the path was left as it was. Free space (df -h), then push again.",
  EDQUOT:
    "The disk quota is used up; the path was left as it was. Raise it or free space, then push again.",
  EROFS:
    "The file system is mounted read-only; nothing was written. Remount it writable, then push again.",
  EACCES:
    "The agent's user may not write there; nothing was written. Connect as root, or with sudo.",
  EPERM:
    "Only root may give a path to another owner, and with the immutable flag (see lsattr) not even root may change it; nothing was written. Connect as root, or with sudo, or clear the flag with chattr -i; then push again.",
  EBUSY:
    "It is a mount point, as files bind-mounted into a container are, and can't be replaced in one step; nothing was written. Change it where it is mounted from.",
  ENOENT: "Something it relies on disappeared after the plan was made. Plan again.",
};
