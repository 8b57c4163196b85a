import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it, vi } from "vitest";

import { fingerprint } from "../../../client/transport/host-key/fingerprint.ts";
import { createSshTransport } from "../../../client/transport/ssh.ts";
import type { SshEndpoint } from "../../../client/transport/ssh-endpoint.ts";
import { createScratch, failure, findProgram, makeKey, timeLimit } from "./scratch.ts";
import { type FakeServerOptions, makeHostKey, startFakeServer } from "./ssh2-server.ts";

vi.setConfig({ testTimeout: 30_000 });

const hostKey = makeHostKey("ed25519");
type Authenticate = NonNullable<FakeServerOptions["authenticate"]>;

const rightPassword: Authenticate = (context) =>
  context.method === "password" && context.password === "right"
    ? context.accept()
    : context.reject(["password"]);

const interactive: Authenticate = (context) => {
  if (context.method !== "keyboard-interactive") return context.reject(["keyboard-interactive"]);
  return context.prompt({ prompt: "Password: ", echo: false }, (answers) =>
    answers[0] === "right" ? context.accept() : context.reject(["keyboard-interactive"]),
  );
};

async function attempt(authenticate: Authenticate, extra: Partial<SshEndpoint>) {
  await using server = await startFakeServer({ hostKeys: [hostKey.privateKey], authenticate });
  const transport = createSshTransport({
    host: "127.0.0.1",
    port: server.port,
    user: "anyone",
    agent: "none",
    hostKey: fingerprint(hostKey.publicKey),
    knownHostsFiles: [],
    ...extra,
  });
  const connect = async (): Promise<string> => {
    const connection = await transport.connect(timeLimit());
    await connection.close();
    return "in";
  };
  const result = await connect().catch((error: unknown) => failure(Promise.reject(error as Error)));
  return { result, attempts: [...server.attempts], again: connect };
}

describe("the login", () => {
  it("sends a password without asking for `none` first", async () => {
    const { result, attempts } = await attempt(rightPassword, { password: async () => "right" });
    expect(result).toBe("in");
    expect(attempts).toEqual(["password"]);
  });

  it("answers a keyboard-interactive question with the password", async () => {
    const { result, attempts } = await attempt(interactive, { password: async () => "right" });
    expect(result).toBe("in");
    expect(attempts).toEqual(["password", "keyboard-interactive"]);
  });

  it("sends a wrong password once, and tells what was tried and what is accepted", async () => {
    const { result, attempts } = await attempt(rightPassword, { password: async () => "wrong" });
    expect(result).toMatchObject({ code: "HK2020" });
    expect(JSON.stringify(result)).toContain("The server accepts: password.");
    expect(JSON.stringify(result)).not.toContain("wrong");
    expect(attempts).toEqual(["password"]);
  });

  it("is refused when the password has expired", async () => {
    const expired: Authenticate = (context) =>
      context.method === "password"
        ? context.requestChange("change it", () => undefined)
        : context.reject();
    const { result } = await attempt(expired, { password: async () => "old" });
    expect(result).toMatchObject({ code: "HK2020" });
    expect(JSON.stringify(result)).toContain("expired");
  });

  it("does not start without any credential", async () => {
    const { result, attempts } = await attempt(rightPassword, {});
    // The usual files of whoever runs the tests may exist; then the server refuses them.
    expect(result).toMatchObject({ code: attempts.length === 0 ? "HK2021" : "HK2020" });
  });

  it("does not count the time in which somebody types the password", async () => {
    const slowly = (): Promise<string> =>
      new Promise((resolve) => {
        setTimeout(resolve, 700, "right");
      });
    const { result } = await attempt(rightPassword, { password: slowly, readyTimeoutMs: 500 });
    expect(result).toBe("in");
  });

  it("ends in time when the server never answers the authentication", async () => {
    const { result } = await attempt(() => undefined, {
      password: async () => "right",
      readyTimeoutMs: 500,
    });
    expect(result).toMatchObject({ code: "HK2004" });
    expect(JSON.stringify(result)).toContain("authentication did not end");
  });

  it("asks for a password once per transport, and again after it was refused", async () => {
    const asked = vi.fn<() => Promise<string>>(async () => "right");
    await using server = await startFakeServer({
      hostKeys: [hostKey.privateKey],
      authenticate: rightPassword,
    });
    const transport = createSshTransport({
      host: "127.0.0.1",
      port: server.port,
      user: "anyone",
      agent: "none",
      hostKey: fingerprint(hostKey.publicKey),
      password: asked,
    });
    for (let count = 0; count < 2; count += 1) await (await transport.connect(timeLimit())).close();
    expect(asked).toHaveBeenCalledTimes(1);
  });
});

describe.skipIf(findProgram("ssh-keygen") === undefined)(
  "a named key file (needs openssh-client)",
  () => {
    const publicKeyOnly: Authenticate = (context) =>
      context.method === "publickey" ? context.accept() : context.reject(["publickey"]);

    it("that is locked is unlocked with the passphrase", async () => {
      using scratch = createScratch();
      const key = makeKey(scratch.path, { name: "key", passphrase: "open sesame" });
      const asked: string[] = [];
      const passphrase = async (file: string): Promise<string> => {
        asked.push(file);
        return "open sesame";
      };
      const { result } = await attempt(publicKeyOnly, { identityFiles: [key], passphrase });
      expect(result).toBe("in");
      expect(asked).toEqual([key]);
    });

    it.each([
      { name: "locked, with nobody to ask", code: "HK2022", says: "ssh-add" },
      { name: "missing", code: "HK2023", says: "no such file" },
      { name: "a directory", code: "HK2023", says: "EISDIR" },
      { name: "text", code: "HK2024", says: "not a private key" },
    ])("that is $name is explained before any contact: $code", async ({ name, code, says }) => {
      using scratch = createScratch();
      const path = join(scratch.path, "key");
      if (name.startsWith("locked")) makeKey(scratch.path, { name: "key", passphrase: "secret" });
      if (name === "text") writeFileSync(path, "hello");
      const file = name === "a directory" ? scratch.path : path;
      const { result, attempts } = await attempt(publicKeyOnly, { identityFiles: [file] });
      expect(result).toMatchObject({ code });
      expect(JSON.stringify(result)).toContain(says);
      expect(attempts).toEqual([]);
    });

    it("with a wrong passphrase is passed over, and named in the refusal", async () => {
      using scratch = createScratch();
      const key = makeKey(scratch.path, { name: "key", passphrase: "secret" });
      const { result } = await attempt(publicKeyOnly, {
        identityFiles: [key],
        passphrase: async () => "guess",
      });
      expect(result).toMatchObject({ code: "HK2020" });
      expect(JSON.stringify(result)).toContain("passphrase is probably wrong");
    });

    it("of every kind signs", async () => {
      using scratch = createScratch();
      const kinds = [
        { name: "a", type: "ed25519" },
        { name: "b", type: "ecdsa" },
        { name: "c", type: "rsa" },
        { name: "d", type: "rsa", format: "PEM" as const },
        { name: "e", type: "ecdsa", format: "PEM" as const },
      ];
      for (const kind of kinds) {
        const { result } = await attempt(publicKeyOnly, {
          identityFiles: [makeKey(scratch.path, kind)],
        });
        expect(result, kind.name).toBe("in");
      }
    });
  },
);
