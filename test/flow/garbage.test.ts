import { describe, expect, it } from "vitest";
import { serve } from "../../agent/serve.ts";
import { openSession } from "../../client/open-session.ts";
import { decodeMessage, encodeMessage } from "../../shared/protocol/codec.ts";
import { encodeFrame, type Frame, FrameDecoder } from "../../shared/protocol/frame.ts";
import { Failure } from "../../shared/protocol/messages.ts";
import { MemoryHost } from "../support/memory-host/memory-host.ts";
import { createWire } from "../support/memory-stream.ts";
import { createInProcessExecutor, createMemoryLock } from "../support/in-process-executor.ts";
import { HELLO, ROOT } from "./joined.ts";

/** What either side does with bytes that no honest peer sends. */

const text = (value: string) => new TextEncoder().encode(value);
const header = (length: number, type: number) => {
  const bytes = new Uint8Array(64);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, length);
  view.setUint8(4, type);
  return bytes;
};
const GARBAGE: readonly (readonly [string, Uint8Array])[] = [
  ["text", text("bash: warning: setlocale: cannot change locale")],
  ["zeros", new Uint8Array(100)],
  ["a frame of 3 GiB", header(0xc0_00_00_00, 2)],
  ["an unknown type", header(20, 77)],
  [
    "a frame that is not msgpack",
    encodeFrame({ type: "request", id: 1, payload: text("\xc1\xc1") }),
  ],
  [
    "a request of the wrong shape",
    encodeMessage({ type: "request", id: 1 }, { verb: "plan", body: { manifest: [] } }),
  ],
  [
    "a resource of an unknown kind",
    encodeMessage(
      { type: "request", id: 1 },
      {
        verb: "plan",
        body: {
          manifest: {
            version: 1,
            project: "p",
            host: "h",
            resources: [{ id: "evil:x", kind: "evil", desired: {}, dependsOn: [] }],
          },
        },
      },
    ),
  ],
  [
    "a path that climbs",
    encodeMessage(
      { type: "request", id: 1 },
      {
        verb: "plan",
        body: {
          manifest: {
            version: 1,
            project: "p",
            host: "h",
            resources: [
              {
                id: "directory:/a/../b",
                kind: "directory",
                desired: { path: "/a/../b" },
                dependsOn: [],
              },
            ],
          },
        },
      },
    ),
  ],
];

async function framesOf(readable: AsyncIterable<Uint8Array>): Promise<Frame[]> {
  const decoder = new FrameDecoder();
  const frames: Frame[] = [];
  for await (const chunk of readable) frames.push(...decoder.push(chunk));
  return frames;
}

describe("the agent", () => {
  it.each(GARBAGE)(
    "answers %s with a failure, changes nothing and ends",
    async (_name, garbage) => {
      const host = new MemoryHost();
      const before = host.digest();
      const wire = createWire();
      const serving = serve(wire.agent, {
        host,
        hello: HELLO,
        root: ROOT,
        spool: "/nonexistent/hostkit-spool",
        by: "tester",
        login: "tester",
        executor: createInProcessExecutor(host, { root: ROOT, hello: HELLO }),
        lock: createMemoryLock(),
      });
      await wire.client.write(garbage);
      await serving;
      wire.cut();
      const frames = await framesOf(wire.client.readable);
      expect(frames.map((frame) => frame.type)).toEqual(["hello", "failure"]);
      expect(decodeMessage(Failure, frames[1]!).diagnostics[0]?.code).toBe("HK3002");
      expect(host.digest()).toBe(before);
    },
  );

  it("ignores contents for a request that is over", async () => {
    const wire = createWire();
    const host = new MemoryHost();
    const serving = serve(wire.agent, {
      host,
      hello: HELLO,
      root: ROOT,
      spool: "/nonexistent/x",
      by: "tester",
      login: "tester",
      executor: createInProcessExecutor(host, { root: ROOT, hello: HELLO }),
      lock: createMemoryLock(),
    });
    const late = { sha256: "0".repeat(64), offset: 0, bytes: text("x"), last: true };
    await wire.client.write(encodeMessage({ type: "blob", id: 9 }, late));
    await wire.client.write(encodeMessage({ type: "ping", id: 3 }, {}));
    await wire.client.write(encodeMessage({ type: "goodbye", id: 0 }, {}));
    await serving;
    wire.cut();
    const frames = await framesOf(wire.client.readable);
    expect(frames.map((frame) => frame.type)).toEqual(["hello", "pong"]);
  });
});

describe("the client", () => {
  const open = async (...sent: Uint8Array[]) => {
    const wire = createWire();
    for (const bytes of sent) await wire.agent.write(bytes);
    const session = await openSession(wire.client, {
      label: "test",
      reason: () => Promise.resolve("The wire was cut."),
      close: () => Promise.resolve(wire.cut()),
    });
    return { session, agent: wire.agent };
  };
  const hello = encodeMessage({ type: "hello", id: 0 }, HELLO);

  it.each(GARBAGE.slice(0, 4))("refuses %s in the place of a hello", async (_name, garbage) => {
    await expect(open(garbage)).rejects.toMatchObject({ diagnostics: [{ code: "HK3003" }] });
  });

  it.each([
    ["an unknown key", { ...HELLO, more: 1 }],
    ["a missing field", { ...HELLO, machineId: undefined }],
    ["a wrong type", { ...HELLO, uid: "root" }],
  ])("refuses a hello with %s", async (_name, message) => {
    const opening = open(encodeMessage({ type: "hello", id: 0 }, message));
    await expect(opening).rejects.toMatchObject({ diagnostics: [{ code: "HK3003" }] });
  });

  it("fails what is pending when garbage comes in the middle", async () => {
    const { session, agent } = await open(hello);
    const facts = session.facts([]);
    await agent.write(encodeMessage({ type: "response", id: 1 }, { plan: "none" }));
    await expect(facts).rejects.toMatchObject({ diagnostics: [{ code: "HK3003" }] });
  });

  it("refuses a message that only a client sends", async () => {
    const { session } = await open(hello, encodeMessage({ type: "request", id: 1 }, {}));
    await expect(session.facts([])).rejects.toMatchObject({ diagnostics: [{ code: "HK3003" }] });
  });
});
