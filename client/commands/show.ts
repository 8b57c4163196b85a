import { summarise } from "../../shared/plan.ts";
import { savedContents } from "../artifact/saved-contents.ts";
import { targetOf } from "../artifact/reach.ts";
import { EXIT } from "../cli/exit-code.ts";
import { createdTexts } from "../operate/created-texts.ts";
import { readArtifacts } from "./artifacts.ts";
import type { Command } from "./command.ts";

/** Shows what plan files hold, after they were found to be whole and unchanged. Contacts no host. */
export const show: Command = async (context) => {
  const { view, options } = context;
  for (const { file, artifact, plan } of await readArtifacts(context)) {
    const { manifest, reach, contents, diagnostics } = artifact;
    const target = targetOf(manifest.host, reach);
    const label = reach.kind === "local" ? "local" : target.flags.replace(/^--ssh /, "");
    const host = { host: manifest.host, label, target: target.flags };
    view.artifact({ ...host, file, artifact });
    if (diagnostics.length > 0) view.diagnostics(diagnostics, manifest.host);
    const texts = await createdTexts(plan, savedContents(contents));
    view.plan({ ...host, plan, summary: summarise(plan), texts, full: options.full });
  }
  return { exitCode: EXIT.ok, hosts: [] };
};
