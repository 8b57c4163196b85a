import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The version of the package this file belongs to, whether it runs from source or bundled. */
export function packageVersion(): string {
  for (let directory = dirname(fileURLToPath(import.meta.url)); ; directory = dirname(directory)) {
    const version = versionIn(join(directory, "package.json"));
    if (version !== undefined) return version;
    if (directory === dirname(directory)) return "unknown";
  }
}

function versionIn(path: string): string | undefined {
  try {
    const found: unknown = JSON.parse(readFileSync(path, "utf8"));
    const { name, version } = found as { readonly name?: unknown; readonly version?: unknown };
    return name === "hostkit" && typeof version === "string" ? version : undefined;
  } catch {
    return undefined;
  }
}
