import { spawn } from "node:child_process";
import { createServer, type Socket, connect as tcpConnect } from "node:net";

import { describe, expect, it, vi } from "vitest";

import { fingerprint } from "../../../client/transport/host-key/fingerprint.ts";
import { createSshTransport } from "../../../client/transport/ssh.ts";
import { socketFailure } from "../../../client/transport/open-socket.ts";
import type { SshEndpoint } from "../../../client/transport/ssh-endpoint.ts";
import { failure, freePort, timeLimit } from "./scratch.ts";
import { startTcpProxy } from "./tcp-proxy.ts";
import { makeHostKey, startFakeServer } from "./ssh2-server.ts";

vi.setConfig({ testTimeout: 30_000 });

function connect(port: number, extra: Partial<SshEndpoint> = {}): Promise<unknown> {
  return createSshTransport({
    host: "127.0.0.1",
    port,
    user: "anyone",
    agent: "none",
    password: async () => "any",
    knownHostsFiles: [],
    readyTimeoutMs: 400,
    ...extra,
  }).connect(timeLimit());
}

/** A server that does `greet` with every connection. */
async function listen(
  greet: (socket: Socket) => void,
): Promise<AsyncDisposable & { port: number; count: () => number }> {
  let count = 0;
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    count += 1;
    sockets.add(socket);
    socket.on("error", () => undefined);
    greet(socket);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  return {
    port: (server.address() as { port: number }).port,
    count: () => count,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}

describe("a host that", () => {
  it("refuses the connection", async () => {
    const { code, detail } = await failure(connect(await freePort()));
    expect(code).toBe("HK2001");
    expect(detail).toContain("ECONNREFUSED");
  });

  it("has a name that cannot exist", async () => {
    // A label of more than 63 characters: the resolver refuses it without asking anybody.
    const { code } = await failure(connect(22, { host: `${"a".repeat(64)}.invalid` }));
    expect(code).toBe("HK2000");
  });

  it("accepts no connection in time", async () => {
    await using full = await startFullListener();
    const { code } = await failure(connect(full.port, { connectTimeoutMs: 300 }));
    expect(code).toBe("HK2002");
  });

  it.each([
    { name: "says nothing", greet: () => undefined, code: "HK2004", says: "no SSH banner came" },
    {
      name: "talks but is no SSH server, slowly",
      greet: (socket: Socket) => socket.write("220 mail.example.com ESMTP\r\n"),
      code: "HK2004",
      says: "220 mail.example.com",
    },
    {
      name: "is a web server",
      greet: (socket: Socket) =>
        socket.end("HTTP/1.1 400 Bad Request\r\nServer: \u001b[31mx\r\n\r\n"),
      code: "HK2005",
      says: "HTTP/1.1 400 Bad Request",
    },
    {
      name: "sends garbage",
      greet: (socket: Socket) => socket.write(Buffer.alloc(20_000, 0x41)),
      code: "HK2005",
      says: "check the port",
    },
    {
      name: "closes at once",
      greet: (socket: Socket) => socket.end(),
      code: "HK2007",
      says: "before the server said",
    },
    {
      name: "resets at once",
      greet: (socket: Socket) => socket.resetAndDestroy(),
      code: "HK2007",
      says: "",
    },
    {
      name: "has too many connections",
      greet: (socket: Socket) => socket.end("Exceeded MaxStartups\r\n"),
      code: "HK2008",
      says: "MaxStartups",
    },
    {
      name: "has a penalty for us",
      greet: (socket: Socket) => socket.end("Not allowed at this time\r\n"),
      code: "HK2008",
      says: "PerSourcePenalties",
    },
    {
      name: "stops after its banner",
      greet: (socket: Socket) => socket.write("SSH-2.0-OpenSSH_9.2\r\n"),
      code: "HK2004",
      says: "key exchange did not end",
    },
    {
      name: "hangs up after its banner",
      greet: (socket: Socket) => socket.end("SSH-2.0-OpenSSH_9.2\r\n"),
      code: "HK2007",
      says: "during the key exchange",
    },
    {
      name: "speaks SSH 1 only",
      greet: (socket: Socket) => socket.end("SSH-1.5-old\r\n"),
      code: "HK2006",
      says: "",
    },
  ])("$name: $code", async ({ greet, code, says }) => {
    await using server = await listen(greet);
    const found = await failure(connect(server.port));
    expect(found.code).toBe(code);
    expect(found.detail).toContain(says);
    expect(found.detail).not.toContain("\u001b");
  });

  it.each([
    { name: "ciphers", algorithms: { cipher: ["aes256-cbc" as const] } },
    { name: "key exchanges", algorithms: { kex: ["diffie-hellman-group14-sha1" as const] } },
  ])("has only broken $name", async ({ algorithms }) => {
    const key = makeHostKey("ed25519");
    await using server = await startFakeServer({ hostKeys: [key.privateKey], algorithms });
    const { code } = await failure(connect(server.port));
    expect(code).toBe("HK2006");
  });

  it("is cut off at any byte of the login: HK2007 each time, and never again", async () => {
    const key = makeHostKey("ed25519");
    const hostKey = fingerprint(key.publicKey);
    await using server = await startFakeServer({ hostKeys: [key.privateKey] });
    await using whole = await startTcpProxy({ targetPort: server.port });
    await connect(whole.port, { hostKey, readyTimeoutMs: 5_000 });
    const total = whole.clientBytes;
    for (let step = 0; step < 12; step += 1) {
      const cutAfterClientBytes = Math.max(1, Math.floor((total * step) / 12));
      await using proxy = await startTcpProxy({ targetPort: server.port, cutAfterClientBytes });
      const { code } = await failure(connect(proxy.port, { hostKey, readyTimeoutMs: 5_000 }));
      expect(code, `after ${cutAfterClientBytes} of ${total} bytes`).toBe("HK2007");
    }
  });

  it("is down at first is tried again, as often as allowed", async () => {
    await using server = await listen((socket) => socket.end());
    const retry = { attempts: 3, baseDelayMs: 5 };
    expect((await failure(connect(server.port, { retry }))).code).toBe("HK2007");
    expect(server.count()).toBe(3);
  });

  it("is not waited for any longer when the user gives up", async () => {
    await using server = await listen(() => undefined);
    const controller = new AbortController();
    setTimeout(() => controller.abort(new Error("given up")), 50);
    const transport = createSshTransport({
      host: "127.0.0.1",
      port: server.port,
      user: "anyone",
      agent: "none",
      password: async () => "any",
    });
    await expect(transport.connect(controller.signal)).rejects.toThrow("given up");
  });
});

describe("an error of the system", () => {
  const errno = (code: string): Error => Object.assign(new Error(`connect ${code}`), { code });

  it.each([
    ["ENOTFOUND", "HK2000"],
    ["EAI_AGAIN", "HK2000"],
    ["ECONNREFUSED", "HK2001"],
    ["ETIMEDOUT", "HK2002"],
    ["EHOSTUNREACH", "HK2003"],
    ["ENETUNREACH", "HK2003"],
    ["EACCES", "HK2003"],
    ["ECONNRESET", "HK2007"],
  ])("%s is %s", (code, expected) => {
    const error = socketFailure({ host: "app", port: 22 }, errno(code));
    expect(error.diagnostics[0]?.code).toBe(expected);
  });

  it("of several addresses is the one that says most", () => {
    const all = new AggregateError([errno("ENETUNREACH"), errno("ECONNREFUSED")]);
    expect(socketFailure({ host: "app", port: 22 }, all).diagnostics[0]).toMatchObject({
      code: "HK2001",
      detail: expect.stringContaining("connect ENETUNREACH; connect ECONNREFUSED") as string,
    });
  });
});

/** A port whose queue of connections is full, so that the kernel drops every further one. */
async function startFullListener(): Promise<AsyncDisposable & { port: number }> {
  const script = `const s = require("net").createServer().listen({ port: 0, host: "127.0.0.1", backlog: 1 }, () => console.log(s.address().port))`;
  const child = spawn(process.execPath, ["-e", script], { stdio: ["ignore", "pipe", "inherit"] });
  const port = await new Promise<number>((resolve) => {
    child.stdout.once("data", (text: Buffer) => resolve(Number(text.toString())));
  });
  child.kill("SIGSTOP");
  const fillers = Array.from({ length: 4 }, () =>
    tcpConnect(port, "127.0.0.1").on("error", () => undefined),
  );
  await new Promise((resolve) => {
    setTimeout(resolve, 100);
  });
  return {
    port,
    async [Symbol.asyncDispose]() {
      for (const filler of fillers) filler.destroy();
      const ended = new Promise((resolve) => {
        child.once("exit", resolve);
      });
      child.kill("SIGKILL");
      await ended;
    },
  };
}
