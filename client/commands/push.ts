import { planHost } from "../operate/plan-host.ts";
import type { DeclaredTarget } from "../operate/target.ts";
import type { Command } from "./command.ts";
import { planAndApply } from "./plan-and-apply.ts";
import { checkAsking } from "./review.ts";
import { selectHosts } from "./select-hosts.ts";
import { loadTargets } from "./sessions.ts";

/** Makes every host as declared. */
export const push: Command = async (context) => {
  checkAsking("push", context);
  const { loaded, targets, skipped } = await selectHosts(await loadTargets(context), context);
  const how = { loaded, changes: true, wait: context.options.wait };
  const planned = (target: DeclaredTarget) => planHost(target, how, context);
  const { exitCode, hosts } = await planAndApply(targets, planned, context);
  return { exitCode, hosts: [...hosts, ...skipped] };
};
