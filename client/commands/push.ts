import { EXIT, worst } from "../cli/exit-code.ts";
import { cliFault } from "../cli/faults.ts";
import { count } from "../view/quantity.ts";
import { oneLine } from "../view/text.ts";
import { applyHost } from "./apply-host.ts";
import type { Command, CommandResult, Context } from "./command.ts";
import { close, eachOf, failedHost } from "./hosts.ts";
import { changesText, loadTargets, planHost, type PlannedHost } from "./plan-host.ts";

type Results = CommandResult["hosts"][number] & { exitCode: CommandResult["exitCode"] };

/** Plans every host, shows the plans, asks once, and applies exactly what was shown. */
export const push: Command = async (context) => {
  const { view, options } = context;
  if (!options.yes && context.ask === undefined) throw nobodyToAsk(context);
  const { loaded, targets } = await loadTargets(context);
  const results = new Map<string, Results>();
  const open: PlannedHost[] = [];
  const planning = eachOf(targets, async (target) => {
    const planned = await planHost(target, loaded, context);
    open.push(planned);
    return planned;
  });
  try {
    const changing: PlannedHost[] = [];
    for (const [index, settling] of planning.entries()) {
      const settled = await settling;
      const name = targets[index]?.name ?? "";
      if (settled.status === "rejected") {
        results.set(name, failedHost(name, settled.reason, view));
        continue;
      }
      const { shown, diagnostics } = settled.value;
      if (diagnostics.length > 0) view.diagnostics(diagnostics, name);
      view.plan(shown);
      if (shown.plan.changes.length > 0) changing.push(settled.value);
      else results.set(name, { host: name, exitCode: EXIT.ok, result: changesText(shown.plan) });
    }
    for (const result of await review(changing, context)) results.set(result.host, result);
  } finally {
    // A plan that nobody waits for any more may still arrive, with its session.
    await Promise.all(planning);
    await Promise.all(open.map((planned) => close(planned.session)));
  }
  const hosts = targets.flatMap(({ name }) => results.get(name) ?? []);
  return { exitCode: worst(hosts.map((host) => host.exitCode)), hosts };
};

/** Asks, and applies what was agreed to, side by side. */
async function review(changing: readonly PlannedHost[], context: Context): Promise<Results[]> {
  const { view, options, interrupt } = context;
  const stopped = (word: string, exitCode: Results["exitCode"]) =>
    changing.map(({ shown }) => ({ host: shown.host, exitCode, result: word }));
  if (interrupt.signal.aborted) {
    view.warn("Interrupted. Nothing was changed.");
    return stopped("interrupted, nothing was changed", EXIT.interrupted);
  }
  if (changing.length === 0) return [];
  if (!options.yes && !(await agreed(changing, context))) {
    view.warn("Nothing was changed.");
    return stopped("declined, nothing was changed", EXIT.failed);
  }
  const settled = await Promise.all(eachOf(changing, (planned) => applyHost(planned, context)));
  const results = settled.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
  const untouched = results.filter(({ exitCode }) => exitCode === EXIT.interrupted);
  if (untouched.length > 0) {
    view.warn(`Interrupted. Left as before: ${untouched.map(({ host }) => host).join(", ")}.`);
  }
  return results;
}

async function agreed(
  changing: readonly PlannedHost[],
  { ask, interrupt }: Context,
): Promise<boolean> {
  const answer = await ask?.(question(changing), interrupt.signal);
  return /^\s*y(?:es)?\s*$/i.test(answer ?? "");
}

/** Names what was reviewed by its digest, so that a confirmation can be told from another. */
function question(changing: readonly PlannedHost[]): string {
  const total = changing.reduce((sum, { shown }) => sum + shown.plan.changes.length, 0);
  const what = total === 1 ? "this change" : `these ${count(total, "change")}`;
  const [first, ...others] = changing;
  if (first !== undefined && others.length === 0) {
    const { host, label } = first.shown;
    return `Apply ${what} to ${oneLine(host)} (${oneLine(label)}, plan ${digest(first)})? [y/N] `;
  }
  const list = changing
    .map((each) => `${oneLine(each.shown.host)} plan ${digest(each)}`)
    .join(", ");
  return `Apply ${what} to ${count(changing.length, "host")} (${list})? [y/N] `;
}

const digest = ({ shown }: PlannedHost) => shown.plan.digest.slice(0, 12);

function nobodyToAsk({ options }: Context) {
  const why = options.json ? "with --json nobody is asked" : "there is no terminal to ask at";
  return cliFault(
    "HK5009",
    `push asks before it changes anything, and ${why}. Add --yes (or set HOSTKIT_YES=1) to apply without being asked; hostkit plan shows what would change.`,
  );
}
