import type { Change } from "../shared/plan.ts";
import type { Kind } from "../shared/resources/registry.ts";
import type { Host } from "./host/host.ts";
import type { Remarkable } from "./resources/driver.ts";
import { driverOf } from "./resources/drivers.ts";
import { byKind } from "./transaction/prepare.ts";

/** Adds what drivers have to say of changes besides what differs; it is shown, and nothing follows from it. */
export async function addRemarks(changes: readonly Change[], host: Host): Promise<Change[]> {
  const remarks = new Map<string, readonly string[]>();
  for (const [kind, group] of byKind(changes)) {
    const found = await remarksOf(kind, group, host);
    for (const [index, { id }] of group.entries()) remarks.set(id, found[index] ?? []);
  }
  // What was said of the change that this one takes back is said of another.
  return changes.map(({ remarks: _old, ...change }) => {
    const found = remarks.get(change.id) ?? [];
    return found.length === 0 ? change : { ...change, remarks: [...found] };
  });
}

/** The group holds changes of this kind only, which the type of a list of unions can't say: the one cast. */
async function remarksOf<K extends Kind>(
  kind: K,
  group: readonly Change[],
  host: Host,
): Promise<readonly (readonly string[])[]> {
  return (await driverOf(kind).remarks?.(group as unknown as Remarkable<K>[], host)) ?? [];
}
