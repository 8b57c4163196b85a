import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The version of the package this file belongs to, whether it runs from source or bundled. */
export const packageVersion = (): string => inPackage(({ version }) => version) ?? "unknown";

/** The versions of Node.js that the package is for: `>=20.19`. */
export const packageEngines = (): string =>
  inPackage(({ engines }) => (engines as { readonly node?: unknown } | undefined)?.node) ?? "";

type Package = Readonly<Record<string, unknown>>;

function inPackage(member: (found: Package) => unknown): string | undefined {
  for (let directory = dirname(fileURLToPath(import.meta.url)); ; directory = dirname(directory)) {
    const found = packageAt(join(directory, "package.json"));
    const value = found === undefined ? undefined : member(found);
    if (typeof value === "string") return value;
    if (directory === dirname(directory)) return undefined;
  }
}

function packageAt(path: string): Package | undefined {
  try {
    const found = JSON.parse(readFileSync(path, "utf8")) as Package;
    return found["name"] === "hostkit" ? found : undefined;
  } catch {
    return undefined;
  }
}
