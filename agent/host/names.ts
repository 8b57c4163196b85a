import type { Numbered } from "../../shared/resources/define-kind.ts";
import type { LookingHost } from "./host.ts";

export interface PasswdEntry {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
  readonly shell: string;
}

export interface GroupEntry {
  readonly name: string;
  readonly gid: number;
  readonly members: readonly string[];
}

/** Users and groups by name and number: passwd(5), group(5). */
export interface Names {
  readonly users: ReadonlyMap<string, PasswdEntry>;
  readonly groups: ReadonlyMap<string, GroupEntry>;
  userName(uid: number): string;
  groupName(gid: number): string;
  /** `undefined` when the host does not know the name. Digits are a number already. */
  uidOf(user: string): number | undefined;
  gidOf(group: string): number | undefined;
}

const LIMIT = 16 * 1024 * 1024;
const NUMERIC = /^\d+$/;

/** Reads the local databases: no process, two files. */
export async function readNames(host: Pick<LookingHost, "readFiles">): Promise<Names> {
  const [passwd, group] = await host.readFiles(["/etc/passwd", "/etc/group"], { limit: LIMIT });
  return makeNames(rows(passwd ?? null, 7), rows(group ?? null, 4));
}

function rows(bytes: Uint8Array | null, columns: number): string[][] {
  if (bytes === null) return [];
  return new TextDecoder()
    .decode(bytes)
    .split("\n")
    .map((line) => line.split(":"))
    .filter((row) => row.length >= columns && row[0] !== "");
}

/** The names as they will be when those that exist have these numbers. */
export function renumbered(names: Names, wanted: readonly Numbered[]): Names {
  const users = new Map(names.users);
  const groups = new Map(names.groups);
  for (const { of, name, number } of wanted) {
    const user = of === "user" ? users.get(name) : undefined;
    if (user !== undefined) users.set(name, { ...user, uid: number });
    const group = of === "group" ? groups.get(name) : undefined;
    if (group !== undefined) groups.set(name, { ...group, gid: number });
  }
  return named(users, groups);
}

function makeNames(passwd: readonly string[][], group: readonly string[][]): Names {
  const users = new Map<string, PasswdEntry>();
  const groups = new Map<string, GroupEntry>();
  for (const [name = "", , uid, gid, , home = "", shell = ""] of passwd) {
    // The first of several lines for a name counts, as in getpwnam(3).
    if (!users.has(name))
      users.set(name, { name, uid: Number(uid), gid: Number(gid), home, shell });
  }
  for (const [name = "", , gid, members = ""] of group) {
    const list = members.split(",").filter((member) => member !== "");
    if (!groups.has(name)) groups.set(name, { name, gid: Number(gid), members: list });
  }
  return named(users, groups);
}

function named(
  users: ReadonlyMap<string, PasswdEntry>,
  groups: ReadonlyMap<string, GroupEntry>,
): Names {
  const userNames = new Map<number, string>();
  const groupNames = new Map<number, string>();
  // The first of several lines for a number counts, as in getpwuid(3).
  for (const { name, uid } of users.values()) if (!userNames.has(uid)) userNames.set(uid, name);
  for (const { name, gid } of groups.values()) if (!groupNames.has(gid)) groupNames.set(gid, name);
  return {
    users,
    groups,
    userName: (uid) => userNames.get(uid) ?? String(uid),
    groupName: (gid) => groupNames.get(gid) ?? String(gid),
    uidOf: (user) => (NUMERIC.test(user) ? Number(user) : users.get(user)?.uid),
    gidOf: (name) => (NUMERIC.test(name) ? Number(name) : groups.get(name)?.gid),
  };
}
