import { PassThrough, Writable } from "node:stream";

import { describe, expect, it, vi } from "vitest";

import { createCommandStdin } from "../../../client/transport/command-stdin.ts";
import { startDeadline } from "../../../client/transport/deadline.ts";
import { watchExit } from "../../../client/transport/exec-exit.ts";
import { watchIdle } from "../../../client/transport/idle-watchdog.ts";
import { printable } from "../../../client/transport/printable.ts";
import { createStderrTail } from "../../../client/transport/stderr-tail.ts";

describe("the kept part of stderr", () => {
  it("is everything while it is short", () => {
    const tail = createStderrTail({ head: 4, tail: 4 });
    for (const part of ["ab", "cdef", "gh"]) tail.push(Buffer.from(part));
    expect(tail.text()).toBe("abcdefgh");
  });

  it("is the first and the last bytes, however they were cut into chunks", () => {
    for (const size of [1, 3, 7, 100]) {
      const tail = createStderrTail({ head: 4, tail: 4 });
      const text = "HEAD-----------TAIL";
      for (let at = 0; at < text.length; at += size)
        tail.push(Buffer.from(text.slice(at, at + size)));
      expect(tail.text()).toBe("HEAD\n[11 bytes left out]\nTAIL");
    }
  });

  it("has no control characters, but text, tabs and newlines", () => {
    expect(
      printable("a\u001b[31mred\u001b[0m\tb\r\nc\u0007\u009b1md\u001b]0;title\u0007e\u202ef"),
    ).toBe("ared\tb\nc1mdef");
  });
});

describe("stdin of a command", () => {
  it("settles a write that was pending when the command ended", async () => {
    // As the SSH library does it: the callback of a pending write never comes.
    const channel = new Writable({ write: () => undefined });
    let end: (value: unknown) => void = () => undefined;
    const gone = new Promise((resolve) => {
      end = resolve;
    });
    const stdin = createCommandStdin(channel, gone);
    const first = new Promise((resolve) => {
      stdin.write("a", resolve);
    });
    const queued = new Promise((resolve) => {
      stdin.write("b", resolve);
    });
    end(undefined);
    expect(await first).toBeInstanceOf(Error);
    expect(await queued).toBeInstanceOf(Error);
    await expect(
      new Promise((resolve) => {
        stdin.write("late", resolve);
      }),
    ).resolves.toBeInstanceOf(Error);
  });

  it("passes bytes and the end of input on", async () => {
    const channel = new PassThrough();
    const stdin = createCommandStdin(channel, new Promise(() => undefined));
    stdin.write("one ");
    stdin.end("two");
    expect(Buffer.concat(await channel.toArray()).toString()).toBe("one two");
  });
});

describe("the exit of a command", () => {
  it("is lost when the channel closes without a status", async () => {
    const watch = watchExit(new PassThrough());
    watch.closed("gone");
    expect(await watch.exit).toEqual({ kind: "lost", reason: "gone" });
  });

  it("is what the command said, once the channel is closed", async () => {
    const watch = watchExit(new PassThrough());
    watch.ended({ kind: "exited", code: 3 });
    watch.closed("gone");
    expect(await watch.exit).toEqual({ kind: "exited", code: 3 });
  });

  it("does not wait for ever for streams that a grandchild keeps open", async () => {
    vi.useFakeTimers();
    try {
      const watch = watchExit(new PassThrough());
      watch.ended({ kind: "exited", code: 0 });
      await vi.advanceTimersByTimeAsync(2_000);
      expect(await watch.exit).toEqual({ kind: "exited", code: 0 });
    } finally {
      vi.useRealTimers();
    }
  });
});

describe("time limits", () => {
  it("stand still while somebody is asked", async () => {
    vi.useFakeTimers();
    try {
      const expired = vi.fn<() => void>();
      const deadline = startDeadline(100, expired);
      await vi.advanceTimersByTimeAsync(60);
      const asking = deadline.whilePaused(
        () =>
          new Promise((resolve) => {
            setTimeout(resolve, 5_000);
          }),
      );
      await vi.advanceTimersByTimeAsync(5_000);
      await asking;
      await vi.advanceTimersByTimeAsync(39);
      expect(expired).not.toHaveBeenCalled();
      await vi.advanceTimersByTimeAsync(2);
      expect(expired).toHaveBeenCalledOnce();
    } finally {
      vi.useRealTimers();
    }
  });

  it("for silence start anew with every byte", async () => {
    vi.useFakeTimers();
    try {
      const idle = vi.fn<() => void>();
      const stream = new PassThrough();
      watchIdle(stream, 600, idle);
      for (let count = 0; count < 5; count += 1) {
        await vi.advanceTimersByTimeAsync(500);
        stream.write("x");
        await vi.advanceTimersByTimeAsync(1);
      }
      expect(idle).not.toHaveBeenCalled();
      await vi.advanceTimersByTimeAsync(800);
      expect(idle).toHaveBeenCalledOnce();
    } finally {
      vi.useRealTimers();
    }
  });
});
