import { basename, dirname, join, resolve } from "node:path";
import type { BuildFailure, Message } from "esbuild";
import { DECLARATION_SCRIPT } from "../declare/call-site.ts";
import type { FaultCode } from "../declare/fault.ts";

/** Only a broken installation takes this long; a declaration compiles in milliseconds. */
const TIMEOUT = 30_000;

/** Something esbuild has to say, at a place in the user's own files. */
export interface BundleMessage {
  readonly code: FaultCode;
  readonly detail: string;
  readonly place:
    | { readonly path: string; readonly line: number; readonly column: number }
    | undefined;
}

interface Bundle {
  readonly code: string;
  /** Source map, as JSON. */
  readonly map: string;
  readonly warnings: readonly BundleMessage[];
}

export type BundleResult = Bundle | { readonly errors: readonly BundleMessage[] };

/** esbuild runs one service for all builds of a process; whoever is last ends it. */
let building = 0;

/** Compiles a declaration and all it imports to one CommonJS script. */
export async function bundle(configPath: string): Promise<BundleResult> {
  // Loaded here, so that commands which need no declaration don't pay for it.
  const { build, stop } = await import("esbuild");
  const directory = dirname(configPath);
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(new Error(`esbuild did not answer within ${TIMEOUT / 1000} s`)),
      TIMEOUT,
    );
  });
  building += 1;
  try {
    const result = await Promise.race([
      tooLong,
      build({
        absWorkingDir: directory,
        entryPoints: [`./${basename(configPath)}`],
        outfile: join(directory, DECLARATION_SCRIPT),
        write: false,
        bundle: true,
        format: "cjs",
        platform: "node",
        target: "node20.19",
        external: ["hostkit", "hostkit/*"],
        sourcemap: "external",
        sourcesContent: false,
        legalComments: "none",
        logLevel: "silent",
      }),
    ]);
    const text = (suffix: string) =>
      result.outputFiles.find((file) => file.path.endsWith(suffix))?.text ?? "";
    const warnings = result.warnings.map((message) =>
      describe(message, { code: "HK1008", directory }),
    );
    return { code: text(DECLARATION_SCRIPT), map: text(".map"), warnings };
  } catch (error) {
    if (!isBuildFailure(error)) throw error;
    return {
      errors: error.errors.map((message) => describe(message, { code: "HK1001", directory })),
    };
  } finally {
    clearTimeout(timer);
    building -= 1;
    if (building === 0) await stop();
  }
}

function isBuildFailure(error: unknown): error is BuildFailure {
  return error instanceof Error && "errors" in error && Array.isArray(error.errors);
}

function describe(
  { text, location, notes }: Message,
  { code, directory }: { readonly code: FaultCode; readonly directory: string },
): BundleMessage {
  // esbuild counts columns in bytes from 0.
  const column =
    location === null
      ? 0
      : Buffer.from(location.lineText).subarray(0, location.column).toString().length;
  const place =
    location === null
      ? undefined
      : { path: resolve(directory, location.file), line: location.line, column: column + 1 };
  if (text.startsWith("Top-level await")) {
    const detail =
      "A declaration is evaluated in one go, so it can't use `await` outside a function. Read files with fromFile or node:fs, and decide without waiting.";
    return { code: "HK1005", detail, place };
  }
  const line =
    location === null || location.lineText.trim() === "" ? "" : `\n  ${location.lineText.trim()}`;
  const more = notes.map((note) => `\n${note.text}`).join("");
  return { code, detail: `${text}.${line}${more}`, place };
}
