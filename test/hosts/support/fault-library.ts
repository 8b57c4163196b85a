import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { defaultCacheRoot, fileOf, obtainEntry } from "../../../build/cache.ts";
import { runTool } from "./run-tool.ts";

const sources = fileURLToPath(new URL("fault", import.meta.url));
const name = "fault.so";
/** Warnings are errors: an interceptor of another shape than what it stands for corrupts the process. */
const compiler = ["-std=gnu11", "-O2", "-fPIC", "-shared", "-Wall", "-Wextra", "-Werror"];

/** The library of `fault/fault.c`, built here and cached by its source's digest. Returns its path. */
export async function faultLibrary(): Promise<string> {
  const entry = await obtainEntry({
    shelf: join(defaultCacheRoot(), "fault-library"),
    key: await sourceDigest(),
    keep: 3,
    fill: async (folder) => {
      await runTool("cc", [
        ...compiler,
        `-o${join(folder, name)}`,
        join(sources, "fault.c"),
        "-ldl",
      ]);
    },
  });
  return fileOf(entry, name).path;
}

async function sourceDigest(): Promise<string> {
  const hash = createHash("sha256").update(`${process.arch} ${compiler.join(" ")}`);
  for (const file of (await readdir(sources)).toSorted())
    hash.update(`\0${file}\0`).update(await readFile(join(sources, file)));
  return hash.digest("hex").slice(0, 16);
}
