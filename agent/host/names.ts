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

function makeNames(passwd: readonly string[][], group: readonly string[][]): Names {
  const users = new Map<string, PasswdEntry>();
  const groups = new Map<string, GroupEntry>();
  const userNames = new Map<number, string>();
  const groupNames = new Map<number, string>();
  for (const [name = "", , uid, gid, , home = "", shell = ""] of passwd) {
    // The first of several lines for a name or number counts, as in getpwnam(3).
    if (!users.has(name))
      users.set(name, { name, uid: Number(uid), gid: Number(gid), home, shell });
    if (!userNames.has(Number(uid))) userNames.set(Number(uid), name);
  }
  for (const [name = "", , gid, members = ""] of group) {
    const list = members.split(",").filter((member) => member !== "");
    if (!groups.has(name)) groups.set(name, { name, gid: Number(gid), members: list });
    if (!groupNames.has(Number(gid))) groupNames.set(Number(gid), name);
  }
  return {
    users,
    groups,
    userName: (uid) => userNames.get(uid) ?? String(uid),
    groupName: (gid) => groupNames.get(gid) ?? String(gid),
    uidOf: (user) => (NUMERIC.test(user) ? Number(user) : users.get(user)?.uid),
    gidOf: (name) => (NUMERIC.test(name) ? Number(name) : groups.get(name)?.gid),
  };
}
