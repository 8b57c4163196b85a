import { resolve } from "node:path";
import { summarise } from "../../shared/plan.ts";
import { savedContents } from "../artifact/saved-contents.ts";
import { readAllowedSigners, signersOf } from "../artifact/signatures.ts";
import { EXIT } from "../cli/exit-code.ts";
import { createdTexts } from "../operate/created-texts.ts";
import { readArtifacts } from "./artifacts.ts";
import { savedHost } from "./saved-host.ts";
import type { Command } from "./command.ts";

/** Shows what plan files hold, after they were found to be whole and unchanged. Contacts no host. */
export const show: Command = async (context) => {
  const { view, options, cwd } = context;
  const { allowedSigners: list } = options;
  const allowed = list === undefined ? undefined : await readAllowedSigners(resolve(cwd, list));
  for (const { file, artifact, plan } of await readArtifacts(context)) {
    const { contents, diagnostics } = artifact;
    const host = savedHost(artifact);
    const verified = allowed === undefined ? undefined : signersOf(artifact, allowed);
    view.artifact({ ...host, file, artifact, verified });
    if (diagnostics.length > 0) view.diagnostics(diagnostics, host.host);
    const texts = await createdTexts(plan, savedContents(contents));
    view.plan({ ...host, plan, summary: summarise(plan), texts });
  }
  return { exitCode: EXIT.ok, hosts: [] };
};
