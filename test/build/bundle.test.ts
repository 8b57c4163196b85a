import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
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
