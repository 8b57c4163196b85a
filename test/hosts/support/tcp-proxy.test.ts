import { once } from "node:events";
import { connect, createServer } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startProxy } from "./tcp-proxy.ts";

describe("the TCP proxy", () => {
  let target: { address: string; port: number };
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on("error", () => socket.destroy());
    socket.pipe(socket);
  });
  beforeAll(async () => {
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("No port.");
    target = { address: "127.0.0.1", port: address.port };
  });
  afterAll(() => {
    server.close();
  });

  it("passes everything and counts it", async () => {
    await using proxy = await startProxy({ target });
    const size = 12 * 1024 * 1024;
    expect(await exchange(proxy.port, Buffer.alloc(size))).toMatchObject({ received: size });
    expect(proxy.bytes).toEqual({ toTarget: size, fromTarget: size });
    expect(proxy.connections).toBe(1);
  });

  it("delays each direction", async () => {
    await using proxy = await startProxy({ target, delayMs: 60 });
    const { received, ms } = await exchange(proxy.port, Buffer.from("hello"));
    expect(received).toBe(5);
    expect(ms).toBeGreaterThanOrEqual(118);
  });

  it("cuts at the byte, until healed", async () => {
    await using proxy = await startProxy({ target, cutAfterBytes: { fromTarget: 1_000 } });
    expect(await exchange(proxy.port, Buffer.alloc(50_000))).toMatchObject({
      received: 1_000,
      ended: true,
    });
    proxy.heal();
    expect(await exchange(proxy.port, Buffer.alloc(50_000))).toMatchObject({ received: 50_000 });
  });

  it("cuts what the client sends", async () => {
    await using proxy = await startProxy({ target, cutAfterBytes: { toTarget: 10 } });
    expect(await exchange(proxy.port, Buffer.alloc(50))).toMatchObject({ ended: true });
    expect(proxy.bytes.toTarget).toBe(10);
  });

  it("stalls without closing", async () => {
    await using proxy = await startProxy({ target, stall: { fromTarget: 7 } });
    expect(await exchange(proxy.port, Buffer.alloc(100), 200)).toMatchObject({
      received: 7,
      ended: false,
    });
  });
});

/** Sends all, then collects what comes back until the other side ends or `forMs` are over. */
async function exchange(
  port: number,
  data: Buffer,
  forMs = 5_000,
): Promise<{ received: number; ended: boolean; ms: number }> {
  const started = performance.now();
  const socket = connect({ port, host: "127.0.0.1" });
  let received = 0;
  let ended = false;
  socket.on("data", (chunk: Buffer) => {
    received += chunk.length;
  });
  socket.on("error", () => socket.destroy());
  socket.end(data);
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, forMs);
    socket.on("close", () => {
      ended = true;
      clearTimeout(timer);
      resolve();
    });
  });
  socket.destroy();
  return { received, ended, ms: performance.now() - started };
}
