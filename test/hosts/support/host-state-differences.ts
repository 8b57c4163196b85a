import type { HostState, Item } from "./host-state.ts";

/**
 * One line for each thing that is not the same, sorted; nothing when the hosts are alike:
 *
 *     + /srv/new: f 644 0:0 sha 2c26b46b68ffc68f
 *     - unit old.service: loaded active running
 *     ~ /etc/motd: mode 644 → 600, content 2c26b46b68ffc68f → fcde2b2edba56bf4
 */
export function differences(before: HostState, after: HostState): string[] {
  return names(before, after).flatMap((name) => {
    const [was, is] = [before.get(name), after.get(name)];
    if (was === undefined) return [`+ ${name}: ${shown(is)}`];
    if (is === undefined) return [`- ${name}: ${shown(was)}`];
    const fields = changedFields(was, is, []);
    return fields.length === 0 ? [] : [`~ ${name}: ${fields.join(", ")}`];
  });
}

interface Explanations {
  readonly before: HostState;
  readonly after: HostState;
}

/**
 * What is as it was neither before nor after a run, with how it differs from both: files that are torn or forgotten, temporary
 * ones among them. Second links are explained while a run is open, since it keeps files that way.
 */
export function unexplained(now: HostState, { before, after }: Explanations): string[] {
  return names(before, after, now).flatMap((name) => {
    const [was, becomes, is] = [before.get(name), after.get(name), now.get(name)];
    if (same(is, was) || same(is, becomes)) return [];
    return [`${name}: ${shown(is)}; before: ${shown(was)}; after: ${shown(becomes)}`];
  });
}

const explained = ["links"];

function same(one: Item | undefined, other: Item | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return changedFields(one, other, explained).length === 0;
}

function changedFields(was: Item, is: Item, ignored: readonly string[]): string[] {
  const fields = [...new Set([...Object.keys(was), ...Object.keys(is)])];
  return fields
    .filter((field) => was[field] !== is[field] && !ignored.includes(field))
    .map((field) => `${field} ${was[field] || "none"} → ${is[field] || "none"}`);
}

function shown(item: Item | undefined): string {
  if (item === undefined) return "absent";
  return Object.values(item)
    .filter((value) => value !== "")
    .join(" ");
}

function names(...states: readonly HostState[]): string[] {
  return [...new Set(states.flatMap((state) => [...state.keys()]))].toSorted();
}
