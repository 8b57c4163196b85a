import { execFile, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { buildAgents } from "../../build/agents.ts";
import { bundleAgent } from "../../build/bundle.ts";
import { defaultCacheRoot } from "../../build/cache.ts";
import { findProgram } from "../../build/command.ts";
import { sha256File } from "../../build/digest.ts";
import { RUNTIMES, RUNTIME_VERSION } from "../../build/runtimes.ts";
import { makeSea } from "../../build/sea.ts";
import { obtainRuntime } from "../../build/stripped-runtime.ts";
import { TARGETS, type Target } from "../../build/targets.ts";
import { type Launcher, launcher, stripProgram } from "../../build/toolchain.ts";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../..", import.meta.url));
const entry = fileURLToPath(new URL("./fixtures/hello-agent.ts", import.meta.url));
const BUILD_MS = 5 * 60_000;

/** Why a target cannot be built here. Where everything has to be proven, nothing is skipped and the build's own failure shows. */
async function obstacle(target: Target): Promise<string | undefined> {
  if (process.env["CI"] !== undefined) return undefined;
  try {
    await stripProgram(target);
    await launcher(target);
    return undefined;
  } catch (error) {
    return String(error);
  }
}

let folder: string;
let cacheRoot: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "hostkit-agents-test-"));
  // The runtimes come from the machine's cache, what is built here does not go there.
  cacheRoot = join(folder, "cache");
  await mkdir(cacheRoot);
  for (const shelf of ["packages", "runtimes"]) {
    const shared = join(defaultCacheRoot(), shelf);
    await mkdir(shared, { recursive: true });
    await symlink(shared, join(cacheRoot, shelf));
  }
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe.each(TARGETS)("the %s agent", { timeout: 120_000 }, (target) => {
  let reason: string | undefined;
  let output: string;
  let agent: string;
  let agentId: string;
  let launch: Launcher;

  const build = () =>
    buildAgents({
      root,
      version: "1.2.3",
      entry,
      targets: [target],
      output,
      cacheRoot,
      step: (_, work) => work(),
    });

  const start = async (env: NodeJS.ProcessEnv = {}) => {
    const [program, ...args] = launch(agent);
    return run(program, args, { env, timeout: 60_000 });
  };

  beforeAll(async () => {
    reason = await obstacle(target);
    if (reason !== undefined) return;
    output = join(folder, "dist", target);
    const [built] = await build();
    if (built === undefined) throw new Error("No agent was built.");
    ({ path: agent, agentId } = built);
    launch = await launcher(target);
  }, BUILD_MS);

  beforeEach(({ skip }) => skip(reason !== undefined, reason));

  test("runs the bundle on the pinned runtime, with the flags it was built for", async () => {
    const { stdout, stderr } = await start();
    expect(JSON.parse(stdout)).toEqual({
      hello: "from the agent",
      version: "1.2.3",
      node: RUNTIME_VERSION,
      arch: target.replace("linux-", ""),
      execArgv: ["--max-semi-space-size=1", "--max-old-space-size=512", "--single-threaded"],
      nativeDisabled: "true",
    });
    // Nothing on stderr also means that the code cache was accepted; the last test shows what is said otherwise.
    expect(stderr).toBe("");
  });

  test("is deaf to NODE_OPTIONS", async () => {
    const plain = await start();
    // An emulator hands its own environment on.
    const deaf = await start({
      NODE_OPTIONS: "--no-opt --require /nonexistent.js --title=changed",
    });
    expect(deaf).toEqual(plain);
  });

  test("is described by the table that the client reads", async () => {
    const table = JSON.parse(await readFile(join(output, "agents.json"), "utf8")) as unknown;
    const file = `hostkit-agent-${target}.gz`;
    const compressed = await readFile(join(output, file));
    const plain = gunzipSync(compressed);
    expect(createHash("sha256").update(plain).digest("hex")).toBe(agentId);
    expect(table).toEqual({
      [target]: { agentId, size: plain.length, compressedSize: compressed.length, file },
    });
    expect((await readdir(output)).toSorted()).toEqual([
      "THIRD-PARTY-LICENSES.txt",
      "agents.json",
      file,
    ]);
  });

  test("needs only what every distribution with glibc 2.28 has", async ({ skip }) => {
    const readelf = await findProgram(["readelf"]);
    skip(readelf === undefined, "readelf is missing: apt-get install binutils");
    const { stdout } = await run(readelf ?? "", ["--dynamic", "--version-info", "--wide", agent], {
      maxBuffer: 64 * 1024 * 1024,
      timeout: 60_000,
    });
    const needed = new Set([...stdout.matchAll(/\(NEEDED\).*\[(.*?)\]/g)].map(([, name]) => name));
    const loader = target === "linux-x64" ? "ld-linux-x86-64.so.2" : "ld-linux-aarch64.so.1";
    const everywhere = [
      loader,
      "libc.so.6",
      "libdl.so.2",
      "libgcc_s.so.1",
      "libm.so.6",
      "libpthread.so.0",
      "libstdc++.so.6",
    ];
    expect(needed).toEqual(new Set(everywhere));
    const glibc = [...stdout.matchAll(/Name: GLIBC_2\.(\d+)/g)].map(([, minor]) => Number(minor));
    expect(Math.max(...glibc)).toBeLessThanOrEqual(28);
  });

  test("is taken from the cache while whole, and built again when not", async () => {
    expect((await build()).map(({ origin }) => origin)).toEqual(["cached"]);
    await writeFile(`${agent}.gz`, "damaged");
    const [again] = await build();
    expect(again).toMatchObject({ origin: "rebuilt", agentId });
    expect(await sha256File(agent)).toBe(agentId);
  });

  test("with a code cache made under other flags would say so", async () => {
    const { files } = await bundleAgent({ root, version: "1.2.3", entry });
    const runtime = await obtainRuntime({ target, pin: RUNTIMES[target], cacheRoot });
    const work = await mkdtemp(join(folder, "other-flags-"));
    const other = join(work, "agent");
    await makeSea({
      code: files[0]?.text ?? "",
      runtime: runtime.node.path,
      launch: (binary) => [...launch(binary), "--no-opt"],
      folder: work,
      output: other,
    });
    const [program, ...args] = launch(other);
    const { stderr } = await run(program, args, { env: {}, timeout: 60_000 });
    expect(stderr).toContain("Code cache data rejected");
  });

  test("starts quickly (printed, not judged)", () => {
    const [program, ...args] = launch(agent);
    // Under qemu a start takes near a second and says little.
    const times = Array.from({ length: args.length === 0 ? 20 : 3 }, () => {
      const startedMs = performance.now();
      spawnSync(program, args, { env: {}, timeout: 60_000 });
      return performance.now() - startedMs;
    }).toSorted((a, b) => a - b);
    const [fastest = 0, middle = 0] = [times[0], times[times.length >> 1]];
    process.stdout.write(
      `${target} start: median ${middle.toFixed(0)} ms, fastest ${fastest.toFixed(0)} ms\n`,
    );
    expect(fastest).toBeGreaterThan(0);
  });
});
