import { readFile } from "node:fs/promises";
import { type BuiltAgent, buildAgent } from "./agent.ts";
import { type BundleSource, bundleAgent } from "./bundle.ts";
import { collectLicenses } from "./licenses.ts";
import { LICENSES, writeOutput } from "./output.ts";
import { checkCode } from "./size.ts";
import { type StrippedRuntime, obtainRuntime } from "./stripped-runtime.ts";
import { RUNTIMES } from "./runtimes.ts";
import type { Step } from "./steps.ts";
import type { Target } from "./targets.ts";

interface AgentsOptions extends BundleSource {
  readonly entry: string;
  readonly targets: readonly Target[];
  readonly output: string;
  readonly cacheRoot: string;
  readonly step: Step;
}

/**
 * Builds the agents side by side and makes the output folder hold exactly them: compressed, with the table that the client reads.
 * A build of fewer targets therefore removes the others, which would be agents of other sources.
 */
export async function buildAgents(options: AgentsOptions): Promise<readonly BuiltAgent[]> {
  const { root, entry, version, targets, output, step } = options;
  const bundle = await step("agent bundle", () => bundleAgent({ root, entry, version }));
  const [file] = bundle.files;
  if (file === undefined) throw new Error("esbuild wrote no file for the agent.");
  checkCode(file.text);
  const made = await settle(
    targets.map((target) => buildOne({ ...options, target, code: file.text })),
  );
  const [first] = made;
  if (first === undefined) throw new Error("No target was given.");
  const licenses = await collectLicenses({
    root,
    packages: bundle.packages,
    others: { "Node.js": await readFile(first.runtime.license.path, "utf8") },
  });
  const agents = made.map(({ agent }) => agent);
  await writeOutput(output, [
    { name: LICENSES, text: licenses },
    ...agents.map(({ target, compressedPath }) => ({
      name: fileName(target),
      copyOf: compressedPath,
    })),
    { name: "agents.json", text: `${JSON.stringify(agentTable(agents), null, 2)}\n` },
  ]);
  return agents;
}

interface OneAgentOptions extends AgentsOptions {
  readonly target: Target;
  readonly code: string;
}

async function buildOne({
  target,
  code,
  cacheRoot,
  step,
}: OneAgentOptions): Promise<{ runtime: StrippedRuntime; agent: BuiltAgent }> {
  const runtime = await step(`${target} runtime`, () =>
    obtainRuntime({ target, pin: RUNTIMES[target], cacheRoot }),
  );
  const agent = await step(`${target} agent`, () =>
    buildAgent({ target, code, runtime, cacheRoot }),
  );
  return { runtime, agent };
}

/** Waits for all before it fails with the first failure: a build that goes on after its error leaves files behind. */
async function settle<T>(work: readonly Promise<T>[]): Promise<readonly T[]> {
  await Promise.allSettled(work);
  return Promise.all(work);
}

function fileName(target: Target): string {
  return `hostkit-agent-${target}.gz`;
}

function agentTable(agents: readonly BuiltAgent[]): Record<string, object> {
  return Object.fromEntries(
    agents.map(({ target, agentId, size, compressedSize }) => [
      target,
      { agentId, size, compressedSize, file: fileName(target) },
    ]),
  );
}
