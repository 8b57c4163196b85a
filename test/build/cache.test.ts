import { mkdir, mkdtemp, readFile, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { defaultCacheRoot, fileOf, obtainEntry } from "../../build/cache.ts";

let shelf: string;

beforeEach(async () => {
  shelf = await mkdtemp(join(tmpdir(), "hostkit-cache-test-"));
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(shelf, { recursive: true, force: true });
});

function entry(key: string, content: string) {
  return obtainEntry({
    shelf,
    key,
    keep: 2,
    fill: (folder) => writeFile(join(folder, "data"), content),
  });
}

async function contentOf(made: Awaited<ReturnType<typeof entry>>): Promise<string> {
  return readFile(fileOf(made, "data").path, "utf8");
}

describe("a cache entry", () => {
  test("is made once and then found", async () => {
    const first = await entry("a", "one");
    const second = await entry("a", "two");
    expect([first.origin, second.origin]).toEqual(["rebuilt", "cached"]);
    expect(await contentOf(second)).toBe("one");
    expect(fileOf(second, "data")).toEqual({
      path: join(shelf, "a", "data"),
      sha256: "7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed",
      size: 3,
    });
  });

  test.each([
    ["a changed byte", (folder: string) => writeFile(join(folder, "data"), "onE")],
    ["a missing tail", (folder: string) => writeFile(join(folder, "data"), "o")],
    ["a missing file", (folder: string) => rm(join(folder, "data"))],
    ["no digests", (folder: string) => rm(join(folder, "entry.json"))],
    ["half the digests", (folder: string) => writeFile(join(folder, "entry.json"), '{ "data": {')],
    ["an empty list of digests", (folder: string) => writeFile(join(folder, "entry.json"), "{}")],
  ])("with %s is made again", async (_, damage) => {
    await entry("a", "one");
    await damage(join(shelf, "a"));
    const again = await entry("a", "two");
    expect(again.origin).toBe("rebuilt");
    expect(await contentOf(again)).toBe("two");
    expect(await readdir(shelf)).toEqual(["a"]);
  });

  test("that could not be made leaves nothing behind", async () => {
    const failing = obtainEntry({
      shelf,
      key: "a",
      keep: 2,
      fill: async (folder) => {
        await writeFile(join(folder, "data"), "half");
        throw new Error("stopped");
      },
    });
    await expect(failing).rejects.toThrow("stopped");
    expect(await readdir(shelf)).toEqual([]);
  });

  test("made by several at once is whole, whoever is first", async () => {
    await entry("a", "damaged later");
    await writeFile(join(shelf, "a", "data"), "damaged");
    const made = await Promise.all(Array.from({ length: 8 }, () => entry("a", "same")));
    for (const one of made) expect(await contentOf(one)).toBe("same");
    expect(await readdir(shelf)).toEqual(["a"]);
  });
});

describe("a shelf", () => {
  test("keeps the entries used last", async () => {
    await entry("a", "1");
    await entry("b", "2");
    const longAgo = new Date(Date.now() - 60_000);
    await utimes(join(shelf, "a"), longAgo, longAgo);
    await utimes(join(shelf, "b"), longAgo, longAgo);
    await entry("a", "1");
    await entry("c", "3");
    expect((await readdir(shelf)).toSorted()).toEqual(["a", "c"]);
  });

  test("loses what a killed build left, but not what one may still be writing", async () => {
    const twoDaysAgo = new Date(Date.now() - 48 * 60 * 60 * 1000);
    await mkdir(join(shelf, ".tmp-old"));
    await utimes(join(shelf, ".tmp-old"), twoDaysAgo, twoDaysAgo);
    await mkdir(join(shelf, ".tmp-new"));
    await entry("a", "1");
    expect((await readdir(shelf)).toSorted()).toEqual([".tmp-new", "a"]);
  });
});

describe("the cache's place", () => {
  test("is HOSTKIT_CACHE_DIR, else the user's cache folder", () => {
    vi.stubEnv("HOSTKIT_CACHE_DIR", "/somewhere");
    expect(defaultCacheRoot()).toBe("/somewhere/build");
    vi.stubEnv("HOSTKIT_CACHE_DIR", "");
    vi.stubEnv("XDG_CACHE_HOME", "/xdg");
    expect(defaultCacheRoot()).toBe("/xdg/hostkit/build");
    vi.stubEnv("XDG_CACHE_HOME", undefined);
    vi.stubEnv("HOME", "/home/someone");
    expect(defaultCacheRoot()).toBe("/home/someone/.cache/hostkit/build");
  });
});
