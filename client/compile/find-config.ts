import { statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { HostKitError } from "../../shared/diagnostic.ts";
import { diagnosticOf } from "../declare/fault.ts";

const CONFIG_NAME = "hostkit.config.ts";

/** The declaration to use: the one that is named, else the nearest `hostkit.config.ts` from `cwd` upward. */
export function findConfig({
  config,
  cwd,
}: {
  readonly config?: string | undefined;
  readonly cwd: string;
}): string {
  if (config !== undefined) {
    const path = resolve(cwd, config);
    if (isFile(path)) return path;
    throw notFound(
      `${path} is not a file that can be read. Name an existing declaration, or leave --config out to use the nearest ${CONFIG_NAME}.`,
    );
  }
  for (let directory = resolve(cwd); ; directory = dirname(directory)) {
    const path = join(directory, CONFIG_NAME);
    if (isFile(path)) return path;
    if (dirname(directory) === directory) break;
  }
  throw notFound(
    `There is no ${CONFIG_NAME} in ${resolve(cwd)} or any directory above it. Create one with \`hostkit init\`, or name another file with --config FILE.`,
  );
}

/** A path that this user may not even look at is no file either. */
function isFile(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
  } catch {
    return false;
  }
}

function notFound(detail: string): HostKitError {
  return new HostKitError(diagnosticOf({ code: "HK1000", detail }));
}
