import { existsSync, readdirSync, statSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { describe, expect, it, vi } from "vitest";

import type { AgentArtifact } from "../../../client/bootstrap/artifact.ts";
import { type AgentStream, dial, type DialOptions } from "../../../client/bootstrap/dial.ts";
import { createSshTransport } from "../../../client/transport/ssh.ts";
import type { SshEndpoint } from "../../../client/transport/ssh-endpoint.ts";
import type { Connection } from "../../../client/transport/transport.ts";
import {
  NO_SSHD,
  type OpenSshServer,
  type ServerOptions,
  startOpenSshServer,
} from "../transport/openssh-server.ts";
import { createScratch, failure, timeLimit } from "../transport/scratch.ts";
import { startTcpProxy } from "../transport/tcp-proxy.ts";
import { makeAgent } from "./fake-agent.ts";
import { changing } from "./wrapped-connection.ts";

vi.setConfig({ testTimeout: 60_000 });

const IS_ROOT = userInfo().uid === 0;
const SAFE_PARENT = IS_ROOT ? "/var/lib" : tmpdir();

interface Bench extends AsyncDisposable {
  readonly server: OpenSshServer;
  readonly artifact: AgentArtifact;
  readonly stateRoot: string;
  readonly installed: string;
  /** Connections made here are closed with the bench. */
  connect(endpoint?: SshEndpoint): Promise<Connection>;
  dial(connection: Connection, extra?: Partial<DialOptions>): Promise<AgentStream>;
}

async function createBench(options: ServerOptions = {}, lines?: readonly string[]): Promise<Bench> {
  const server = await startOpenSshServer(options);
  const state = createScratch(SAFE_PARENT);
  const stateRoot = join(state.path, "hostkit");
  const artifact = makeAgent(server.directory, lines === undefined ? {} : { lines });
  const open: Connection[] = [];
  return {
    server,
    artifact,
    stateRoot,
    installed: join(stateRoot, "agents", artifact.agentId, "hostkit-agent"),
    async connect(endpoint = server.endpoint) {
      const connection = await createSshTransport(endpoint).connect(timeLimit());
      open.push(connection);
      return connection;
    },
    dial: (connection, extra) =>
      dial(connection, {
        artifacts: [artifact],
        elevate: "none",
        signal: timeLimit(30_000),
        report: () => undefined,
        stateRoot,
        ...extra,
      }),
    async [Symbol.asyncDispose]() {
      await Promise.all(open.map((each) => each.close()));
      await server[Symbol.asyncDispose]();
      state[Symbol.dispose]();
    },
  };
}

async function converse(stream: AgentStream): Promise<string> {
  stream.writable.end("ping");
  return Buffer.concat((await stream.readable.toArray()) as Buffer[]).toString();
}

describe.skipIf(NO_SSHD !== undefined)(
  `dialling an agent through OpenSSH${NO_SSHD === undefined ? "" : ` (${NO_SSHD})`}`,
  () => {
    it("takes two commands the first time and one from then on", async () => {
      await using bench = await createBench();
      const first = await bench.connect();
      expect(await converse(await bench.dial(first))).toBe("ping");
      expect(first.execCount).toBe(2);
      const second = await bench.connect();
      const stream = await bench.dial(second);
      expect(stream).toMatchObject({ installed: "cached", stateRoot: bench.stateRoot });
      expect(await converse(stream)).toBe("ping");
      expect(second.execCount).toBe(1);
      expect(await stream.exec.exit).toEqual({ kind: "exited", code: 0 });
    });

    it("works with MaxSessions 1", async () => {
      await using bench = await createBench({ config: ["MaxSessions 1"] });
      for (const installed of ["uploaded", "cached"]) {
        const stream = await bench.dial(await bench.connect());
        expect(stream.installed).toBe(installed);
        expect(await converse(stream)).toBe("ping");
      }
    });

    it("passes a megabyte in each direction unchanged", async () => {
      await using bench = await createBench();
      const stream = await bench.dial(await bench.connect());
      const data = Buffer.from(
        Array.from({ length: 1_000_000 }, (_each, index) => (index * 7) % 256),
      );
      stream.writable.end(data);
      expect(Buffer.concat((await stream.readable.toArray()) as Buffer[]).equals(data)).toBe(true);
    });

    it("leaves nothing of an upload that was cut, and installs at the next try", async () => {
      await using bench = await createBench();
      const { compressedSize } = bench.artifact;
      for (const sent of [0, 1, Math.floor(compressedSize / 2), compressedSize - 1]) {
        await using proxy = await startTcpProxy({ targetPort: bench.server.port });
        const { endpoint } = bench.server;
        const connection = await bench.connect({
          ...endpoint,
          port: proxy.port,
          acceptNewHostKey: "record",
          knownHostsFiles: [join(bench.server.directory, "known_hosts.proxy")],
        });
        const { code } = await failure(
          bench.dial(connection, {
            report: (progress) => {
              // The proxy counts encrypted bytes, so the cut is near the wanted one, not on it.
              if (progress.phase === "uploading" && progress.bytes === 0) proxy.cutAfter(sent);
            },
          }),
        );
        expect(code, `after ${sent} bytes`).toBe("HK2030");
        await untilGone(bench.installed);
        expect(readdirSync(dirname(bench.installed)), `after ${sent} bytes`).toEqual([]);
      }
      expect((await bench.dial(await bench.connect())).installed).toBe("uploaded");
      expect(statSync(bench.installed).mode & 0o7777).toBe(0o755);
    });

    it("serves eight clients at once", async () => {
      await using bench = await createBench();
      const streams = await Promise.all(
        Array.from({ length: 8 }, async () => bench.dial(await bench.connect())),
      );
      expect(await Promise.all(streams.map(converse))).toEqual(
        Array.from({ length: 8 }, () => "ping"),
      );
      expect(readdirSync(dirname(bench.installed))).toEqual(["hostkit-agent"]);
    });

    it("reports a connection that is cut while the agent is waited for", async () => {
      await using bench = await createBench({}, ["sleep 60"]);
      await using proxy = await startTcpProxy({ targetPort: bench.server.port });
      const connection = await bench.connect({
        ...bench.server.endpoint,
        port: proxy.port,
        acceptNewHostKey: "record",
        knownHostsFiles: [join(bench.server.directory, "known_hosts.proxy")],
      });
      const dialling = failure(
        bench.dial(connection, {
          report: ({ phase }) => {
            if (phase === "starting") setTimeout(() => proxy.cut(), 300);
          },
        }),
      );
      expect((await dialling).code).toBe("HK2030");
    });

    it.each([
      {
        name: "10 KiB of noise",
        script: 'yes motd | head -c 10240; eval "$SSH_ORIGINAL_COMMAND"',
        result: "ok",
      },
      { name: "umask 000", script: 'umask 000; eval "$SSH_ORIGINAL_COMMAND"', result: "ok" },
      {
        name: "noise on stderr",
        script: 'yes motd | head -c 3000000 >&2; eval "$SSH_ORIGINAL_COMMAND"',
        result: "ok",
      },
      {
        name: "another user demanded",
        script: `echo 'Please login as the user "debian" rather than the user "root".'; sleep 1; exit 142`,
        result: "HK2113",
      },
      {
        name: "nologin",
        script: "echo 'This account is currently not available.'; exit 1",
        result: "HK2113",
      },
      { name: "an early exit", script: "exit 0", result: "HK2110" },
    ])("with a forced command of $name: $result", async ({ script, result }) => {
      await using bench = await createBench({ forcedCommand: script });
      const outcome = bench.dial(await bench.connect());
      if (result === "ok") {
        expect(await converse(await outcome)).toBe("ping");
        expect(statSync(bench.installed).mode & 0o7777).toBe(0o755);
      } else expect((await failure(outcome)).code).toBe(result);
    });
  },
);

/** The server's own view of /var/lib, so that the usual state root can be used. */
const PRIVATE_ROOT = "mount -t tmpfs -o mode=755";

describe.skipIf(NO_SSHD !== undefined || !IS_ROOT)(
  "the usual state root of root (needs root and sshd)",
  () => {
    const usual = { stateRoot: undefined } as unknown as Partial<DialOptions>;

    it("is /var/lib/hostkit", async () => {
      await using bench = await createBench({ privateMounts: [`${PRIVATE_ROOT} none /var/lib`] });
      for (const installed of ["uploaded", "cached"]) {
        const connection = await bench.connect();
        const stream = await bench.dial(connection, usual);
        expect(stream).toMatchObject({ installed, stateRoot: "/var/lib/hostkit" });
        expect(await converse(stream)).toBe("ping");
        const look = await connection.exec(
          "stat -c '%a %U %n' /var/lib/hostkit /var/lib/hostkit/agents",
        );
        const said = Buffer.concat((await look.stdout.toArray()) as Buffer[]).toString();
        expect(said).toBe("700 root /var/lib/hostkit\n700 root /var/lib/hostkit/agents\n");
      }
      // And only there: the machine that runs the tests has its own /var/lib.
      expect(existsSync(`/var/lib/hostkit/agents/${bench.artifact.agentId}`)).toBe(false);
    });

    it.each([
      {
        name: "read-only",
        mounts: [`${PRIVATE_ROOT},ro none /var/lib`],
        code: "HK2107",
        says: "mounted at /var/lib",
      },
      {
        name: "noexec",
        mounts: [`${PRIVATE_ROOT},noexec none /var/lib`],
        code: "HK2108",
        says: "noexec",
      },
      {
        name: "small",
        mounts: [`${PRIVATE_ROOT},size=8m none /var/lib`],
        code: "HK2109",
        says: "8 MiB free; the agent needs 64 MiB",
      },
      {
        name: "without inodes",
        mounts: [`${PRIVATE_ROOT},nr_inodes=12 none /var/lib`],
        code: "HK2109",
        says: "inodes",
      },
      {
        name: "a symbolic link",
        mounts: [
          `${PRIVATE_ROOT} none /var/lib`,
          "mkdir /var/lib/real",
          "ln -s real /var/lib/hostkit",
        ],
        code: "HK2123",
        says: "/var/lib/hostkit is a symbolic link",
      },
      {
        name: "another user's",
        mounts: [
          `${PRIVATE_ROOT} none /var/lib`,
          "mkdir /var/lib/hostkit",
          "chown 65534 /var/lib/hostkit",
        ],
        code: "HK2123",
        says: "/var/lib/hostkit",
      },
      {
        name: "in a directory that others can write",
        mounts: [`${PRIVATE_ROOT} none /var/lib`, "chmod 777 /var/lib"],
        code: "HK2123",
        says: "/var/lib is a symbolic link, does not belong to root, or can be written",
      },
    ])("that is $name is refused before the upload: $code", async ({ mounts, code, says }) => {
      await using bench = await createBench({ privateMounts: mounts });
      const phases = new Set<string>();
      const connection = await bench.connect();
      const dialling = bench.dial(connection, {
        ...usual,
        report: ({ phase }) => phases.add(phase),
      });
      const { code: found, detail } = await failure(dialling);
      expect(found).toBe(code);
      expect(detail).toContain(says);
      expect([...phases]).toEqual(["checking"]);
    });

    it("that fills up while the agent is unpacked says so and keeps nothing", async () => {
      await using bench = await createBench({
        privateMounts: [`${PRIVATE_ROOT},size=66m none /var/lib`],
      });
      const connection = await bench.connect();
      // Somebody else takes the space between the report and the upload.
      const filler = "head -c 80000000 /dev/zero >/var/lib/filler 2>/dev/null";
      const filling = changing(connection, (command) =>
        connection.execCount === 0 ? command : `${filler}; ${command}`,
      );
      const { code, detail } = await failure(bench.dial(filling, usual));
      expect(code).toBe("HK2109");
      expect(detail).toContain("No space left on device");
      expect(connection.execCount).toBe(2);
      const look = await connection.exec("find /var/lib/hostkit -type f | wc -l");
      expect(
        Buffer.concat((await look.stdout.toArray()) as Buffer[])
          .toString()
          .trim(),
      ).toBe("0");
    });
  },
);

/** The far end learns of a cut connection a moment later. */
async function untilGone(path: string): Promise<void> {
  for (let wait = 0; wait < 50; wait += 1) {
    if (existsSync(dirname(path)) && readdirSync(dirname(path)).length === 0) return;
    await sleep(100);
  }
}
