import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test } from "vitest";
import { bundleAgent } from "../../build/bundle.ts";
import { collectLicenses } from "../../build/licenses.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "hostkit-bundle-test-"));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

async function bundleOf(source: string) {
  await writeFile(join(folder, "entry.ts"), source);
  return bundleAgent({ root: folder, version: "1.2.3", entry: "entry.ts" });
}

test("an error names file, line and column", async () => {
  await expect(bundleOf('\nimport "./absent.ts";\n')).rejects.toThrow(/HK8005[^]*entry\.ts:2:7/);
});

test("what cannot work in a single executable is refused", async () => {
  await expect(bundleOf("export const here = import.meta.url;")).rejects.toThrow(
    /HK8005[^]*import\.meta/,
  );
  await expect(bundleOf("await Promise.resolve();")).rejects.toThrow(/HK8005[^]*await/);
});

test("the same source gives the same text from any checkout", async () => {
  const first = await bundleOf("process.stdout.write(__HOSTKIT_VERSION__);");
  await rm(folder, { recursive: true });
  folder = await mkdtemp(join(tmpdir(), "hostkit-bundle-test-elsewhere-"));
  const second = await bundleOf("process.stdout.write(__HOSTKIT_VERSION__);");
  expect(second.files).toEqual(first.files);
  expect(first.files[0]?.text).toContain("1.2.3");
});

test("the licences of all that is inside are collected", async () => {
  const { packages } = await bundleAgent({
    root,
    version: "1.2.3",
    entry: fileURLToPath(new URL("./fixtures/hello-agent.ts", import.meta.url)),
  });
  expect(packages).toEqual(["msgpackr"]);
  const text = await collectLicenses({ root, packages, others: { "Node.js": "Node's licence" } });
  expect(text).toMatch(/msgpackr\n=+\n\nMIT License/);
  expect(text).toContain("Node's licence");
});

test("parsers that are loaded when they are asked for are inside, whatever their packages are made of", async () => {
  const { files, packages } = await bundleAgent({
    root,
    version: "1.2.3",
    entry: fileURLToPath(new URL("./fixtures/formats.ts", import.meta.url)),
  });
  expect(packages).toEqual(["jsonc-parser", "smol-toml", "yaml"]);
  expect(files).toHaveLength(1);
  await writeFile(join(folder, "formats.cjs"), files[0]!.text);
  const { stdout } = await promisify(execFile)(process.execPath, [join(folder, "formats.cjs")]);
  expect(stdout).toBe('{"A":"1","B":"3"}\n'.repeat(5));
  expect(await collectLicenses({ root, packages })).not.toContain("stated in its package.json");
});
