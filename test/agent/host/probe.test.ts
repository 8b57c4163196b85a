import { readFileSync, rmSync, mkdtempSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { type AddressInfo, createServer as createTcpServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import type { Probe } from "../../../agent/host/host.ts";
import { askOnce } from "../../../agent/host/probe.ts";

const servers: Server[] = [];
const directory = mkdtempSync(join(tmpdir(), "hostkit-probe-"));
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

async function listening(server: Server, where: number | string = 0): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => {
    if (typeof where === "string") server.listen(where, resolve);
    else server.listen(where, "127.0.0.1", resolve);
  });
  return typeof where === "string" ? 0 : (server.address() as AddressInfo).port;
}

const web = (answer: RequestListener) => listening(createServer(answer));
const fixture = (name: string) =>
  readFileSync(new URL(`../../fixtures/tls/${name}`, import.meta.url));

const limits = (timeout = 5000) => ({ timeout, signal: new AbortController().signal });
const get = (url: string, more: Partial<Extract<Probe, { type: "http" }>> = {}) =>
  askOnce(
    {
      type: "http",
      url,
      method: "GET",
      headers: {},
      insecure: false,
      followRedirects: false,
      ...more,
    },
    limits(),
  );

describe("a question by HTTP", () => {
  it("gives the status and the beginning of the answer, with the headers that were asked for", async () => {
    const port = await web((request, response) => {
      response.statusCode = 503;
      response.end(`${request.method} ${request.url} ${String(request.headers["x-ask"])}`);
    });
    const headers = { "X-Ask": "yes" };
    expect(await get(`http://127.0.0.1:${port}/a?b=c`, { headers })).toEqual({
      type: "http",
      status: 503,
      body: "GET /a?b=c yes",
    });
    expect(await get(`http://127.0.0.1:${port}/`, { method: "HEAD" })).toMatchObject({ body: "" });
  });

  it("goes where a redirect leads only when it is told to, and not for ever", async () => {
    let asked = 0;
    const port = await web((request, response) => {
      asked += 1;
      if (request.url === "/end") response.end("there");
      else {
        const to = request.url === "/loop" ? "/loop" : "end";
        response.writeHead(302, { location: to }).end("moved");
      }
    });
    const url = `http://127.0.0.1:${port}`;
    expect(await get(`${url}/start`)).toMatchObject({ status: 302, body: "moved" });
    const followRedirects = true;
    expect(await get(`${url}/start`, { followRedirects })).toMatchObject({ body: "there" });
    asked = 0;
    expect(await get(`${url}/loop`, { followRedirects })).toMatchObject({ status: 302 });
    expect(asked).toBe(6);
  });

  it("reads no more than a megabyte", async () => {
    const port = await web((_request, response) => {
      const more = () => {
        while (response.write("x".repeat(65_536)));
      };
      response.on("drain", more);
      more();
    });
    const answer = await get(`http://127.0.0.1:${port}/`);
    const { length } = (answer as { body: string }).body;
    expect(length).toBeGreaterThanOrEqual(1_048_576);
    expect(length).toBeLessThan(1_200_000);
  });

  it("can ask a Unix socket", async () => {
    const path = join(directory, "http.sock");
    await listening(
      createServer((request, response) => void response.end(request.headers.host)),
      path,
    );
    expect(await get("http://api.test/x", { socket: path })).toMatchObject({ body: "api.test" });
  });

  it("refuses a certificate that nobody signed, unless it is told not to", async () => {
    const server = createSecureServer(
      { key: fixture("localhost.key"), cert: fixture("localhost.crt") },
      (_request, response) => void response.end("secure"),
    );
    const port = await listening(server);
    const url = `https://127.0.0.1:${port}/`;
    expect(await get(url)).toEqual({ type: "none", code: "DEPTH_ZERO_SELF_SIGNED_CERT" });
    expect(await get(url, { insecure: true })).toMatchObject({ status: 200, body: "secure" });
  });

  it("tells what is no HTTP, and who does not answer in time", async () => {
    const port = await listening(createTcpServer((socket) => void socket.end("220 mail\r\n")));
    expect(await get(`http://127.0.0.1:${port}/`)).toEqual({
      type: "none",
      code: "HPE_INVALID_CONSTANT",
    });
    const slow = await web(() => undefined);
    const begun = performance.now();
    const probe = { method: "GET", headers: {}, insecure: false, followRedirects: false } as const;
    expect(
      await askOnce({ type: "http", url: `http://127.0.0.1:${slow}/`, ...probe }, limits(100)),
    ).toEqual({ type: "none", code: "ETIMEDOUT" });
    expect(performance.now() - begun).toBeLessThan(1000);
    (servers.at(-1) as ReturnType<typeof createServer>).closeAllConnections();
  });
});

describe("a question whether somebody listens", () => {
  it("is answered by a connection, at a port or a socket", async () => {
    const path = join(directory, "plain.sock");
    await listening(
      createTcpServer((socket) => socket.on("error", () => undefined)),
      path,
    );
    const port = await listening(createTcpServer((socket) => socket.on("error", () => undefined)));
    const ask = (to: Extract<Probe, { type: "connect" }>["to"]) =>
      askOnce({ type: "connect", to }, limits());
    expect(await ask({ host: "127.0.0.1", port })).toEqual({ type: "connected" });
    expect(await ask({ host: "localhost", port })).toEqual({ type: "connected" });
    expect(await ask({ path })).toEqual({ type: "connected" });
    expect(await ask({ path: join(directory, "none.sock") })).toEqual({
      type: "none",
      code: "ENOENT",
    });
    servers.at(-1)?.close();
    expect(await ask({ host: "127.0.0.1", port })).toEqual({ type: "none", code: "ECONNREFUSED" });
    expect(await ask({ host: "localhost", port })).toEqual({ type: "none", code: "ECONNREFUSED" });
  });

  it("is given up when nobody wants to know any more", async () => {
    const quit = new AbortController();
    const asked = askOnce(
      // A documentation address, see RFC 5737: nobody answers there, or the network says so.
      { type: "connect", to: { host: "192.0.2.1", port: 1 } },
      { timeout: 60_000, signal: quit.signal },
    );
    quit.abort();
    expect((await asked).type).toBe("none");
  });
});
