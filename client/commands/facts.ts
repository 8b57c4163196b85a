import { EXIT } from "../cli/exit-code.ts";
import { FACT_SECTIONS } from "../cli/flags.ts";
import type { Command } from "./command.ts";
import { resultOf } from "./hosts.ts";
import { onEachHost } from "./sessions.ts";

/** Shows what the agent knows of each host. */
export const facts: Command = async (context) => {
  const { view, options, interrupt } = context;
  const results = await onEachHost(context, async ({ session, label, progress }) => {
    progress.phase({ name: "reading" });
    const sections = options.sections.length === 0 ? FACT_SECTIONS : options.sections;
    const found = await interrupt.race(session.facts(sections));
    return () => {
      view.facts(label, found);
      return { exitCode: EXIT.ok, result: "read" };
    };
  });
  return resultOf(results, view);
};
