import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import { loadProject, type LoadedProject, type LoadOptions } from "../../../client/compile/load.ts";
import { type Diagnostic, HostKitError } from "../../../shared/diagnostic.ts";

/** Files in a directory of their own, which the test's end removes. Gives the directory. */
export function temporaryFiles(files: Readonly<Record<string, string | Uint8Array>>): string {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), "hostkit-declaration-")));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    const path = join(directory, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }
  return directory;
}

/** The body of a project's function, as a declaration with one host. Its first line is line 3. */
export function declaration(body: string): string {
  return `import { argv, fromFile, json, project, redacted, secret, text } from "hostkit";\nexport default project("test", (p) => { p.host("app", { at: "app.example.com" });\n${body}\n});\n`;
}

export function load(
  files: string | Readonly<Record<string, string | Uint8Array>>,
  options: Partial<LoadOptions> = {},
): Promise<LoadedProject> {
  const cwd = temporaryFiles(typeof files === "string" ? { "hostkit.config.ts": files } : files);
  return loadProject({ cwd, ...options });
}

/** What keeps a declaration from being loaded; fails when nothing does. */
export async function faultsOf(loading: Promise<unknown>): Promise<readonly Diagnostic[]> {
  const thrown = await loading.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(thrown instanceof HostKitError))
    throw new Error("No HostKitError was thrown.", { cause: thrown });
  return thrown.diagnostics;
}

/** `HK1020 hostkit.config.ts:3:5`, for comparing many at once. */
export function placed({ code, source }: Diagnostic): string {
  return source === undefined ? code : `${code} ${source.file}:${source.line}:${source.column}`;
}
