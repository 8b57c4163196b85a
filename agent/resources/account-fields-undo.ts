import type { DifferenceValue } from "../../shared/change.ts";
import type { Names, PasswdEntry } from "../host/names.ts";
import type { UndoContext, UndoStep } from "./driver.ts";
import { changedMeanwhile, runShadow } from "./shadow-tools.ts";

/** Fields with the flags of usermod, in the order in which they go back. */
const FLAGS = {
  group: "--gid",
  groups: "--groups",
  shell: "--shell",
  // usermod gives the files below the home back to the old number: below the home that the run gave numbers to.
  uid: "--uid",
  home: "-d",
} as const;
type Field = keyof typeof FLAGS;

/** One command for each field that the run changed, so that one that is refused leaves the others. */
export async function fieldsBack(
  step: UndoStep<"account">,
  context: UndoContext,
): Promise<(() => Promise<void>)[]> {
  const { id } = step.resource;
  const { name } = step.desired;
  const names = await context.names();
  const entry = names.users.get(name);
  if (entry === undefined) return [() => Promise.reject(changedMeanwhile(id, "it was removed"))];
  const now = fieldsOf(entry, names);
  return (Object.keys(FLAGS) as Field[]).flatMap((field) => {
    const difference = step.differences.find((one) => one.field === field);
    if (difference === undefined) return [];
    const before = textOf(difference.before);
    const after = textOf(difference.after);
    const same = (value: string) => comparable(field, value, names) === now[field];
    if (same(before)) return [];
    if (!same(after)) {
      const text = `its ${field} was ${before || "empty"} before the run, which made it ${after || "empty"}, and by now it is ${now[field] || "empty"}`;
      return [() => Promise.reject(changedMeanwhile(id, text))];
    }
    return [
      async () =>
        runShadow(context.host, {
          id,
          argv: ["usermod", FLAGS[field], before, name],
          name,
          number: field === "uid" ? Number(before) : undefined,
          names,
          goal: "undo",
        }),
    ];
  });
}

/** As usermod takes it. */
function textOf(value: DifferenceValue | undefined): string {
  if (Array.isArray(value)) return value.join(",");
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}

/** Several names may stand for one gid. */
const comparable = (field: Field, value: string, names: Names): string =>
  field === "group" ? String(names.gidOf(value)) : value;

function fieldsOf(entry: PasswdEntry, { groups }: Names): Readonly<Record<Field, string>> {
  const member = [...groups.values()].filter(({ members }) => members.includes(entry.name));
  return {
    group: String(entry.gid),
    groups: textOf(member.map(({ name }) => name).toSorted()),
    shell: entry.shell,
    uid: String(entry.uid),
    home: entry.home,
  };
}
