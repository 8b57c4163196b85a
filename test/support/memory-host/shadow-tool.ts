import type { Databases } from "./databases.ts";
import { parseOptions } from "./options.ts";
import type { Tree } from "./tree.ts";

/** What the account tools in memory have in common. */

/** What makes the tools refuse. */
export interface AccountFaults {
  /** Some other program holds the databases. */
  locked: boolean;
  /** The tools wait for something that never answers, until they are ended. */
  hanging: boolean;
  /** Names are checked as shadow itself does, not as Debian's. */
  strictNames: boolean;
  /** Users with running processes. */
  readonly busy: Set<string>;
  /** Names of users and groups that a directory service knows. */
  readonly elsewhere: Set<string>;
}

export class Refusal extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

interface ToolContext {
  readonly tree: Tree;
  readonly databases: Databases;
  readonly faults: AccountFaults;
  readonly warn: (text: string) => void;
}

export type Run = (args: readonly string[], context: ToolContext) => void;

export const list = (names: string | undefined) =>
  (names ?? "").split(",").filter((name) => name !== "");

export function options(
  args: readonly string[],
  known: { values: readonly string[]; flags: readonly string[] },
): { flags: ReadonlyMap<string, string>; name: string } {
  const parsed = parseOptions(args, known);
  const [name] = parsed.operands;
  if (parsed.unknown !== undefined) {
    throw new Refusal(2, `unrecognized option '${parsed.unknown}'`);
  }
  if (name === undefined || parsed.operands.length !== 1) throw new Refusal(2, "usage");
  return { flags: parsed.options, name };
}

export function setMemberships(
  databases: Databases,
  user: string,
  groups: readonly string[],
): void {
  const rows = databases.rows("group").map((row) => {
    const members = list(row[3]).filter((member) => member !== user);
    if (groups.includes(row[0] ?? "")) members.push(user);
    return row.with(3, members.join(","));
  });
  databases.save("group", rows);
}
