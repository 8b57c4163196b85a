import { EXIT } from "../cli/exit-code.ts";
import type { Command } from "./command.ts";
import { resultOf } from "./hosts.ts";
import { onEachDeclared } from "./look.ts";

/** Shows what the host has of all that is declared. Changes nothing, and has no way to. */
export const read: Command = async (context) => {
  const { view, interrupt } = context;
  const results = await onEachDeclared(context, async (looking) => {
    const { session, label, manifest, secrets } = looking;
    const { found, diagnostics } = await interrupt.race(session.read(manifest, secrets));
    return () => {
      if (diagnostics.length > 0) view.diagnostics(diagnostics, label.host);
      view.found({ ...label, found, selection: manifest.selection });
      const there = found.filter(({ state }) => state === "present").length;
      return { exitCode: EXIT.ok, result: `${there} of ${found.length} present` };
    };
  });
  return resultOf(results, view);
};
