import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it, vi } from "vitest";

import { fingerprint } from "../../../client/transport/host-key/fingerprint.ts";
import { createSshTransport } from "../../../client/transport/ssh.ts";
import type { SshEndpoint } from "../../../client/transport/ssh-endpoint.ts";
import { createScratch, failure, timeLimit } from "./scratch.ts";
import { type FakeServer, type HostKey, makeHostKey, startFakeServer } from "./ssh2-server.ts";

vi.setConfig({ testTimeout: 30_000 });

const ed25519 = makeHostKey("ed25519");
const rsa = makeHostKey("rsa");
const ecdsa = makeHostKey("ecdsa");
const other = makeHostKey("ed25519");

interface Setup extends AsyncDisposable {
  readonly server: FakeServer;
  readonly file: string;
  connect(extra?: Partial<SshEndpoint>): Promise<string | undefined>;
}

/** A server with these keys, and a known_hosts file with these lines, `@` standing for the server's name. */
async function setUp(keys: readonly HostKey[], lines: readonly string[]): Promise<Setup> {
  const server = await startFakeServer({ hostKeys: keys.map((each) => each.privateKey) });
  const scratch = createScratch();
  const file = join(scratch.path, "known_hosts");
  writeFileSync(
    file,
    lines.map((line) => `${line.replace("NAME", `[127.0.0.1]:${server.port}`)}\n`).join(""),
  );
  return {
    server,
    file,
    async connect(extra) {
      const connection = await createSshTransport({
        host: "127.0.0.1",
        port: server.port,
        user: "anyone",
        agent: "none",
        identityFiles: [],
        password: async () => "any",
        knownHostsFiles: [file],
        ...extra,
      }).connect(timeLimit());
      const { hostKey } = connection;
      await connection.close();
      return hostKey;
    },
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      scratch[Symbol.dispose]();
    },
  };
}

describe("connecting to a server whose key", () => {
  it("is on record works, and tells the key", async () => {
    await using setup = await setUp([ed25519], [`NAME ${ed25519.line}`]);
    expect(await setup.connect()).toBe(fingerprint(ed25519.publicKey));
  });

  it.each([
    { name: "is unknown", lines: [], code: "HK2010" },
    { name: "has changed", lines: [`NAME ${other.line}`], code: "HK2011" },
    {
      name: "is revoked",
      lines: [`NAME ${ed25519.line}`, `@revoked * ${ed25519.line}`],
      code: "HK2012",
    },
    { name: "is only certified", lines: [`@cert-authority * ${other.line}`], code: "HK2013" },
  ])("$name is refused before any authentication: $code", async ({ lines, code }) => {
    await using setup = await setUp([ed25519], lines);
    const { code: found, detail } = await failure(setup.connect());
    expect(found).toBe(code);
    expect(detail).toContain(fingerprint(ed25519.publicKey));
    expect(setup.server.attempts).toEqual([]);
  });

  it("is of the only kind on record is asked for that kind first", async () => {
    await using setup = await setUp([ed25519, rsa, ecdsa], [`NAME ${rsa.line}`]);
    expect(await setup.connect()).toBe(fingerprint(rsa.publicKey));
    expect(setup.server.connections).toHaveLength(1);
  });

  it("is pinned works without a record, and against one", async () => {
    await using setup = await setUp([ed25519], [`NAME ${other.line}`]);
    expect(await setup.connect({ hostKey: fingerprint(ed25519.publicKey) })).toBeDefined();
  });

  it("is pinned by any of the server's keys works", async () => {
    await using setup = await setUp([ed25519, rsa, ecdsa], []);
    for (const key of [ed25519, rsa, ecdsa])
      expect(await setup.connect({ hostKey: fingerprint(key.publicKey) })).toBe(
        fingerprint(key.publicKey),
      );
  });

  it("is none of the pinned is refused, naming the key that was shown first", async () => {
    await using setup = await setUp([ed25519, rsa], []);
    const { code, detail } = await failure(
      setup.connect({ hostKey: fingerprint(other.publicKey) }),
    );
    expect(code).toBe("HK2014");
    expect(detail).toContain(fingerprint(ed25519.publicKey));
    expect(setup.server.attempts).toEqual([]);
  });

  it("is on record of a kind that signs with SHA-1 only is refused", async () => {
    await using server = await startFakeServer({
      hostKeys: [rsa.privateKey],
      algorithms: { serverHostKey: ["ssh-rsa"] },
    });
    await using setup = await setUp([ed25519], []);
    const { code } = await failure(setup.connect({ port: server.port }));
    expect(code).toBe("HK2006");
    expect(server.attempts).toEqual([]);
  });

  it("is new is recorded when asked for, and known from then on", async () => {
    await using setup = await setUp([ed25519], ["# kept"]);
    await setup.connect({ acceptNewHostKey: "record" });
    expect(readFileSync(setup.file, "utf8")).toBe(
      `# kept\n[127.0.0.1]:${setup.server.port} ${ed25519.line}\n`,
    );
    expect(await setup.connect()).toBe(fingerprint(ed25519.publicKey));
  });

  it("has changed is not recorded over the old one", async () => {
    await using setup = await setUp([ed25519], [`NAME ${other.line}`]);
    const before = readFileSync(setup.file, "utf8");
    const { code } = await failure(setup.connect({ acceptNewHostKey: "record" }));
    expect(code).toBe("HK2011");
    expect(readFileSync(setup.file, "utf8")).toBe(before);
  });

  it("cannot be recorded is refused", async () => {
    await using setup = await setUp([ed25519], []);
    const { code } = await failure(
      setup.connect({ acceptNewHostKey: "record", knownHostsFiles: [`${setup.file}/known_hosts`] }),
    );
    expect(code).toBe("HK2016");
    expect(setup.server.attempts).toEqual([]);
  });

  it("is the same at a rekey stays connected", async () => {
    await using setup = await setUp([ed25519], [`NAME ${ed25519.line}`]);
    const connection = await createSshTransport({
      host: "127.0.0.1",
      port: setup.server.port,
      user: "anyone",
      agent: "none",
      password: async () => "any",
      knownHostsFiles: [setup.file],
    }).connect(timeLimit());
    const [first] = setup.server.connections;
    await new Promise<void>((resolve) => {
      first?.rekey(resolve);
    });
    const exec = await connection.exec("anything");
    expect(await exec.exit).toEqual({ kind: "exited", code: 0 });
    await connection.close();
  });
});
