import { type AccountField, fieldsOf, isValue, textOf } from "./account-fields.ts";
import type { UndoContext, UndoStep } from "./driver.ts";
import { changedMeanwhile, runShadow } from "./shadow-tools.ts";

/** Flags of usermod, in the order in which the fields go back. */
const FLAGS = {
  group: "--gid",
  groups: "--groups",
  shell: "--shell",
  // usermod gives the files below the home back to the old number: below the home that the run gave numbers to.
  uid: "--uid",
  home: "-d",
} as const satisfies Record<AccountField, string>;

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
  return (Object.keys(FLAGS) as AccountField[]).flatMap((field) => {
    const difference = step.differences.find((one) => one.field === field);
    if (difference === undefined) return [];
    const before = textOf(difference.before);
    const after = textOf(difference.after);
    if (isValue(now, field, { value: before, names })) return [];
    if (!isValue(now, field, { value: after, names })) {
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
