import { createHash, randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { buildImage, imageRecipe } from "./image-build.ts";
import { lock } from "./kernel-lock.ts";
import { runTool } from "./run-tool.ts";

export interface ImageOptions {
  readonly cacheDirectory?: string;
  readonly recipe?: object;
  /** Writes the root as a tar file to the given path. */
  readonly build?: (tarFile: string) => Promise<void>;
}

export interface Image {
  readonly tarFile: string;
  /** The same, unpacked: the read-only lower layer of every host. Nobody writes here. */
  readonly rootDirectory: string;
}

/** Longer than a build takes on a slow machine, because a second caller waits for the first one's build. */
const lockTimeoutMs = 900_000;
const abandonedAfterMs = 3_600_000;
/** Absent when somebody cleaned inside the unpacked root. */
const sentinels = ["etc/os-release", "usr/sbin/sshd", "usr/lib/systemd/systemd"];

/**
 * The image of the test hosts, from the cache if it is there and whole. Safe to call from any number of processes: one
 * builds, the others wait for it.
 */
export async function ensureImage(options: ImageOptions = {}): Promise<Image> {
  const recipe = JSON.stringify(options.recipe ?? imageRecipe);
  const directory = join(
    options.cacheDirectory ?? imageCacheDirectory(process.env),
    sha256(recipe).slice(0, 16),
  );
  const image = { tarFile: join(directory, "root.tar"), rootDirectory: join(directory, "root") };
  if (await isUnpacked(image)) return image;

  await mkdir(directory, { recursive: true, mode: 0o755 });
  const held = await lock(`hostkit-test-image-${sha256(directory)}`, lockTimeoutMs);
  try {
    if (await isUnpacked(image)) return image;
    await removeAbandoned(directory);
    if ((await tarState(image.tarFile)) !== "whole")
      await publishTar(image.tarFile, options.build ?? buildImage);
    await unpack(image);
    return image;
  } finally {
    await held.release();
  }
}

export function imageCacheDirectory(environment: NodeJS.ProcessEnv): string {
  const cache =
    environment["HOSTKIT_CACHE_DIR"] ??
    join(environment["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "hostkit");
  return join(cache, "images");
}

export type TarState = "missing" | "corrupt" | "whole";

/** Compares the tar file with the digest that was written beside it. */
export async function tarState(tarFile: string): Promise<TarState> {
  const expected = await readFile(digestFile(tarFile), "utf8").catch(ignoreMissing);
  if (expected === undefined || !(await exists(tarFile))) return "missing";
  return (await digestOf(tarFile)) === expected.trim() ? "whole" : "corrupt";
}

/** The digest is renamed into place last: its presence says that the tar file beside it was complete once. */
async function publishTar(
  tarFile: string,
  build: (tarFile: string) => Promise<void>,
): Promise<void> {
  const temporary = temporaryName(tarFile);
  const temporaryDigest = temporaryName(digestFile(tarFile));
  try {
    await build(temporary);
    await writeFile(temporaryDigest, `${await digestOf(temporary)}\n`);
    await rename(temporary, tarFile);
    await rename(temporaryDigest, digestFile(tarFile));
  } finally {
    await rm(temporary, { force: true });
    await rm(temporaryDigest, { force: true });
  }
}

async function unpack(image: Image): Promise<void> {
  const temporary = temporaryName(image.rootDirectory);
  try {
    await mkdir(temporary, { mode: 0o755 });
    await runTool(
      "tar",
      [
        "--extract",
        `--file=${image.tarFile}`,
        `--directory=${temporary}`,
        "--preserve-permissions",
        "--numeric-owner",
        "--xattrs",
        "--xattrs-include=*",
      ],
      { timeoutMs: 300_000 },
    );
    await rm(image.rootDirectory, { recursive: true, force: true });
    await rename(temporary, image.rootDirectory);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/** Random as well: two containers that share a cache share neither locks nor process ids. */
function temporaryName(path: string): string {
  return `${path}.${randomBytes(6).toString("hex")}.tmp`;
}

/** What a killed build left. The age spares a build by somebody our lock does not reach. */
async function removeAbandoned(directory: string): Promise<void> {
  for (const name of await readdir(directory)) {
    const path = join(directory, name);
    if (!name.endsWith(".tmp")) continue;
    const found = await stat(path).catch(ignoreMissing);
    if (found && Date.now() - found.mtimeMs > abandonedAfterMs)
      await rm(path, { recursive: true, force: true });
  }
}

async function isUnpacked(image: Image): Promise<boolean> {
  const present = await Promise.all(
    sentinels.map((path) => exists(join(image.rootDirectory, path))),
  );
  return present.every((one) => one);
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

async function digestOf(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file, { highWaterMark: 1024 * 1024 }), hash);
  return hash.digest("hex");
}

function digestFile(tarFile: string): string {
  return `${tarFile}.sha256`;
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(ignoreMissing)) !== undefined;
}

function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code === "ENOENT" || error.code === "ENOTDIR") return undefined;
  throw error;
}
