import { list, options, Refusal, type Run, setMemberships } from "./shadow-tool.ts";

/** userdel(8) and groupdel(8), and rm(1), which removes what userdel leaves. */
export const removal: Record<"groupdel" | "userdel" | "rm", Run> = {
  groupdel(args, { databases }) {
    const { name } = options(args, { values: [], flags: [] });
    const row = databases.find("group", name);
    if (row === undefined) throw new Refusal(6, `group '${name}' does not exist`);
    const user = databases.rows("passwd").find((one) => one[3] === row[2]);
    if (user !== undefined) {
      throw new Refusal(8, `cannot remove the primary group of user '${user[0]}'`);
    }
    databases.remove("group", name);
  },

  userdel(args, { databases, faults, warn }) {
    const { name } = options(args, { values: [], flags: [] });
    const row = databases.find("passwd", name);
    if (row === undefined) throw new Refusal(6, `user '${name}' does not exist`);
    if (faults.busy.has(name)) {
      throw new Refusal(8, `user ${name} is currently used by process 4711`);
    }
    databases.remove("passwd", name);
    databases.remove("shadow", name);
    setMemberships(databases, name, []);
    // USERGROUPS_ENAB, on in every distribution.
    const own = databases.find("group", name);
    if (own === undefined) return;
    if (own[2] !== row[3]) {
      warn(`group ${name} not removed because it is not the primary group of user ${name}.`);
    } else if (list(own[3]).length > 0) {
      warn(`group ${name} not removed because it has other members.`);
    } else if (databases.rows("passwd").some((user) => user[3] === own[2])) {
      warn(`group ${name} is the primary group of another user and is not removed.`);
    } else {
      databases.remove("group", name);
    }
  },

  rm(args, { tree }) {
    const { name } = options(args, { values: [], flags: ["-r", "-f", "--one-file-system"] });
    if ([...tree.refusals.keys()].some((path) => path.startsWith(`${name}/`))) {
      throw new Refusal(1, `cannot remove '${name}': Device or resource busy`);
    }
    if (tree.find(name, { call: "unlink", follow: "parents" }) !== undefined) tree.remove(name);
  },
};
