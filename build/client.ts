import { type BundleSource, type BundledFile, bundleClient } from "./bundle.ts";
import type { Origin } from "./cache.ts";
import { collectLicenses } from "./licenses.ts";
import { LICENSES, writeOutput } from "./output.ts";

interface ClientOptions extends BundleSource {
  /** The command's entry. */
  readonly command: string;
  /** The entry of what declarations import. */
  readonly library: string;
  /** The entry of what programs import. */
  readonly api: string;
  readonly output: string;
}

const COMMAND = "hostkit";
const LIBRARY = "index";
const API = "api";
const SHEBANG = "#!/usr/bin/env node\n";

export interface BuiltClient {
  readonly origin: Origin;
  /** Bytes of JavaScript, by file name. */
  readonly entries: ReadonlyMap<string, number>;
  readonly chunks: ReadonlyMap<string, number>;
}

/** Bundles the command and what others import into a folder; what several use is in chunks of its own. */
export async function buildClient({
  root,
  version,
  command,
  library,
  api,
  output,
}: ClientOptions): Promise<BuiltClient> {
  const bundle = await bundleClient({
    root,
    version,
    entries: { [COMMAND]: command, [LIBRARY]: library, [API]: api },
  });
  const scripts = bundle.files.map((file) => script(file));
  const licenses = await collectLicenses({ root, packages: bundle.packages });
  const names = [COMMAND, LIBRARY, API].map((name) => `${name}.js`);
  const entries = scripts.filter(({ name }) => names.includes(name));
  const chunks = scripts.filter(({ name }) => !names.includes(name));
  await writeOutput(output, [{ name: LICENSES, text: licenses }, ...chunks, ...entries]);
  return { origin: "rebuilt", entries: sizesOf(entries), chunks: sizesOf(chunks) };
}

type Script = BundledFile & { readonly mode?: number };

function script({ name, text }: BundledFile): Script {
  if (name !== `${COMMAND}.js`) return { name, text };
  return { name, text: text.startsWith("#!") ? text : SHEBANG + text, mode: 0o755 };
}

function sizesOf(scripts: readonly Script[]): ReadonlyMap<string, number> {
  return new Map(scripts.map(({ name, text }) => [name, Buffer.byteLength(text)]));
}
