import { describe, expect, it } from "vitest";
import { lock, tryLock } from "./kernel-lock.ts";

describe("the kernel's lock", () => {
  it("has one holder, and passes on", async () => {
    const name = `hostkit-lock-test-${process.pid}`;
    const first = await tryLock(name);
    expect(first).toBeDefined();
    expect(await tryLock(name)).toBeUndefined();
    const next = lock(name, 5_000);
    await first?.release();
    await (await next).release();
  });

  it("names what it waited for in vain", async () => {
    const name = `hostkit-lock-late-${process.pid}`;
    const held = await lock(name, 1_000);
    await expect(lock(name, 50)).rejects.toThrow(name);
    await held.release();
  });
});
