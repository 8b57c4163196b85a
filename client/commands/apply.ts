import { dirname, resolve } from "node:path";
import { HostKitError } from "../../shared/diagnostic.ts";
import { kindOf } from "../../shared/resources/registry.ts";
import { referenceText } from "../../shared/secret.ts";
import { targetOf } from "../artifact/reach.ts";
import { checkSigned, readAllowedSigners } from "../artifact/signatures.ts";
import { cliFault } from "../cli/faults.ts";
import { checkTargetOptions, namesDeclaredHosts, resolveTargets } from "../cli/target.ts";
import { findConfig } from "../compile/find-config.ts";
import { planAgain } from "../operate/plan-again.ts";
import type { Target } from "../operate/target.ts";
import { type NamedArtifact, readArtifacts } from "./artifacts.ts";
import type { Command, Context } from "./command.ts";
import { load } from "./load.ts";
import { planAndApply } from "./plan-and-apply.ts";
import { checkAsking } from "./review.ts";

/** Applies exactly what was saved, or refuses. */
export const apply: Command = async (context) => {
  checkAsking("apply", context, "; hostkit show shows what is in it");
  const artifacts = await readArtifacts(context);
  checkHosts(artifacts);
  const isTrusted = await checkSigners(artifacts, context);
  if (!isTrusted) for (const each of artifacts) checkCommands(each, context);
  const { wait } = context.options;
  const directory = directoryOf(context);
  const work = await targetsFor(artifacts, context, isTrusted);
  return planAndApply(
    work,
    ({ artifact, plan, ...target }) =>
      planAgain(target, { artifact, plan, directory, wait }, context),
    context,
  );
};

/** The second one of a host would be stale when its turn came. */
function checkHosts(artifacts: readonly NamedArtifact[]): void {
  const files = new Map<string, string>();
  for (const { file, plan } of artifacts) {
    const first = files.get(plan.host.machineId);
    if (first !== undefined) {
      throw cliFault(
        "HK5006",
        `${first} and ${file} are plans of the same host, which moves when one of them is applied. Apply one of them, and make a new plan of what is left.`,
      );
    }
    files.set(plan.host.machineId, file);
  }
}

/** Whether everything in the files is vouched for; throws where it should be and is not. */
async function checkSigners(
  artifacts: readonly NamedArtifact[],
  { options, cwd }: Context,
): Promise<boolean> {
  if (options.allowedSigners === undefined) return false;
  const allowed = await readAllowedSigners(resolve(cwd, options.allowedSigners));
  for (const { file, artifact } of artifacts) checkSigned(file, artifact, allowed);
  return true;
}

type Work = Target & Pick<NamedArtifact, "artifact" | "plan">;

/** Each where it was planned, unless somebody says where. */
async function targetsFor(
  artifacts: readonly NamedArtifact[],
  context: Context,
  isTrusted: boolean,
): Promise<Work[]> {
  const { options } = context;
  const isNamed = options.host.length > 0 || options.ssh !== undefined || options.local;
  const [first, ...others] = artifacts;
  if (!isNamed || first === undefined) {
    return artifacts.map(({ artifact, plan }) => {
      const { manifest, reach } = artifact;
      return { ...targetOf(manifest.host, reach, isTrusted), artifact, plan };
    });
  }
  if (others.length > 0) {
    throw cliFault(
      "HK5006",
      `Each plan file says where it was made, and a target can be named for one of them only. Leave it out, or apply them one by one.`,
    );
  }
  if (options.host.length > 1) {
    throw cliFault("HK5006", `${first.file} is of one host, and several were named. Name one.`);
  }
  checkTargetOptions(options);
  const targets = await namedTargets(first, context);
  return targets.map((target) => ({ ...target, artifact: first.artifact, plan: first.plan }));
}

async function namedTargets(named: NamedArtifact, context: Context): Promise<Target[]> {
  const { options } = context;
  if (!namesDeclaredHosts(options)) return resolveTargets(options, [], context);
  const { project } = await load(context);
  const targets = resolveTargets(options, project.hosts, context);
  const { manifest } = named.artifact;
  const isTheirs = project.name === manifest.project;
  if (isTheirs && targets.every(({ declared }) => declared === manifest.host)) return targets;
  throw cliFault(
    "HK5082",
    `${named.file} is of the host ${manifest.host} of the project ${manifest.project}, and the declaration names ${isTheirs ? `the host ${targets.map(({ name }) => name).join(", ")}` : `the project ${project.name}`}. Nothing was contacted. Leave the target out to reach the host as it was when it was planned, or name it by --ssh.`,
  );
}

/** Where relative paths of secrets start from: the declaration's directory, which is not read, else the working directory. */
function directoryOf({ options, cwd }: Context): string {
  try {
    return dirname(findConfig({ config: options.config, cwd }));
  } catch (error) {
    if (options.config === undefined && error instanceof HostKitError) return cwd;
    throw error;
  }
}

/** A file that somebody handed over must not be able to run programs here. */
function checkCommands({ file, artifact }: NamedArtifact, { options }: Context): void {
  if (options.allowCommands) return;
  const commands = artifact.manifest.resources
    .flatMap(({ kind, desired }) => kindOf(kind).secrets?.(desired) ?? [])
    .flatMap(({ secret }) => (secret.from === "command" ? [referenceText(secret)] : []));
  if (commands.length === 0) return;
  throw cliFault(
    "HK5085",
    `${file} has secrets whose values are printed by commands, which would be run on this machine:\n${[...new Set(commands)].map((each) => `  ${each}`).join("\n")}\nNothing was run or contacted. Let --allowed-signers say whose signature is enough; or, when you trust the file, add --allow-commands.`,
  );
}
