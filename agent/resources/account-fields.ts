import type { DifferenceValue } from "../../shared/change.ts";
import type { Names, PasswdEntry } from "../host/names.ts";
import type { Step } from "./driver.ts";

/** Fields of an account that usermod(8) changes, as text. */
const FIELDS = ["group", "groups", "shell", "uid", "home"] as const;
export type AccountField = (typeof FIELDS)[number];
type Fields = Readonly<Record<AccountField, string>>;

export function fieldsOf(entry: PasswdEntry, { groups }: Names): Fields {
  const member = [...groups.values()].filter(({ members }) => members.includes(entry.name));
  return {
    group: String(entry.gid),
    groups: textOf(member.map(({ name }) => name).toSorted()),
    shell: entry.shell,
    uid: String(entry.uid),
    home: entry.home,
  };
}

/** As usermod takes it. */
export function textOf(value: DifferenceValue | undefined): string {
  if (Array.isArray(value)) return value.join(",");
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}

/** Whether a field is as a plan spells it: several names may stand for one gid. */
export function isValue(
  fields: Fields,
  field: AccountField,
  { value, names }: { readonly value: string; readonly names: Names },
): boolean {
  return (field === "group" ? String(names.gidOf(value)) : value) === fields[field];
}

/** What somebody else did to the account that a step is about to make or change, as a clause. What it leaves is not compared. */
export function accountEdit(
  { desired: { name }, observed, differences, removal }: Step<"account">,
  names: Names,
): string | undefined {
  const entry = names.users.get(name);
  if (observed.state === "absent") {
    return entry && `somebody made a user ${name}, with uid ${entry.uid},`;
  }
  if (entry === undefined) return "the user was removed";
  const now = fieldsOf(entry, names);
  const edited = FIELDS.find((field) => {
    const difference = differences.find((one) => one.field === field);
    // What goes as a whole is compared as a whole.
    const before = removal ? observed[field] : difference?.before;
    if (difference === undefined && !removal) return false;
    return !isValue(now, field, { value: textOf(before), names });
  });
  return edited && `its ${edited} was changed to ${now[edited] || "none"}`;
}
