import { readNames } from "../host/names.ts";
import { detachGroup } from "./account-undo.ts";
import type { ApplyContext, Step } from "./driver.ts";
import { runShadow } from "./shadow-tools.ts";

/**
 * Removes an account and the group that came with it. Its home and its mail stay: whatever is in them is not HostKit's. So
 * does a group of its name that belongs to somebody else, although userdel(8) would take it along.
 */
export async function removeAccount(step: Step<"account">, context: ApplyContext): Promise<void> {
  const { name, group } = step.desired;
  const { id } = step.resource;
  const { host } = context;
  const names = await readNames(host);
  const entry = names.users.get(name);
  const groupStays = group !== undefined || context.stays(`group:${name}`);
  if (entry !== undefined) {
    if (groupStays) await detachGroup(entry, { id, names, host });
    await runShadow(host, { id, name, names, argv: ["userdel", name] });
  }
  if (groupStays) return;
  // userdel takes the group along only when login.defs(5) has USERGROUPS_ENAB.
  const left = await readNames(host);
  const own = left.groups.get(name);
  if (own === undefined || own.members.length > 0) return;
  if ([...left.users.values()].some((user) => user.gid === own.gid)) return;
  await runShadow(host, { id, name, names: left, argv: ["groupdel", name] });
}
