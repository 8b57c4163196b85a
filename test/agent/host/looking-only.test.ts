import { describe, expect, it } from "vitest";
import { lookingOnly } from "../../../agent/host/looking-only.ts";
import { createLinuxHost } from "../../../agent/host/linux.ts";
import { MemoryHost } from "../../support/memory-host/memory-host.ts";

/** Every method of a host, as the real one has them. */
const METHODS = Object.entries(createLinuxHost())
  .filter(([, member]) => typeof member === "function")
  .map(([name]) => name);
const LOOKS = [
  "inspect",
  "readFiles",
  "readRange",
  "fileSystems",
  "list",
  "touched",
  "seal",
  "derive",
  "hasKey",
];

const call = (looking: object, method: string, ...given: unknown[]) =>
  (looking as Record<string, (...all: unknown[]) => unknown>)[method]?.(...given);

describe("a door that only looks", () => {
  it("has every method of a host, so that none is forgotten", () => {
    const looking = lookingOnly(new MemoryHost());
    expect(Object.keys(looking).toSorted()).toEqual(["uid", ...METHODS].toSorted());
    expect(METHODS.length).toBeGreaterThan(20);
  });

  it.each(METHODS.filter((method) => !LOOKS.includes(method) && method !== "run"))(
    "refuses %s, as a bug",
    (method) => {
      const host = new MemoryHost();
      const before = host.digest();
      const calls = host.calls;
      expect(() => call(lookingOnly(host), method, "/etc/motd", "/etc/other")).toThrow(
        /must not change it.*This is a bug in HostKit/,
      );
      expect(host.digest()).toBe(before);
      expect(host.calls).toBe(calls);
    },
  );

  it.each([
    ["systemctl", "stop", "cron.service"],
    ["systemctl", "--quiet", "show"],
    ["rm", "-rf", "/etc/motd"],
    ["systemctl"],
  ] as const)("does not run %s %s", async (...argv) => {
    const host = new MemoryHost();
    const looking = lookingOnly(host);
    await expect(looking.run([...argv], { timeout: 1000 })).rejects.toThrow(/bug in HostKit/);
    expect(host.commands).toEqual([]);
  });

  it("shows units", async () => {
    const looking = lookingOnly(new MemoryHost());
    const argv = ["systemctl", "show", "--property=Id", "--", "cron.service"] as const;
    expect((await looking.run([...argv], { timeout: 1000 })).stdout).toContain("cron.service");
  });

  it("makes digests without a key that agree with each other, and makes no key", () => {
    const host = new MemoryHost();
    const looking = lookingOnly(host);
    expect(looking.seal("a")).toBe(looking.seal("a"));
    expect(looking.seal("a")).not.toBe(looking.seal("b"));
    expect(lookingOnly(host).seal("a")).not.toBe(looking.seal("a"));
    expect(looking.derive("x", 16)).toHaveLength(16);
    expect(host.hasKey()).toBe(false);
  });

  it("uses the key where there is one", () => {
    const host = new MemoryHost();
    const sealed = host.seal("a");
    expect(lookingOnly(host).seal("a")).toBe(sealed);
  });
});
