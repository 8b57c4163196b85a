import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { HostKitError } from "../shared/diagnostic.ts";
import { buildAgents } from "./agents.ts";
import { defaultCacheRoot } from "./cache.ts";
import { buildClient } from "./client.ts";
import { megabytes } from "./size.ts";
import { formatTable, reportSteps } from "./steps.ts";
import { TARGETS, type Target, isTarget } from "./targets.ts";

const USAGE = `Usage: npm run build -- [--client] [--target ${TARGETS.join("|")}]…

Builds the client and the agents into dist/. --client builds the client alone. --target limits the agents and may be repeated;
dist/agent then holds only those.
`;

const root = fileURLToPath(new URL("..", import.meta.url));

async function build(only: { client: boolean; targets: readonly Target[] }): Promise<void> {
  const { version } = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as {
    version: string;
  };
  const step = reportSteps((line) => console.log(line));
  const client = await step("client bundle", () =>
    buildClient({
      root,
      version,
      command: "client/main.ts",
      library: "client/declare/index.ts",
      api: "client/api/index.ts",
      output: join(root, "dist/client"),
    }),
  );
  const agents = only.client
    ? []
    : await buildAgents({
        root,
        version,
        entry: "agent/main.ts",
        targets: only.targets,
        output: join(root, "dist/agent"),
        cacheRoot: defaultCacheRoot(),
        step,
      });
  const chunks = [...client.chunks.values()];
  const rows = [
    ["dist", "raw", "gzip", "agent id"],
    ...[...client.entries].map(([name, size]) => [`client/${name}`, megabytes(size), "", ""]),
    [
      `client, ${chunks.length} chunks`,
      megabytes(chunks.reduce((sum, size) => sum + size, 0)),
      "",
      "",
    ],
    ...agents.map(({ target, size, compressedSize, agentId }) => [
      `agent/${target}`,
      megabytes(size),
      megabytes(compressedSize),
      agentId.slice(0, 12),
    ]),
  ];
  console.log(`\n${formatTable(rows).join("\n")}`);
}

function readArguments(): { client: boolean; targets: readonly Target[] } | string {
  try {
    const { values } = parseArgs({
      options: {
        client: { type: "boolean", default: false },
        target: { type: "string", multiple: true },
      },
    });
    const named = values.target ?? [];
    const unknown = named.find((name) => !isTarget(name));
    if (unknown !== undefined) return `There is no target ${unknown}.`;
    if (values.client && named.length > 0)
      return "--client builds no agent, so --target has nothing to limit.";
    const targets =
      named.length === 0 ? TARGETS : TARGETS.filter((target) => named.includes(target));
    return { client: values.client, targets };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

const given = readArguments();
if (typeof given === "string") {
  console.error(`${given}\n\n${USAGE}`);
  process.exitCode = 64;
} else {
  try {
    await build(given);
  } catch (error) {
    if (!(error instanceof HostKitError)) throw error;
    for (const { code, summary, detail } of error.diagnostics)
      console.error(`\n${code} ${summary}\n${detail}`);
    process.exitCode = 1;
  }
}
