import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";

interface LicenseOptions {
  readonly root: string;
  /** Packages whose code was bundled. */
  readonly packages: readonly string[];
  /** Other notices, by the name of what they are for. */
  readonly others?: Readonly<Record<string, string>>;
}

/** One text with the licences of all that a bundle contains; most of them ask to be passed on with every copy. */
export async function collectLicenses({
  root,
  packages,
  others = {},
}: LicenseOptions): Promise<string> {
  const own = await Promise.all(
    packages.map(async (name) => [name, await licenseOf(root, name)] as const),
  );
  return [...own, ...Object.entries(others)]
    .map(([name, text]) => `${"=".repeat(80)}\n${name}\n${"=".repeat(80)}\n\n${text.trim()}\n`)
    .join("\n");
}

async function licenseOf(root: string, name: string): Promise<string> {
  const folder = join(root, "node_modules", name);
  const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry));
  if (file !== undefined) return readFile(join(folder, file), "utf8");
  const { license } = JSON.parse(await readFile(join(folder, "package.json"), "utf8")) as {
    license?: string;
  };
  if (license === undefined)
    throw new Error(`${name} is bundled but says nowhere under which licence.`);
  return `Licensed under ${license} (stated in its package.json).`;
}
