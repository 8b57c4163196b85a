import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createKeyed } from "../../../agent/host/keyed.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "hostkit-key-"));
});
afterEach(() => rmSync(root, { recursive: true }));

it("a key is made once, for its owner alone, and digests depend on it", () => {
  const path = join(root, "deep/key");
  const one = createKeyed(path);
  const digest = one.seal("a");
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(statSync(path).size).toBe(32);
  expect(createKeyed(path).seal("a")).toBe(digest);
  expect(createKeyed(path).seal("b")).not.toBe(digest);
  expect(createKeyed(join(root, "other")).seal("a")).not.toBe(digest);
});

it("what is derived depends on the name, and on nothing else", () => {
  const path = join(root, "key");
  const one = createKeyed(path).derive("session", 32);
  expect(one).toHaveLength(32);
  expect(createKeyed(path).derive("session", 32)).toEqual(one);
  expect(createKeyed(path).derive("other", 32)).not.toEqual(one);
  expect(Buffer.from(one).toString("hex")).not.toContain(readFileSync(path).toString("hex"));
});

it("nothing is made before it is needed", () => {
  createKeyed(join(root, "key"));
  expect(() => statSync(join(root, "key"))).toThrow(/ENOENT/);
});

it("one that is damaged is refused, and left as it is", () => {
  const path = join(root, "key");
  writeFileSync(path, "short");
  expect(() => createKeyed(path).seal("a")).toThrow(/HK4095.*5 bytes/s);
  expect(readFileSync(path, "utf8")).toBe("short");
});
