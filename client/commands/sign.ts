import { resolve } from "node:path";
import { writeArtifactFile } from "../artifact/write-artifact-file.ts";
import { EXIT } from "../cli/exit-code.ts";
import { cliFault } from "../cli/faults.ts";
import { readArtifacts } from "./artifacts.ts";
import { savedHost } from "./saved-host.ts";
import { signerOf } from "./signer-of.ts";
import type { Command } from "./command.ts";

/** Adds a signature to plan files. Contacts no host. */
export const sign: Command = async (context) => {
  if (context.options.sign === undefined) {
    throw cliFault("HK5011", "Name the key to sign with: --sign ~/.ssh/id_ed25519.");
  }
  const artifacts = await readArtifacts(context);
  const signer = await signerOf(context);
  for (const { file, artifact } of artifacts) {
    const signature = await signer?.sign(artifact.digest);
    const signatures = [
      ...new Set([...artifact.signatures, ...(signature === undefined ? [] : [signature])]),
    ];
    const signed = { ...artifact, signatures };
    await writeArtifactFile(resolve(context.cwd, file), signed);
    context.view.saved({ ...savedHost(artifact), file, artifact: signed });
  }
  return { exitCode: EXIT.ok, hosts: [] };
};
