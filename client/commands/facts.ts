import type { ResponseOf } from "../../shared/protocol/messages.ts";
import {
  checkTargetOptions,
  namesDeclaredHosts,
  resolveTargets,
  type Target,
} from "../cli/target.ts";
import { EXIT } from "../cli/exit-code.ts";
import { FACT_SECTIONS } from "../cli/flags.ts";
import type { HostLabel } from "../view/view.ts";
import type { Command, Context } from "./command.ts";
import { close, connect, eachOf, failedHost, resultOf } from "./hosts.ts";
import { load } from "./load.ts";

/** Shows what the agent knows of each host. A declaration is read only to know where a declared host is. */
export const facts: Command = async (context) => {
  const { options, view } = context;
  checkTargetOptions(options);
  const hosts = namesDeclaredHosts(options) ? (await load(context)).project.hosts : [];
  const targets = resolveTargets(options, hosts, context);
  const results = [];
  for (const [index, settling] of eachOf(targets, (target) => ask(target, context)).entries()) {
    const settled = await settling;
    const name = targets[index]?.name ?? "";
    if (settled.status === "rejected") {
      results.push(failedHost(name, settled.reason, view));
    } else {
      view.facts(settled.value.host, settled.value.facts);
      results.push({ host: name, exitCode: EXIT.ok, result: "read" });
    }
  }
  return resultOf(results, view);
};

async function ask(
  target: Target,
  context: Context,
): Promise<{ readonly host: HostLabel; readonly facts: ResponseOf<"facts"> }> {
  const progress = context.view.progress(target.name);
  try {
    const session = await connect(target, progress, context);
    try {
      progress.phase({ name: "reading" });
      const { only } = context.options;
      const sections = only.length === 0 ? FACT_SECTIONS : only;
      const found = await context.interrupt.race(session.facts(sections));
      const host = { host: target.name, label: session.label, target: target.flags };
      return { host, facts: found };
    } finally {
      await close(session);
    }
  } finally {
    progress.end();
  }
}
