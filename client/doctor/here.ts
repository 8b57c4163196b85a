import { didYouMean } from "../../shared/nearest-name.ts";
import { HostKitError } from "../../shared/diagnostic.ts";
import { FLAGS, type FlagName, variableOf } from "../cli/flags.ts";
import type { Environment } from "../cli/options.ts";
import { type Check, ok, unwell } from "./check.ts";
import { complaint } from "./problems.ts";
import type { Surroundings } from "./surroundings.ts";

/** What HostKit itself needs of the machine that it runs on. */

export function checkNode({ node, engines }: Surroundings): Check {
  const wanted = /^>=\s*(\d+(?:\.\d+)*)$/.exec(engines)?.[1];
  if (wanted === undefined || isAtLeast(node, wanted)) return ok("Node.js", node);
  return unwell(
    "Node.js",
    complaint(
      "HK5070",
      `This is Node.js ${node}, and HostKit needs ${engines}. What fails with it fails in odd ways. Install a newer one (nodejs.org, or your system's packages) and run hostkit with it.`,
    ),
    node,
  );
}

function isAtLeast(version: string, wanted: string): boolean {
  const [have, need] = [version, wanted].map((text) => text.split(".").map(Number));
  for (const [index, part] of (need ?? []).entries()) {
    const own = have?.[index] ?? 0;
    if (own !== part) return own > part;
  }
  return true;
}

export async function checkAgents(surroundings: Surroundings): Promise<Check[]> {
  try {
    const artifacts = await surroundings.artifacts();
    return await Promise.all(
      artifacts.map(async (artifact): Promise<Check> => {
        const { target, agentId, path } = artifact;
        const name = `agent for ${target}`;
        const digest = await surroundings.digestOf(artifact).catch(() => "damaged");
        if (digest === agentId) return ok(name, agentId.slice(0, 12));
        return unwell(
          name,
          complaint(
            "HK5076",
            `${path} unpacks to ${digest === "damaged" ? "nothing: it is damaged" : `another program (sha256 ${digest.slice(0, 12)})`}, and agents.json says ${agentId.slice(0, 12)}. Hosts refuse it. In a source tree run npm run build; else install the package again.`,
          ),
        );
      }),
    );
  } catch (error) {
    return failures("agents", error);
  }
}

/** Variables that look as if they were meant for HostKit. */
const ALSO_READ = ["HOSTKIT_CACHE_DIR"];

export function checkVariables(env: Environment): Check[] {
  const flags = (Object.keys(FLAGS) as FlagName[]).map(variableOf);
  const set = Object.keys(env).filter((name) => name.startsWith("HOSTKIT_") && env[name] !== "");
  const stale = set.filter((name) => !flags.includes(name) && !ALSO_READ.includes(name));
  const used = set.filter((name) => flags.includes(name));
  if (stale.length === 0)
    return [ok("variables", used.length === 0 ? "none set" : used.join(", "))];
  return stale.map((name) =>
    unwell(
      "variables",
      complaint(
        "HK5075",
        `${name} is set, and no flag is called so: nothing reads it.${didYouMean(name, flags)} Unset it, or correct its name.`,
      ),
      name,
    ),
  );
}

/** How what is shown is shown, for whoever wonders why it looks as it does. */
export function checkTerminal(env: Environment, { canAsk }: { readonly canAsk: boolean }): Check[] {
  const set = (name: string) => {
    const value = env[name];
    return value === undefined || value === "" ? [] : [`${name}=${value}`];
  };
  const told = (name: string, variables: readonly string[], otherwise: string) => {
    const found = variables.flatMap(set).join(", ");
    return ok(name, found === "" ? otherwise : found, { detail: true });
  };
  return [
    told("terminal", ["TERM", "COLUMNS", "CI"], "TERM is not set"),
    told("colour", ["HOSTKIT_COLOR", "NO_COLOR", "FORCE_COLOR"], "where somebody looks"),
    told("locale", ["LC_ALL", "LC_CTYPE", "LANG"], "not set"),
    ok("questions", canAsk ? "can be asked" : "nobody can be asked", { detail: true }),
  ];
}

/** A check for each thing that is wrong; what nobody could cause is thrown on. */
export function failures(name: string, error: unknown): Check[] {
  if (!(error instanceof HostKitError)) throw error;
  return error.diagnostics.map((diagnostic) => unwell(name, diagnostic));
}
