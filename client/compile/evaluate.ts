import { Console } from "node:console";
import { createRequire, isBuiltin } from "node:module";
import { dirname } from "node:path";
import { compileFunction, Script } from "node:vm";
import { HostKitError } from "../../shared/diagnostic.ts";
import { KINDS } from "../../shared/resources/registry.ts";
import { DECLARATION_SCRIPT, type Frame } from "../declare/call-site.ts";
import { isProject, type Project } from "../declare/declared.ts";
import { describe } from "../declare/describe.ts";
import type { Fault, FaultCode } from "../declare/fault.ts";
import * as hostkit from "../declare/index.ts";
import type { ProjectScope, ServiceScope } from "../declare/index.ts";
import { didYouMean } from "../../shared/nearest-name.ts";
import { InterruptedDeclaration } from "../declare/interrupted.ts";

export interface EvaluateOptions {
  readonly configPath: string;
  /** Milliseconds. */
  readonly timeout: number;
  /** Where the declaration's own console goes: never stdout, which belongs to results. */
  readonly stderr: NodeJS.WritableStream;
}

export type Evaluation = { readonly project: Project } | { readonly faults: readonly Fault[] };

/** Runs a compiled declaration in this process and takes its default export. */
export function evaluate(code: string, options: EvaluateOptions): Evaluation {
  const module = { exports: {} as Readonly<Record<string, unknown>> };
  try {
    const parameters = ["exports", "require", "module", "__filename", "__dirname", "console"];
    const body = compileFunction(code, parameters, { filename: DECLARATION_SCRIPT }) as (
      ...args: unknown[]
    ) => void;
    const { configPath, stderr } = options;
    const console = new Console({ stdout: stderr, stderr });
    runWithin(options.timeout, () =>
      body(
        module.exports,
        requireFor(configPath),
        module,
        configPath,
        dirname(configPath),
        console,
      ),
    );
  } catch (error) {
    return { faults: faultsOfThrown(error, options.timeout) };
  }
  return projectOf(module.exports["default"], Object.keys(module.exports));
}

const ENTRY = "hostkit.evaluate";

/** Only a script of its own can be given a time limit, and a script reaches its surroundings only by a global. */
function runWithin(timeout: number, run: () => void): void {
  const { stackTraceLimit } = Error;
  const hook = Object.getOwnPropertyDescriptor(Error, "prepareStackTrace");
  Object.defineProperty(globalThis, ENTRY, { value: run, configurable: true });
  try {
    new Script(`globalThis[${JSON.stringify(ENTRY)}]()`).runInThisContext({ timeout });
  } finally {
    Reflect.deleteProperty(globalThis, ENTRY);
    // A time limit skips the `finally` of what it cuts off, which may be a builder that is looking at the stack.
    Error.stackTraceLimit = stackTraceLimit;
    Reflect.deleteProperty(Error, "prepareStackTrace");
    if (hook !== undefined) Object.defineProperty(Error, "prepareStackTrace", hook);
  }
}

class ModuleNotAvailable extends Error {}

/** Everything but the runtime's own modules is in the bundle already; `hostkit` is this very program. */
function requireFor(configPath: string): (name: string) => unknown {
  const load = createRequire(configPath);
  return (name) => {
    if (name === "hostkit") return hostkit;
    if (isBuiltin(name)) return load(name) as unknown;
    const why =
      name === "hostkit/api"
        ? "A declaration only says what should be; a program that plans and applies it is a file of its own."
        : name.startsWith("hostkit/")
          ? "This version of HostKit has no such part; see the documentation for those it has."
          : "Modules must be named by a fixed text in `import … from`, so that they can be compiled along.";
    throw new ModuleNotAvailable(`${JSON.stringify(name)} can't be loaded. ${why}`);
  };
}

function projectOf(exported: unknown, names: readonly string[]): Evaluation {
  if (isProject(exported)) return { project: exported };
  const example = 'End the file with: export default project("name", (p) => { … });';
  if (exported === undefined) {
    const others = names.filter((name) => name !== "default" && name !== "__esModule");
    const found = others.length === 0 ? "nothing" : `only ${others.join(", ")}`;
    return failure(
      "HK1004",
      `The declaration has no default export; it exports ${found}. ${example}`,
    );
  }
  if (exported instanceof Promise) {
    exported.catch(() => undefined);
    const detail =
      "The default export is a promise, and a declaration is evaluated in one go. Export the project itself, without `await` and without an async function around it.";
    return failure("HK1005", detail);
  }
  const found = describe(exported, { quote: false });
  return failure(
    "HK1004",
    `The default export is ${found}, not what \`project\` returns. ${example}`,
  );
}

function failure(code: FaultCode, detail: string): Evaluation {
  return { faults: [{ code, detail }] };
}

function faultsOfThrown(error: unknown, timeout: number): readonly Fault[] {
  if (error instanceof InterruptedDeclaration) {
    return [...error.faults, ...faultsOfThrown(error.cause, timeout)];
  }
  const frame = frameOf(error);
  if (error instanceof HostKitError) {
    return error.diagnostics.map((d) => ({ code: d.code as FaultCode, detail: d.detail, frame }));
  }
  if (error instanceof ModuleNotAvailable)
    return [{ code: "HK1007", detail: error.message, frame }];
  if (error instanceof Error && "code" in error && error.code === "ERR_SCRIPT_EXECUTION_TIMEOUT") {
    const detail = `It was stopped after ${timeout / 1000} s, in which it neither ended nor failed. Look for a loop without an end, or for work that belongs elsewhere.`;
    return [{ code: "HK1003", detail }];
  }
  const what =
    error instanceof Error
      ? `${error.name}: ${error.message}.${misspelt(error.message)}`
      : `It threw ${describe(error, { quote: true })}.`;
  return [{ code: "HK1002", detail: what, frame }];
}

/** The compiler checks no types, so a misspelt builder is found here. */
function misspelt(message: string): string {
  const [, name] = /\.(\w+) is not a function$/.exec(message) ?? [];
  return name === undefined ? "" : didYouMean(name, BUILDERS);
}

const BUILDERS: readonly (keyof ProjectScope | keyof ServiceScope)[] = [
  ...KINDS,
  "host",
  "bootstrap",
  "service",
  "storage",
  "daemon",
  "path",
];

const FRAME = new RegExp(`${DECLARATION_SCRIPT.replaceAll(".", "\\.")}:(\\d+):(\\d+)`);

/** The innermost place of the declaration in an error's stack. */
function frameOf(error: unknown): Frame | undefined {
  // A package may have changed what a stack is.
  const stack: unknown = error instanceof Error ? error.stack : undefined;
  const [, line, column] = (typeof stack === "string" ? FRAME.exec(stack) : null) ?? [];
  return line === undefined || column === undefined
    ? undefined
    : { line: Number(line), column: Number(column) };
}
