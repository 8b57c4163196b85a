import { EXIT } from "../cli/exit-code.ts";
import type { Command } from "./command.ts";
import { close, eachOf, failedHost, resultOf } from "./hosts.ts";
import { changesText, loadTargets, planHost } from "./plan-host.ts";

/** Shows what push would change. Changes nothing. */
export const plan: Command = async (context) => {
  const { view, options } = context;
  const { loaded, targets } = await loadTargets(context);
  const planning = eachOf(targets, async (target) => {
    const planned = await planHost(target, loaded, { context, changes: false });
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
    const { shown, diagnostics } = settled.value;
    if (diagnostics.length > 0) view.diagnostics(diagnostics, name);
    view.plan(shown);
    const changes = shown.plan.changes.length > 0;
    const exitCode = changes && options.exitCode ? EXIT.changes : EXIT.ok;
    results.push({ host: name, exitCode, result: changesText(shown.plan) });
  }
  return resultOf(results, view);
};
