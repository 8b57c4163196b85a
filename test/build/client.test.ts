import { execFile } from "node:child_process";
import { mkdtemp, readFile, readdir, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { buildClient } from "../../build/client.ts";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../..", import.meta.url));
let folder: string;
let output: string;

const build = () =>
  buildClient({
    root,
    version: "1.2.3",
    command: fileURLToPath(new URL("./fixtures/hello-client.ts", import.meta.url)),
    library: fileURLToPath(new URL("./fixtures/hello-library.ts", import.meta.url)),
    api: fileURLToPath(new URL("./fixtures/hello-library.ts", import.meta.url)),
    output,
  });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "hostkit-client-test-"));
  output = join(folder, "client");
  // As in an installed package: what is not bundled is found beside it.
  await symlink(join(root, "node_modules"), join(folder, "node_modules"));
  await writeFile(join(folder, "package.json"), '{ "type": "module" }');
  await build();
});

afterAll(() => rm(folder, { recursive: true, force: true }));

test("the command is an executable script and knows its version", async () => {
  const command = join(output, "hostkit.js");
  expect((await stat(command)).mode & 0o777).toBe(0o755);
  expect(await readFile(command, "utf8")).toMatch(/^#!\/usr\/bin\/env node\n/);
  const startedMs = performance.now();
  const { stdout } = await run(command, ["--version"], { timeout: 10_000 });
  process.stdout.write(`client start: ${Math.round(performance.now() - startedMs)} ms\n`);
  expect(stdout).toBe("1.2.3\n");
});

test("what a command loads on demand is in a file of its own, shared with the library", async () => {
  const { stdout } = await run(join(output, "hostkit.js"), ["late"], { timeout: 10_000 });
  expect(stdout).toBe("hello late\n");
  const library = (await import(pathToFileURL(join(output, "index.js")).href)) as {
    greet: (name: string) => string;
  };
  expect(library.greet("you")).toBe("hello you");
  expect(await readFile(join(output, "hostkit.js"), "utf8")).not.toContain("hello ");
});

test("files of an earlier build are gone after the next", async () => {
  await writeFile(join(output, "chunk-OLD.js"), "");
  const before = (await readdir(output)).toSorted();
  await build();
  const after = (await readdir(output)).toSorted();
  expect(after).toEqual(before.filter((name) => name !== "chunk-OLD.js"));
  expect(after).toContain("THIRD-PARTY-LICENSES.txt");
  expect(await readdir(folder)).not.toContainEqual(expect.stringContaining(".tmp-"));
});
