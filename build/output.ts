import { chmod, copyFile, mkdir, mkdtemp, readdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/** Beside each bundle: the licences of what is inside. */
export const LICENSES = "THIRD-PARTY-LICENSES.txt";

export type OutputFile = { readonly name: string } & (
  | { readonly copyOf: string }
  | { readonly text: string; readonly mode?: number }
);

/**
 * Makes a folder of `dist` hold exactly these files. Each appears whole, by rename and in the order given, so who runs from the folder
 * meanwhile sees old or new; name files before those that refer to them. What is no longer named goes last.
 */
export async function writeOutput(folder: string, files: readonly OutputFile[]): Promise<void> {
  await mkdir(folder, { recursive: true });
  // Beside the folder: a package made of it must not pick up what a killed build left.
  const staging = await mkdtemp(join(dirname(folder), ".tmp-"));
  try {
    for (const file of files) {
      const staged = join(staging, file.name);
      // A copy and not a hard link: whoever edits dist must not edit the cache.
      if ("copyOf" in file) await copyFile(file.copyOf, staged);
      else await writeFile(staged, file.text);
      await chmod(staged, "copyOf" in file ? 0o644 : (file.mode ?? 0o644));
      await rename(staged, join(folder, file.name));
    }
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
  const named = new Set(files.map(({ name }) => name));
  for (const name of await readdir(folder)) {
    if (!named.has(name)) await rm(join(folder, name), { recursive: true, force: true });
  }
}
