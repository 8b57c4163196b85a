import { resolve } from "node:path";
import { createArtifact } from "../artifact/create-artifact.ts";
import { reachOf } from "../artifact/reach.ts";
import { checkPlace, writeArtifactFile } from "../artifact/write-artifact-file.ts";
import { cliFault } from "../cli/faults.ts";
import type { DeclaredPlan } from "../operate/planned-host.ts";
import type { DeclaredTarget } from "../operate/target.ts";
import type { Context } from "./command.ts";
import { signerOf } from "./signer-of.ts";
import { hostLabel } from "./host-label.ts";

/** Stands for the host's name in `--out`. */
const HOST = "{host}";

/** Saves plans where that was asked for; made before anybody is contacted, so that what is in the way is told by then. */
export async function plansSaver(
  targets: readonly DeclaredTarget[],
  context: Context,
): Promise<((planned: DeclaredPlan) => Promise<void>) | undefined> {
  const { out, sign } = context.options;
  if (out === undefined) {
    if (sign === undefined) return undefined;
    throw cliFault("HK5006", "--sign signs the file that --out names. Add --out, or leave it out.");
  }
  if (targets.length > 1 && !out.includes(HOST)) {
    throw cliFault(
      "HK5006",
      `--out names one file, and ${targets.length} hosts are meant: a plan file is of one host. Write --out 'plan-${HOST}.json', or name one host.`,
    );
  }
  for (const { name } of targets) await checkPlace(pathOf(name, out, context));
  const signer = await signerOf(context);
  return async (planned) => {
    const { target, session } = planned;
    const reach = reachOf(target, session);
    const plain = await createArtifact({ ...planned, reach, hostkit: context.version });
    const signatures = signer === undefined ? [] : [await signer.sign(plain.digest)];
    const artifact = { ...plain, signatures };
    await writeArtifactFile(pathOf(target.name, out, context), artifact);
    context.view.saved({ ...hostLabel(planned), file: nameOf(target.name, out), artifact });
  };
}

const nameOf = (host: string, out: string) => out.replaceAll(HOST, host);
const pathOf = (host: string, out: string, { cwd }: Context) => resolve(cwd, nameOf(host, out));
