import { EXIT } from "../cli/exit-code.ts";
import { close } from "../operate/connect.ts";
import { eachOf } from "../operate/each-of.ts";
import { planHost } from "../operate/plan-host.ts";
import type { Command } from "./command.ts";
import { planShown } from "./host-label.ts";
import { changesText, failedHost, resultOf } from "./hosts.ts";
import { plansSaver } from "./save-plan.ts";
import { selectHosts } from "./select-hosts.ts";
import { loadTargets } from "./sessions.ts";

/** Shows what push would change. Changes nothing. */
export const plan: Command = async (context) => {
  const { view, options } = context;
  const { loaded, targets, skipped } = await selectHosts(await loadTargets(context), context);
  const save = await plansSaver(targets, context);
  const { wait } = options;
  const planning = eachOf(targets, async (target) => {
    const planned = await planHost(target, { loaded, changes: false, wait }, context);
    await close(planned.session);
    return planned;
  });
  const results = [];
  for (const [index, settling] of planning.entries()) {
    const settled = await settling;
    const name = targets[index]?.name ?? "";
    if (settled.status === "rejected") {
      results.push(failedHost(name, settled.reason, view));
      continue;
    }
    const { plan, diagnostics } = settled.value;
    if (diagnostics.length > 0) view.diagnostics(diagnostics, name);
    view.plan(planShown(settled.value));
    await save?.(settled.value);
    const exitCode = plan.changes.length > 0 && options.exitCode ? EXIT.changes : EXIT.ok;
    results.push({ host: name, exitCode, result: changesText(plan) });
  }
  return resultOf([...results, ...skipped], view);
};
