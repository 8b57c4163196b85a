import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";

import { describe, expect, it, vi } from "vitest";

import { createSshTransport } from "../../../client/transport/ssh.ts";
import type { SshEndpoint } from "../../../client/transport/ssh-endpoint.ts";
import type { Connection, Exec } from "../../../client/transport/transport.ts";
import { startOpenSshAgent } from "./openssh-agent.ts";
import { NO_SSHD, startOpenSshServer } from "./openssh-server.ts";
import { failure, makeKey, timeLimit } from "./scratch.ts";
import { startTcpProxy } from "./tcp-proxy.ts";

vi.setConfig({ testTimeout: 60_000 });

async function connect(endpoint: SshEndpoint): Promise<Connection & AsyncDisposable> {
  const connection = await createSshTransport(endpoint).connect(timeLimit());
  return Object.assign(connection, { [Symbol.asyncDispose]: () => connection.close() });
}

async function outputOf(exec: Exec): Promise<string> {
  return Buffer.concat((await exec.stdout.toArray()) as Buffer[]).toString();
}

describe.skipIf(NO_SSHD !== undefined)(
  `OpenSSH on loopback${NO_SSHD === undefined ? "" : ` (${NO_SSHD})`}`,
  () => {
    it("runs commands with a key file, and tells how they end", async () => {
      await using server = await startOpenSshServer();
      await using connection = await connect(server.endpoint);
      expect(connection.label).toBe(`${server.endpoint.user}@127.0.0.1:${server.port}`);
      expect(connection.hostKey).toMatch(/^SHA256:/u);

      const hello = await connection.exec("echo hello; echo trouble >&2");
      expect(await outputOf(hello)).toBe("hello\n");
      expect(await hello.exit).toEqual({ kind: "exited", code: 0 });
      expect(hello.stderrTail()).toBe("trouble\n");

      for (const code of [0, 1, 75, 127, 255])
        expect(await (await connection.exec(`exit ${code}`)).exit).toEqual({
          kind: "exited",
          code,
        });
      const killed = await connection.exec("kill -KILL $$");
      expect(await killed.exit).toEqual({ kind: "signalled", signal: "SIGKILL" });
      expect(connection.execCount).toBe(7);
    });

    it("has no terminal, and no agent and no environment of ours", async () => {
      await using server = await startOpenSshServer({
        config: ["AcceptEnv *", "AllowAgentForwarding yes"],
      });
      await using agent = await startOpenSshAgent();
      agent.add(server.identity);
      await using connection = await connect({ ...server.endpoint, agent: agent.socket });
      const exec = await connection.exec(
        "test -t 0 || test -t 1 || echo none; echo ${SSH_AUTH_SOCK:-none}; env | grep -c ^LC_",
      );
      expect(await outputOf(exec)).toBe("none\nnone\n0\n");
    });

    it("gets binary data through unchanged, in both directions", async () => {
      await using server = await startOpenSshServer();
      await using connection = await connect(server.endpoint);
      const exec = await connection.exec("cat");
      const data = Buffer.from(Array.from({ length: 3_000_000 }, (_each, index) => index % 256));
      exec.stdin.end(data);
      expect(Buffer.concat((await exec.stdout.toArray()) as Buffer[]).equals(data)).toBe(true);
      expect(await exec.exit).toEqual({ kind: "exited", code: 0 });
    });

    it("does not stall when a command floods stderr, and keeps its head and tail", async () => {
      await using server = await startOpenSshServer();
      await using connection = await connect(server.endpoint);
      const exec = await connection.exec(
        "echo FIRST >&2; head -c 12000000 /dev/zero | tr '\\0' x >&2; echo LAST >&2; echo done",
      );
      expect(await outputOf(exec)).toBe("done\n");
      expect(await exec.exit).toEqual({ kind: "exited", code: 0 });
      const tail = exec.stderrTail();
      expect(tail.length).toBeLessThan(70_000);
      expect(tail.startsWith("FIRST\n")).toBe(true);
      expect(tail.endsWith("LAST\n")).toBe(true);
      expect(tail).toMatch(/\[\d+ bytes left out\]/u);
    });

    it("logs in with a key of the SSH agent", async () => {
      await using server = await startOpenSshServer();
      await using agent = await startOpenSshAgent();
      agent.add(server.identity);
      await using connection = await connect({
        ...server.endpoint,
        identityFiles: [],
        agent: agent.socket,
      });
      expect(await (await connection.exec("true")).exit).toEqual({ kind: "exited", code: 0 });
    });

    it("logs in with every kind of agent key", async () => {
      await using server = await startOpenSshServer();
      for (const type of ["ecdsa", "rsa", "ed25519"]) {
        await using agent = await startOpenSshAgent();
        const key = makeKey(server.directory, { name: `agent_${type}`, type });
        server.authorize(`${key}.pub`);
        agent.add(key);
        await using connection = await connect({
          ...server.endpoint,
          identityFiles: [],
          agent: agent.socket,
        });
        expect(connection.label, type).toContain("127.0.0.1");
      }
    });

    it("picks one of eleven agent keys by its public half, in one attempt", async () => {
      await using server = await startOpenSshServer({ config: ["MaxAuthTries 1"] });
      await using agent = await startOpenSshAgent();
      for (let count = 0; count < 10; count += 1)
        agent.add(makeKey(server.directory, { name: `unrelated${count}` }));
      agent.add(server.identity);
      const many = { ...server.endpoint, identityFiles: [], agent: agent.socket };
      const { code, detail } = await failure(connect(many));
      expect(code).toBe("HK2020");
      expect(detail).toContain("agent: false");
      await using connection = await connect({
        ...many,
        identityFiles: [`${server.identity}.pub`],
        identitiesOnly: true,
      });
      expect(connection.execCount).toBe(0);
    });

    it("refuses a key that it does not know: the message names the key and the methods", async () => {
      await using server = await startOpenSshServer();
      await using agent = await startOpenSshAgent();
      const stranger = makeKey(server.directory, { name: "stranger" });
      agent.add(stranger);
      for (const by of [
        { identityFiles: [stranger] },
        { identityFiles: [], agent: agent.socket },
      ]) {
        const { code, detail } = await failure(connect({ ...server.endpoint, ...by }));
        expect(code).toBe("HK2020");
        expect(detail).toContain("stranger");
        expect(detail).toContain("The server accepts: publickey.");
      }
    });

    it("goes on without an agent that is not there", async () => {
      await using server = await startOpenSshServer();
      const agent = `${server.directory}/no-agent`;
      await using connection = await connect({ ...server.endpoint, agent });
      expect(connection.execCount).toBe(0);
      const { code, detail } = await failure(
        connect({ ...server.endpoint, agent, identityFiles: [`${server.identity}.pub`] }),
      );
      expect(code).toBe("HK2024");
      expect(detail).toContain("no-agent could not be asked");
    });

    it("with RSA and ed25519 keys matches a known_hosts file that has only one of them", async () => {
      await using server = await startOpenSshServer({ hostKeyTypes: ["ed25519", "rsa", "ecdsa"] });
      const lines = readFileSync(server.knownHosts, "utf8").trim().split("\n");
      for (const line of lines) {
        writeFileSync(server.knownHosts, `${line}\n`);
        await using connection = await connect(server.endpoint);
        expect(connection.hostKey).toMatch(/^SHA256:/u);
      }
    });

    it("reports a cut connection as lost: to the command, to the next command, and to a pending write", async () => {
      await using server = await startOpenSshServer();
      await using proxy = await startTcpProxy({ targetPort: server.port });
      await using connection = await connect(throughProxy(server.endpoint, proxy.port));
      const exec = await connection.exec("sleep 60");
      // More than the window takes, so that the write is pending.
      const write = new Promise((resolve) => {
        exec.stdin.write(Buffer.alloc(8 * 1024 * 1024), resolve);
      });
      proxy.cut();
      expect(await exec.exit).toMatchObject({ kind: "lost" });
      expect(await write).toBeInstanceOf(Error);
      expect(await outputOf(exec)).toBe("");
      expect((await failure(connection.exec("true"))).code).toBe("HK2030");
    });

    it("reports a peer that vanished within the keepalive limit", async () => {
      await using server = await startOpenSshServer();
      await using proxy = await startTcpProxy({ targetPort: server.port });
      await using connection = await connect({
        ...throughProxy(server.endpoint, proxy.port),
        keepalive: { intervalMs: 100, count: 6 },
      });
      const exec = await connection.exec("sleep 60");
      // A healthy silent connection lives on.
      await new Promise((resolve) => {
        setTimeout(resolve, 1_500);
      });
      proxy.stall();
      const before = performance.now();
      const exit = await exec.exit;
      expect(exit).toMatchObject({ kind: "lost", reason: "nothing was received for 0.6 s" });
      expect(performance.now() - before).toBeLessThan(2_000);
    });

    it("does not take a slow upload for a dead peer", async () => {
      await using server = await startOpenSshServer();
      await using proxy = await startTcpProxy({
        targetPort: server.port,
        clientBytesPerSecond: 400_000,
      });
      await using connection = await connect({
        ...throughProxy(server.endpoint, proxy.port),
        keepalive: { intervalMs: 150, count: 6 },
      });
      const exec = await connection.exec("wc -c");
      exec.stdin.end(Buffer.alloc(1_500_000));
      expect((await outputOf(exec)).trim()).toBe("1500000");
    });

    it("keeps an upload intact while the keys are renegotiated", async () => {
      await using server = await startOpenSshServer({ config: ["RekeyLimit 1M"] });
      await using connection = await connect(server.endpoint);
      const exec = await connection.exec("sha256sum");
      exec.stdin.end(Buffer.alloc(6_000_000, "hostkit"));
      const digest = createHash("sha256").update(Buffer.alloc(6_000_000, "hostkit")).digest("hex");
      expect(await outputOf(exec)).toBe(`${digest}  -\n`);
    });

    it("with MaxSessions 1 runs one command after the other", async () => {
      await using server = await startOpenSshServer({ config: ["MaxSessions 1"] });
      await using connection = await connect(server.endpoint);
      for (let count = 0; count < 5; count += 1) {
        const exec = await connection.exec(`echo ${count}; exit 75`);
        expect(await outputOf(exec)).toBe(`${count}\n`);
        expect(await exec.exit).toEqual({ kind: "exited", code: 75 });
      }
      const busy = await connection.exec("sleep 60");
      expect((await failure(connection.exec("true"))).code).toBe("HK2031");
      busy.close();
      expect(await busy.exit).toEqual({ kind: "lost", reason: "closed by this side" });
    });

    it("ends a command's input when it is closed here", async () => {
      await using server = await startOpenSshServer();
      await using connection = await connect(server.endpoint);
      const exec = await connection.exec("cat; echo ended");
      exec.stdin.end();
      expect(await outputOf(exec)).toBe("ended\n");
    });

    it("is reached through a jump host, each with its own key check", async () => {
      await using jump = await startOpenSshServer({ config: ["AllowTcpForwarding yes"] });
      await using target = await startOpenSshServer();
      await using connection = await connect({ ...target.endpoint, jump: jump.endpoint });
      expect(await outputOf(await connection.exec("echo $SSH_CONNECTION"))).toContain(
        ` ${target.port}\n`,
      );

      const distrusted = { ...jump.endpoint, knownHostsFiles: [target.knownHosts] };
      const before = target.log().match(/Connection from/gu)?.length;
      const { code, detail } = await failure(connect({ ...target.endpoint, jump: distrusted }));
      expect(code).toBe("HK2010");
      expect(detail).toContain(`[127.0.0.1]:${jump.port}`);
      expect(target.log().match(/Connection from/gu)?.length).toBe(before);
    });

    it("tells when the jump host may not or cannot reach the target", async () => {
      await using jump = await startOpenSshServer({ config: ["AllowTcpForwarding no"] });
      const { code, detail } = await failure(connect({ ...jump.endpoint, jump: jump.endpoint }));
      expect(code).toBe("HK2009");
      expect(detail).toContain("AllowTcpForwarding");
    });

    it("tells a command of a connection that is closed here, or cut before the server answered", async () => {
      await using server = await startOpenSshServer();
      await using proxy = await startTcpProxy({ targetPort: server.port });
      const closed = await connect(throughProxy(server.endpoint, proxy.port));
      const exec = await closed.exec("sleep 60");
      await closed.close();
      expect(await exec.exit).toEqual({ kind: "lost", reason: "closed by this side" });
      expect((await failure(closed.exec("true"))).code).toBe("HK2030");

      await using cut = await connect(throughProxy(server.endpoint, proxy.port));
      const opening = failure(cut.exec("true"));
      proxy.cut();
      expect((await opening).code).toBe("HK2030");
    });
  },
);

/** The proxy has another port than the server, so its key has another name: recorded at first contact. */
function throughProxy(endpoint: SshEndpoint, port: number): SshEndpoint {
  return {
    ...endpoint,
    port,
    acceptNewHostKey: "record",
    knownHostsFiles: [`${endpoint.knownHostsFiles?.[0]}.proxy`],
  };
}
