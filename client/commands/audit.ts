import { countDrift, type DriftCounts } from "../../shared/drift.ts";
import { EXIT, type ExitCode, exitCodeOf } from "../cli/exit-code.ts";
import { createdTexts } from "../operate/created-texts.ts";
import type { Command } from "./command.ts";
import { resultOf } from "./hosts.ts";
import { onEachDeclared } from "./look.ts";

/** Shows what is not as declared, and whose doing it is. Changes nothing, and has no way to. */
export const audit: Command = async (context) => {
  const { view, options, interrupt } = context;
  const results = await onEachDeclared(context, async (looking) => {
    const { session, label, manifest, contents, secrets } = looking;
    const answer = await interrupt.race(session.audit(manifest, contents, secrets));
    const { findings, asDeclared, diagnostics } = answer;
    const changes = findings.map(({ change }) => change);
    const texts = await createdTexts({ changes }, contents);
    return () => {
      const errors = diagnostics.filter(({ severity }) => severity === "error");
      if (diagnostics.length > 0) view.diagnostics(diagnostics, label.host);
      const { selection, resources } = manifest;
      const looked = { findings, asDeclared, selection, declared: resources.length };
      view.audit({ ...label, ...looked, texts });
      const found: ExitCode = findings.length > 0 && options.exitCode ? EXIT.changes : EXIT.ok;
      const exitCode = errors.length > 0 ? exitCodeOf(errors) : found;
      return { exitCode, result: resultText(countDrift(findings), errors.length) };
    };
  });
  return resultOf(results, view);
};

function resultText({ outside, pending, both }: DriftCounts, errors: number): string {
  const parts = [
    [outside, "changed outside"],
    [pending, "not yet applied"],
    [both, "both"],
    [errors, "not to be told"],
  ] as const;
  const told = parts.filter(([count]) => count > 0).map(([count, words]) => `${count} ${words}`);
  return told.length === 0 ? "no drift" : told.join(", ");
}
