import type { Plan } from "../../shared/plan.ts";
import { EXIT, worst } from "../cli/exit-code.ts";
import { close } from "../operate/connect.ts";
import { eachOf } from "../operate/each-of.ts";
import { StalePlan, staleResponse } from "../operate/plan-again.ts";
import type { PlannedHost } from "../operate/planned-host.ts";
import type { Target } from "../operate/target.ts";
import { count } from "../view/quantity.ts";
import { oneLine } from "../view/text.ts";
import type { View } from "../view/view.ts";
import { applyHost, resultOfRun } from "./apply-host.ts";
import type { CommandResult, Context } from "./command.ts";
import { hostLabel, planShown } from "./host-label.ts";
import { changesText, failedHost, UNTOUCHED, warnOfLeft } from "./hosts.ts";
import { agrees, declined, type Result } from "./review.ts";

/** Plans every host, shows the plans, asks once, and applies exactly what was shown. */
export async function planAndApply<Each extends Target>(
  targets: readonly Each[],
  plan: (target: Each) => Promise<PlannedHost>,
  context: Context,
): Promise<CommandResult> {
  const { view, options } = context;
  const results = new Map<string, Result>();
  const open: PlannedHost[] = [];
  const planning = eachOf(targets, async (target) => {
    const planned = await plan(target);
    open.push(planned);
    return planned;
  });
  try {
    const changing: PlannedHost[] = [];
    for (const [index, settling] of planning.entries()) {
      const settled = await settling;
      const name = targets[index]?.name ?? "";
      if (settled.status === "rejected") {
        results.set(name, refusedHost(targets[index], settled.reason, view));
        continue;
      }
      const { plan, diagnostics } = settled.value;
      if (diagnostics.length > 0) view.diagnostics(diagnostics, name);
      view.plan(planShown(settled.value));
      if (options.dryRun)
        results.set(name, { host: name, exitCode: EXIT.ok, result: dryText(plan) });
      else if (plan.changes.length > 0) changing.push(settled.value);
      else results.set(name, { host: name, exitCode: EXIT.ok, result: changesText(plan) });
    }
    for (const result of await review(changing, context)) results.set(result.host, result);
  } finally {
    // A plan that nobody waits for any more may still arrive, with its session.
    await Promise.all(planning);
    await Promise.all(open.map((planned) => close(planned.session)));
  }
  const hosts = targets.flatMap(({ name }) => results.get(name) ?? []);
  return { exitCode: worst(hosts.map((host) => host.exitCode)), hosts };
}

const dryText = (plan: Plan) => `${changesText(plan)}, nothing was changed`;

/** Shows why there is nothing that could be applied. */
function refusedHost(target: Target | undefined, error: unknown, view: View): Result {
  const host = target?.name ?? "";
  if (target === undefined || !(error instanceof StalePlan)) return failedHost(host, error, view);
  const { reviewed, fresh, session } = error;
  const response = staleResponse(reviewed, fresh);
  view.outcome({ ...hostLabel({ target, session }), plan: reviewed, response });
  return { host, ...resultOfRun(response) };
}

/** Asks, and applies what was agreed to, side by side. */
async function review(changing: readonly PlannedHost[], context: Context): Promise<Result[]> {
  const { view, options, interrupt } = context;
  if (interrupt.signal.aborted) {
    view.warn("Interrupted. Nothing was changed.");
    return changing.map(({ target }) => ({
      host: target.name,
      exitCode: EXIT.interrupted,
      result: UNTOUCHED,
    }));
  }
  if (changing.length === 0) return [];
  if (!options.yes && !(await agrees(context, question(changing)))) {
    view.warn("Nothing was changed.");
    return changing.map(({ target }) => declined(target.name));
  }
  const settled = await Promise.all(eachOf(changing, (planned) => applyHost(planned, context)));
  const results = settled.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
  warnOfLeft(results, view);
  return results;
}

/** Names what was reviewed by its digest, so that a confirmation can be told from another. */
function question(changing: readonly PlannedHost[]): string {
  const total = changing.reduce((sum, { plan }) => sum + plan.changes.length, 0);
  const what = total === 1 ? "this change" : `these ${count(total, "change")}`;
  const [first, ...others] = changing;
  if (first !== undefined && others.length === 0) {
    const { target, session } = first;
    return `Apply ${what} to ${oneLine(target.name)} (${oneLine(session.label)}, plan ${digest(first)})? [y/N] `;
  }
  const list = changing
    .map((each) => `${oneLine(each.target.name)} plan ${digest(each)}`)
    .join(", ");
  return `Apply ${what} to ${count(changing.length, "host")} (${list})? [y/N] `;
}

const digest = ({ plan }: PlannedHost) => plan.digest.slice(0, 12);
