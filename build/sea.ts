import { chmod, copyFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { runCommand } from "./command.ts";
import type { Launcher } from "./toolchain.ts";

/**
 * How Node is started inside the agent. Nothing from the outside can add to it: `execArgvExtension: "none"` makes the agent deaf to
 * NODE_OPTIONS.
 *
 * Measured on x64 with 1,000 small files planned, applied and planned again (peak RSS, most of it Node's own mapped code) and the median start:
 *   semi-space 1, old space 512       89.0 MB, 43.9 ms
 *   the same, --v8-pool-size=1        82.9 MB, 44.5 ms
 *   the same, --single-threaded       79.0 MB, 41.8 ms   (chosen: an agent has no use for V8's helper threads)
 * A larger young generation costs 6 MB more; --optimize-for-size saves memory too, but a flag that changes how code is compiled makes
 * V8 refuse the cached code of Node's own modules, and an agent then starts in 58 ms in place of 47.
 * 512 MB is a bound, not an expectation: an agent gone wrong shall end by itself, not by the host's out-of-memory killer.
 */
const EXEC_ARGV = [
  "--max-semi-space-size=1",
  "--max-old-space-size=512",
  "--single-threaded",
] as const;

/** Where the runtime looks for the blob: the section's name, and the mark that tells it that there is one. */
const RESOURCE = "NODE_SEA_BLOB";
const FUSE = "NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2";

/** File names in the working folder. They are relative because the blob carries them, and the checkout's place must not matter. */
const CODE = "agent.cjs";
const BLOB = "agent.blob";
const CONFIG = "sea-config.json";

/**
 * The code cache holds for one processor kind and one V8, so the target's own runtime writes it, under qemu where need be. It was tried
 * on older and newer processors of both kinds: V8 accepts it on all. It saves 8 of 52 ms per start on x64; under qemu, 70 of 935 ms.
 */
const SEA_CONFIG = {
  main: CODE,
  output: BLOB,
  disableExperimentalSEAWarning: true,
  useSnapshot: false,
  useCodeCache: true,
  execArgv: EXEC_ARGV,
  execArgvExtension: "none",
} as const;

const require = createRequire(import.meta.url);
const { version: postjectVersion } = require("postject/package.json") as { version: string };

/** Everything but the code and the runtime that decides over the bytes of an agent. */
export const SEA_RECIPE = { config: SEA_CONFIG, postject: postjectVersion, recipe: 1 } as const;

const BLOB_TIMEOUT_MS = 60_000;
const INJECT_TIMEOUT_MS = 2 * 60_000;

interface SeaOptions {
  /** The bundled program, CommonJS. */
  readonly code: string;
  /** Path of the target's stripped Node. */
  readonly runtime: string;
  /** How to run the target's binaries on this machine. */
  readonly launch: Launcher;
  /** An existing folder for the files in between; they are gone afterwards. */
  readonly folder: string;
  readonly output: string;
}

/** Writes a single executable: the runtime with the code and its code cache injected. Same inputs, same bytes. */
export async function makeSea({
  code,
  runtime,
  launch,
  folder,
  output,
}: SeaOptions): Promise<void> {
  await writeFile(join(folder, CODE), code);
  await writeFile(join(folder, CONFIG), JSON.stringify(SEA_CONFIG));
  // Without a fixed seed the cache's bytes follow that process's random string hashes. V8 leaves the seed out of the flags that a
  // cache must match, so agents keep random hashes when they run. The environment is empty for NODE_OPTIONS' sake.
  await runCommand({
    argv: [
      ...launch(runtime),
      ...EXEC_ARGV,
      "--random-seed=1",
      "--experimental-sea-config",
      CONFIG,
    ],
    cwd: folder,
    env: {},
    timeoutMs: BLOB_TIMEOUT_MS,
  });
  await copyFile(runtime, output);
  await chmod(output, 0o755);
  await inject(output, folder);
  await Promise.all([CODE, BLOB, CONFIG].map((name) => rm(join(folder, name))));
}

/**
 * postject in a process of its own: its work is synchronous, takes a second and 850 MB, and prints a warning about `.note` that
 * concerns nobody. So two targets are injected side by side and all of it is given back.
 */
async function inject(executable: string, folder: string): Promise<void> {
  await runCommand({
    argv: [
      process.execPath,
      require.resolve("postject/dist/cli.js"),
      executable,
      RESOURCE,
      BLOB,
      "--sentinel-fuse",
      FUSE,
    ],
    cwd: folder,
    env: {},
    timeoutMs: INJECT_TIMEOUT_MS,
  });
}
