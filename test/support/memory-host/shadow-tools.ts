import type { CommandResult } from "../../../agent/host/host.ts";
import { Databases, type Row } from "./databases.ts";
import { removal } from "./shadow-removal.ts";
import {
  type AccountFaults,
  list,
  options,
  Refusal,
  type Run,
  setMemberships,
} from "./shadow-tool.ts";
import type { Tree } from "./tree.ts";

export type { AccountFaults };

/** With rm(1), which removes what userdel leaves. */
export const SHADOW_TOOLS = [
  "useradd",
  "usermod",
  "userdel",
  "groupadd",
  "groupmod",
  "groupdel",
  "rm",
] as const;
type Tool = (typeof SHADOW_TOOLS)[number];

/** The tools of shadow 4.13, as far as their statuses and files go. */
export function runShadowTool(
  [tool, ...args]: readonly [Tool, ...string[]],
  { tree, faults }: { tree: Tree; faults: AccountFaults },
): CommandResult {
  if (faults.hanging) return { status: null, signal: "SIGKILL", stdout: "", stderr: "" };
  const warnings: string[] = [];
  try {
    if (tool !== "rm" && (tree.uid !== 0 || faults.locked)) {
      const database = tool.startsWith("user") ? "passwd" : "group";
      const denied = tree.uid === 0 ? "" : "Permission denied.\n";
      throw new Refusal(
        database === "passwd" ? 1 : 10,
        `${denied}cannot lock /etc/${database}; try again later.`,
      );
    }
    const databases = new Databases(tree);
    TOOLS[tool](args, { tree, databases, faults, warn: (text) => warnings.push(text) });
    return result(0, warnings, tool);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return result(error.status, [...warnings, error.message], tool);
  }
}

const result = (status: number, lines: readonly string[], tool: string): CommandResult => ({
  status,
  signal: null,
  stdout: "",
  stderr: lines.map((line) => `${tool}: ${line}\n`).join(""),
});

const TOOLS: Record<Tool, Run> = {
  ...removal,

  groupadd(args, { databases, faults }) {
    const { flags, name } = options(args, { values: ["--gid"], flags: ["--system"] });
    if (databases.find("group", name) !== undefined || faults.elsewhere.has(name)) {
      throw new Refusal(9, `group '${name}' already exists`);
    }
    const gid = freeGid(flags.get("--gid"), { databases, system: flags.has("--system") });
    databases.save("group", [...databases.rows("group"), [name, "x", String(gid), ""]]);
  },

  groupmod(args, { databases }) {
    const { flags, name } = options(args, { values: ["--gid"], flags: [] });
    const row = databases.find("group", name);
    if (row === undefined) throw new Refusal(6, `group '${name}' does not exist`);
    const before = row[2];
    const wanted = flags.get("--gid");
    if (wanted === undefined || wanted === before) return;
    const gid = String(freeGid(wanted, { databases, system: false }));
    databases.save(
      "group",
      replace(databases.rows("group"), name, (old) => with2(old, gid)),
    );
    // Users whose primary group it is follow it.
    const users = databases.rows("passwd");
    if (users.some((user) => user[3] === before)) {
      databases.save(
        "passwd",
        users.map((user) => (user[3] === before ? user.with(3, gid) : user)),
      );
    }
  },

  useradd(args, { tree, databases, faults, warn }) {
    const { flags, name } = options(args, {
      values: ["--password", "--gid", "--uid", "--groups", "-d", "--shell"],
      flags: ["--system", "--create-home", "--no-create-home", "--user-group"],
    });
    const system = flags.has("--system");
    // 4.13 and later want --badname for these, unless the distribution says otherwise, as Debian does.
    if (name.endsWith("$") && faults.strictNames) {
      throw new Refusal(3, `invalid user name '${name}': use --badname to ignore`);
    }
    if (flags.has("--user-group") && flags.has("--gid")) {
      throw new Refusal(2, "options -U and -g conflict");
    }
    const primary = flags.get("--gid");
    const groups = list(flags.get("--groups"));
    for (const group of [...(primary === undefined ? [] : [primary]), ...groups]) {
      mustExist(databases, group);
    }
    if (databases.find("passwd", name) !== undefined || faults.elsewhere.has(name)) {
      throw new Refusal(9, `user '${name}' already exists`);
    }
    if (primary === undefined && databases.find("group", name) !== undefined) {
      throw new Refusal(
        9,
        `group ${name} exists - if you want to add this user to that group, use -g.`,
      );
    }
    const asked = flags.get("--uid");
    if (asked !== undefined && databases.hasNumber("passwd", Number(asked))) {
      throw new Refusal(4, `UID ${asked} is not unique`);
    }
    const uid = Number(asked ?? databases.freeNumber("passwd", system ? "system" : "people"));
    let gid: string;
    if (primary === undefined) {
      // The user's own number, when no group has it.
      const own = databases.hasNumber("group", uid)
        ? databases.freeNumber("group", system ? "system" : "people")
        : uid;
      gid = String(own);
      databases.save("group", [...databases.rows("group"), [name, "x", gid, ""]]);
    } else {
      gid = databases.find("group", primary)?.[2] ?? "";
    }
    const home = flags.get("-d") ?? `/home/${name}`;
    const shell = flags.get("--shell") ?? "/bin/sh";
    databases.save("passwd", [
      ...databases.rows("passwd"),
      [name, "x", String(uid), gid, "", home, shell],
    ]);
    const hash = flags.get("--password") ?? "!";
    databases.save("shadow", [
      ...databases.rows("shadow"),
      [name, hash, "20000", "", "", "", "", "", ""],
    ]);
    setMemberships(databases, name, groups);
    if (!flags.has("--create-home")) return;
    if (tree.find(home, { call: "stat", follow: "last" }) !== undefined) {
      warn(`warning: the home directory ${home} already exists.`);
      return;
    }
    if ([...tree.refusals.keys()].some((path) => home.startsWith(path))) {
      throw new Refusal(12, `cannot create directory ${home}`);
    }
    tree.ensureDirectory(home, { uid, gid: Number(gid), mode: 0o755 });
  },

  usermod(args, { tree, databases, faults }) {
    const { flags, name } = options(args, {
      values: ["--gid", "--uid", "--groups", "-d", "--shell"],
      flags: [],
    });
    const row = databases.find("passwd", name);
    if (row === undefined) throw new Refusal(6, `user '${name}' does not exist`);
    const primary = flags.get("--gid");
    const groups = flags.get("--groups");
    for (const group of [...(primary === undefined ? [] : [primary]), ...list(groups)]) {
      mustExist(databases, group);
    }
    const uid = flags.get("--uid") ?? row[2] ?? "";
    if ((flags.has("--uid") || flags.has("-d")) && faults.busy.has(name)) {
      throw new Refusal(8, `user ${name} is currently used by process 4711`);
    }
    if (uid !== row[2] && databases.hasNumber("passwd", Number(uid))) {
      throw new Refusal(4, `UID '${uid}' already exists`);
    }
    const gid = (primary === undefined ? row[3] : databases.find("group", primary)?.[2]) ?? "";
    const home = row[5] ?? "";
    const changed = row
      .with(2, uid)
      .with(3, gid)
      .with(5, flags.get("-d") ?? home)
      .with(6, flags.get("--shell") ?? row[6] ?? "");
    databases.save(
      "passwd",
      replace(databases.rows("passwd"), name, () => changed),
    );
    if (groups !== undefined) setMemberships(databases, name, list(groups));
    const old = { uid: Number(row[2]), gid: Number(row[3]) };
    // A new home is the one whose files follow.
    const files = flags.get("-d") ?? home;
    const owner = tree.find(files, { call: "stat", follow: "last" })?.uid;
    if (owner !== old.uid && owner !== Number(uid)) return;
    tree.reown(files, (node) => ({
      uid: node.uid === old.uid ? Number(uid) : node.uid,
      gid: node.gid === old.gid ? Number(gid) : node.gid,
      mode: node.mode,
    }));
  },
};

const with2 = (row: Row, value: string) => row.with(2, value);

const replace = (rows: readonly Row[], key: string, change: (row: Row) => Row) =>
  rows.map((row) => (row[0] === key ? change(row) : row));

function mustExist(databases: Databases, group: string): void {
  if (databases.find("group", group) === undefined) {
    throw new Refusal(6, `group '${group}' does not exist`);
  }
}

function freeGid(
  asked: string | undefined,
  { databases, system }: { databases: Databases; system: boolean },
): number {
  if (asked === undefined) return databases.freeNumber("group", system ? "system" : "people");
  if (databases.hasNumber("group", Number(asked))) {
    throw new Refusal(4, `GID '${asked}' already exists`);
  }
  return Number(asked);
}
