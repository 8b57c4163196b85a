import { PassThrough } from "node:stream";

import { describe, expect, it } from "vitest";

import { awaitLine, excerpt } from "../../../client/bootstrap/noise.ts";
import type { Exec, Exit } from "../../../client/transport/transport.ts";

function fakeExec(): { exec: Exec; stdout: PassThrough; end: (exit: Exit) => void } {
  const stdout = new PassThrough();
  let end: (exit: Exit) => void = () => undefined;
  const exit = new Promise<Exit>((resolve) => {
    end = resolve;
  });
  const exec = {
    stdin: new PassThrough(),
    stdout,
    stderrTail: () => "",
    exit,
    close: () => undefined,
  };
  return { exec, stdout, end };
}

const line = "HKIT1 0123456789abcdef";

function wait(exec: Exec, windowMs = 1_000) {
  return awaitLine({ exec, line, windowMs, signal: AbortSignal.timeout(5_000) });
}

describe("waiting for the agent's first line", () => {
  const after = Buffer.from([0, 1, 2, 10, 255]);
  it.each([
    { name: "first of all", before: "" },
    { name: "after a newline", before: "\n" },
    { name: "after noise", before: "Welcome!\n\u001b[1mbold\u001b[0m\n" },
    { name: "after noise that ends with an old line", before: "HKIT1 ffffffffffffffff\n" },
    { name: "after the same line that goes on", before: `${line}X\nX${line}\n` },
    { name: "after 60 KiB", before: `${"x".repeat(60 * 1024)}\n` },
  ])("$name: finds it and loses no byte, however the bytes come", async ({ before }) => {
    for (const size of [1_000_000, 7, 1]) {
      if (size === 1 && before.length > 10_000) continue;
      const { exec, stdout } = fakeExec();
      const all = Buffer.concat([Buffer.from(`${before}${line}\n`), after]);
      const opening = wait(exec);
      for (let at = 0; at < all.length; at += size) {
        stdout.write(all.subarray(at, at + size));
        if (size > 1 && at % 10_000 < size) await new Promise(setImmediate);
      }
      stdout.end();
      expect(await opening).toEqual({ kind: "found", before });
      expect(Buffer.concat(await stdout.toArray())).toEqual(after);
    }
  });

  it("gives up after 64 KiB", async () => {
    const { exec, stdout } = fakeExec();
    const opening = wait(exec);
    stdout.write("x".repeat(70 * 1024));
    expect(await opening).toMatchObject({ kind: "flooded" });
  });

  it("gives up when the time is over, and tells what there was", async () => {
    const { exec, stdout } = fakeExec();
    stdout.write("Password: ");
    expect(await wait(exec, 50)).toEqual({ kind: "silent", before: "Password: ", windowMs: 50 });
  });

  it("tells how the command ended, with its last words", async () => {
    const { exec, stdout, end } = fakeExec();
    const opening = wait(exec);
    stdout.end("last words");
    end({ kind: "exited", code: 75 });
    expect(await opening).toEqual({
      kind: "ended",
      before: "last words",
      exit: { kind: "exited", code: 75 },
    });
  });

  it("takes nothing more once it was found", async () => {
    const { exec, stdout, end } = fakeExec();
    stdout.write(`${line}\nmore`);
    expect(await wait(exec)).toMatchObject({ kind: "found" });
    end({ kind: "exited", code: 0 });
    await new Promise(setImmediate);
    expect(String(stdout.read())).toBe("more");
  });

  it("stops when it is called off", async () => {
    const { exec } = fakeExec();
    const signal = AbortSignal.abort(new Error("called off"));
    await expect(awaitLine({ exec, line, windowMs: 1_000, signal })).rejects.toThrow("called off");
  });
});

describe("the excerpt for a message", () => {
  it("is short and safe to show", () => {
    expect(excerpt(`\u001b[31mred\u001b[0m\u0007${"x".repeat(5_000)}`).length).toBeLessThan(2_100);
    expect(excerpt("\u001b[31mred\u001b[0m\u0007")).toBe("red");
  });
});
