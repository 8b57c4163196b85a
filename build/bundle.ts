import { basename } from "node:path";
import { type BuildOptions, type BuildResult, build, formatMessages } from "esbuild";
import type { Origin } from "./cache.ts";
import { buildError } from "./failure.ts";

export interface Bundle {
  readonly origin: Origin;
  readonly files: readonly BundledFile[];
  /** Names of the packages whose code is inside. */
  readonly packages: readonly string[];
}

export interface BundledFile {
  /** Relative to the output folder. */
  readonly name: string;
  readonly text: string;
}

export interface BundleSource {
  /** The checkout; paths are relative to it. */
  readonly root: string;
  readonly version: string;
}

/**
 * msgpackr's native part reads strings differently from its JavaScript, and a single executable cannot load it: both ends do without.
 * `process.env` cannot be trusted to say so, the text of the bundle can.
 */
const WITHOUT_NATIVE = { "process.env.MSGPACKR_NATIVE_ACCELERATION_DISABLED": '"true"' };
const NATIVE_PACKAGES = ["msgpackr-extract", "cpu-features"];

/** One CommonJS file, the only form a single executable runs. Its entry cannot use `await` at the top level or `import.meta`. */
export async function bundleAgent({
  root,
  version,
  entry,
}: BundleSource & { entry: string }): Promise<Bundle> {
  return bundle(root, {
    ...common(version),
    entryPoints: { agent: entry },
    target: "node24",
    format: "cjs",
    minify: true,
    external: NATIVE_PACKAGES,
    outdir: "dist",
  });
}

/**
 * ES modules, one per entry with shared chunks. What a command loads with `import()` stays out of the others' start. Names are kept: a
 * stack trace in a report is worth more than the kilobytes. esbuild and ssh2 stay packages because they carry binaries.
 */
export async function bundleClient({
  root,
  version,
  entries,
}: BundleSource & { entries: Readonly<Record<string, string>> }): Promise<Bundle> {
  return bundle(root, {
    ...common(version),
    entryPoints: { ...entries },
    target: "node20",
    format: "esm",
    splitting: true,
    chunkNames: "chunk-[hash]",
    minifySyntax: true,
    minifyWhitespace: true,
    external: ["esbuild", "ssh2", ...NATIVE_PACKAGES],
    outdir: "dist",
    // Packages in CommonJS call `require` for Node's own modules, and an ES module has none.
    banner: {
      js: 'import { createRequire as createRequireForBundle } from "node:module"; const require = createRequireForBundle(import.meta.url);',
    },
  });
}

function common(version: string): BuildOptions {
  return {
    bundle: true,
    platform: "node",
    treeShaking: true,
    // Of a package that brings both, the form that can be bundled: jsonc-parser's other one looks its parts up at run time.
    mainFields: ["module", "main"],
    // build/licenses.ts collects them whole; most packages have nothing in their sources.
    legalComments: "none",
    // What its package names as its CommonJS part loads its files in a way that no bundler can follow.
    alias: { "jsonc-parser": "jsonc-parser/lib/esm/main.js" },
    define: { ...WITHOUT_NATIVE, __HOSTKIT_VERSION__: JSON.stringify(version) },
  };
}

async function bundle(root: string, options: BuildOptions): Promise<Bundle> {
  const result = await run({ ...options, absWorkingDir: root, logLevel: "silent" });
  if (result.warnings.length > 0) throw await refused(result.warnings, "warning");
  return {
    origin: "rebuilt",
    files: result.outputFiles.map(({ path, text }) => ({
      name: basename(path),
      text,
    })),
    packages: packagesIn(Object.keys(result.metafile.inputs)),
  };
}

type Options = BuildOptions & { write: false; metafile: true };

async function run(options: BuildOptions): Promise<BuildResult<Options>> {
  try {
    return await build({ ...options, write: false, metafile: true });
  } catch (error) {
    if (error instanceof Error && "errors" in error && Array.isArray(error.errors)) {
      throw await refused(error.errors as BuildResult["errors"], "error");
    }
    throw error;
  }
}

/** Warnings are refused too: each one in this project's own files has meant code that fails at run time. */
async function refused(
  messages: BuildResult["warnings"],
  kind: "error" | "warning",
): Promise<Error> {
  const text = await formatMessages(messages, { kind, color: false });
  return buildError({ code: "HK8005", detail: text.join("").trim() });
}

function packagesIn(inputs: readonly string[]): readonly string[] {
  const names = inputs.flatMap((path) => {
    const inside = path.split("node_modules/").at(-1);
    if (inside === undefined || inside === path) return [];
    return inside
      .split("/")
      .slice(0, inside.startsWith("@") ? 2 : 1)
      .join("/");
  });
  return [...new Set(names)].toSorted();
}
