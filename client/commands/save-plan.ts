import { resolve } from "node:path";
import { createArtifact } from "../artifact/create-artifact.ts";
import { reachOf } from "../artifact/reach.ts";
import { checkPlace, writeArtifactFile } from "../artifact/write-artifact-file.ts";
import { cliFault } from "../cli/faults.ts";
import type { DeclaredPlan } from "../operate/planned-host.ts";
import type { DeclaredTarget } from "../operate/target.ts";
import type { Context } from "./command.ts";
import { hostLabel } from "./host-label.ts";

/** Stands for the host's name in `--out`. */
const HOST = "{host}";

/** Refuses, before anybody is contacted, files that can't be written, and one file for several hosts. */
export async function checkOut(
  targets: readonly DeclaredTarget[],
  context: Context,
): Promise<void> {
  const { out } = context.options;
  if (out === undefined) return;
  if (targets.length > 1 && !out.includes(HOST)) {
    throw cliFault(
      "HK5006",
      `--out names one file, and ${targets.length} hosts are meant: a plan file is of one host. Write --out 'plan-${HOST}.json', or name one host.`,
    );
  }
  for (const { name } of targets) await checkPlace(pathOf(name, out, context));
}

/** Writes a plan file, where one was asked for. */
export async function savePlan(planned: DeclaredPlan, context: Context): Promise<void> {
  const { out } = context.options;
  if (out === undefined) return;
  const { target, session } = planned;
  const artifact = await createArtifact({
    ...planned,
    reach: reachOf(target, session),
    hostkit: context.version,
  });
  await writeArtifactFile(pathOf(target.name, out, context), artifact);
  context.view.saved({ ...hostLabel(planned), file: nameOf(target.name, out), artifact });
}

const nameOf = (host: string, out: string) => out.replaceAll(HOST, host);
const pathOf = (host: string, out: string, { cwd }: Context) => resolve(cwd, nameOf(host, out));
