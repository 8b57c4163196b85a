import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createLinuxHost } from "../../../agent/host/linux.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "hostkit-locked-"));
});
afterEach(() => rmSync(root, { recursive: true }));

const at = (name: string) => join(root, name);
const host = () => createLinuxHost({ key: at("key") });

it("a locked file tells nothing, and comes back as it was, with what belongs to it", async () => {
  writeFileSync(at("kept"), "password=canary\n", { mode: 0o640 });
  const before = statSync(at("kept"));
  await host().lockFile(at("kept"), at("kept.locked"));
  expect(readdirSync(root).toSorted()).toEqual(["kept.locked", "key"]);
  expect(readFileSync(at("kept.locked"), "latin1")).not.toContain("canary");
  expect(statSync(at("kept.locked")).mode).toBe(before.mode);
  await host().unlockFile(at("kept.locked"), at("kept"));
  expect(readdirSync(root).toSorted()).toEqual(["kept", "key"]);
  expect(readFileSync(at("kept"), "utf8")).toBe("password=canary\n");
  expect(statSync(at("kept"))).toMatchObject({ mode: before.mode, mtimeMs: before.mtimeMs });
});

it("one that was damaged, or locked by another host, is refused and left", async () => {
  writeFileSync(at("kept"), "canary");
  await host().lockFile(at("kept"), at("locked"));
  const other = createLinuxHost({ key: at("other") });
  await expect(other.unlockFile(at("locked"), at("kept"))).rejects.toThrow("authenticate data");
  const bytes = readFileSync(at("locked"));
  bytes[bytes.length - 1]! ^= 1;
  writeFileSync(at("locked"), bytes);
  await expect(host().unlockFile(at("locked"), at("kept"))).rejects.toThrow("authenticate data");
  expect(readdirSync(root).toSorted()).toEqual(["key", "locked", "other"]);
});

it("what an earlier attempt left in the middle is no hindrance", async () => {
  writeFileSync(at("kept"), "canary");
  writeFileSync(at("locked.new"), "half");
  await host().lockFile(at("kept"), at("locked"));
  expect(readdirSync(root).toSorted()).toEqual(["key", "locked"]);
});
