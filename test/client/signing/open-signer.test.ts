import { execFileSync } from "node:child_process";
import { chmodSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import ssh2, { type ParsedKey } from "ssh2";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openSigner } from "../../../client/signing/open-signer.ts";
import type { SigningOptions } from "../../../client/signing/signing-key.ts";
import {
  DIGEST,
  keyAt,
  keygenTakes,
  newKey,
  NO_KEYGEN,
  type TestKey,
  verified,
} from "../../shared/signature/support.ts";
import { startOpenSshAgent } from "../transport/openssh-agent.ts";
import { createScratch, failure, makeKey, type Scratch } from "../transport/scratch.ts";
import { startFakeAgent } from "./fake-agent.ts";

const signDigest = async (digest: string, path: string, options: SigningOptions) => {
  const signer = await openSigner(path, options);
  return signer.sign(digest);
};

const ALONE: SigningOptions = { agentSocket: undefined };
const PASSPHRASE = "correct horse";

const TYPES = [
  { type: "ed25519" },
  { type: "ecdsa", bits: 256 },
  { type: "ecdsa", bits: 384 },
  { type: "ecdsa", bits: 521 },
  { type: "rsa", bits: 2048 },
] as const;

describe.skipIf(NO_KEYGEN)("a plan is signed (needs openssh-client)", () => {
  let scratch: Scratch;
  beforeEach(() => {
    scratch = createScratch();
  });
  afterEach(() => scratch[Symbol.dispose]());

  /** As ssh-keygen and HostKit itself have it, and not for another plan. */
  const isRight = (signature: string, { publicKey, fingerprint }: TestKey) => {
    const allowed = `alice ${publicKey}\n`;
    const take = { signature, allowed, principal: "alice" };
    expect(keygenTakes(scratch.path, take)).toBe(true);
    expect(keygenTakes(scratch.path, { ...take, digest: "0".repeat(64) })).toBe(false);
    expect(verified([signature], allowed).signers).toMatchObject([{ fingerprint }]);
  };
  const refuses = (path: string, options: SigningOptions = ALONE) =>
    failure(signDigest(DIGEST, path, options));

  it.each(TYPES)("by a key file: $type $bits", async (options) => {
    const key = newKey(scratch.path, options.type, "bits" in options ? options.bits : undefined);
    // Numbers of ECDSA are shorter now and then.
    for (let time = 0; time < 10; time += 1) {
      isRight(await signDigest(DIGEST, key.path, ALONE), key);
    }
  });

  it.each([
    { type: "ed25519" },
    { type: "ecdsa", format: "PEM" },
    { type: "rsa", format: "PEM" },
    { type: "rsa" },
  ] as const)("by a key file with a passphrase: $type $format", async (options) => {
    const path = makeKey(scratch.path, { name: "locked", passphrase: PASSPHRASE, ...options });
    const asked: string[] = [];
    const passphrase = async (file: string) => {
      asked.push(file);
      return asked.length === 1 ? "wrong" : PASSPHRASE;
    };
    const signer = await openSigner(path, { ...ALONE, passphrase });
    isRight(await signer.sign(DIGEST), keyAt(path));
    isRight(await signer.sign(DIGEST), keyAt(path));
    expect(signer).toMatchObject({ fingerprint: keyAt(path).fingerprint });
    // Once for all plans.
    expect(asked).toEqual([path, path]);
  });

  it("by a PEM file without a passphrase", async () => {
    const path = makeKey(scratch.path, { name: "pem", type: "ecdsa", format: "PEM" });
    isRight(await signDigest(DIGEST, path, ALONE), keyAt(path));
  });

  it.each(TYPES)("by the SSH agent: $type $bits", async (options) => {
    await using agent = await startOpenSshAgent();
    const key = newKey(scratch.path, options.type, "bits" in options ? options.bits : undefined);
    agent.add(key.path);
    const at = { agentSocket: agent.socket };
    renameSync(key.path, join(scratch.path, "away"));
    isRight(await signDigest(DIGEST, `${key.path}.pub`, at), key);
    // Its name alone will do.
    isRight(await signDigest(DIGEST, key.path, at), key);
  });

  it("by the SSH agent, where it has an encrypted key already, without a question", async () => {
    await using agent = await startOpenSshAgent();
    const key = newKey(scratch.path);
    agent.add(key.path);
    const encrypt = ["-p", "-q", "-P", "", "-N", PASSPHRASE, "-f", key.path];
    execFileSync("ssh-keygen", encrypt, { stdio: "ignore" });
    const passphrase = () => Promise.reject(new Error("it asked"));
    isRight(await signDigest(DIGEST, key.path, { agentSocket: agent.socket, passphrase }), key);
    await expect(signDigest(DIGEST, key.path, { ...ALONE, passphrase })).rejects.toThrow(
      "it asked",
    );
  });

  it("not by what can't be read", async () => {
    expect(await refuses(join(scratch.path, "missing"))).toMatchObject({
      code: "HK5050",
      detail: expect.stringMatching(/missing: there is no such file, .* Nothing was signed\.$/),
    });
    expect((await refuses("~/no-such-key")).detail).toContain(`${homedir()}/no-such-key: there`);
    expect(await refuses(scratch.path)).toMatchObject({
      code: "HK5050",
      detail: expect.stringContaining("it is a directory"),
    });
    if (process.getuid?.() !== 0) {
      const key = newKey(scratch.path);
      chmodSync(key.path, 0o000);
      expect(await refuses(key.path)).toMatchObject({ code: "HK5050" });
    }
  });

  it.each([
    ["", /it is not a private key in a known format/],
    ["hello\n", /it is not a private key in a known format/],
    [
      "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAA\n-----END OPENSSH PRIVATE KEY-----\n",
      /it is damaged or cut short/,
    ],
    ["-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n", /odd: /],
    ["PuTTY-User-Key-File-3: ssh-ed25519\n", /it is a PuTTY key/],
    ["sk-ssh-ed25519@openssh.com AAAA\n", /lives in a FIDO security key/],
    ["ssh-ed25519-cert-v01@openssh.com AAAA\n", /certificate/],
  ])("not by %j", async (text, why) => {
    const path = join(scratch.path, "odd");
    writeFileSync(path, text);
    expect(await refuses(path)).toMatchObject({
      code: "HK5051",
      detail: expect.stringMatching(why),
    });
  });

  it("not by a key that is too weak, or of a format that is not known", async () => {
    const short = newKey(scratch.path, "rsa", 1024);
    expect(await refuses(short.path)).toMatchObject({
      code: "HK5051",
      detail: expect.stringContaining("1024 bits"),
    });
    const path = makeKey(scratch.path, { name: "pkcs8", type: "rsa", format: "PKCS8" });
    expect(await refuses(path)).toMatchObject({
      code: "HK5051",
      detail: expect.stringContaining("ssh-keygen -p -f FILE"),
    });
  });

  it("not by a key that stays locked, and no word of a passphrase is told", async () => {
    const path = makeKey(scratch.path, { name: "locked", passphrase: PASSPHRASE });
    expect(await refuses(path)).toMatchObject({
      code: "HK5052",
      detail: expect.stringContaining(`ssh-add ${path}`),
    });
    const gives = async (passphrase: string | null) =>
      refuses(path, { ...ALONE, passphrase: async () => passphrase });
    expect(await gives(null)).toMatchObject({ code: "HK5052" });
    const wrong = await gives("hunter22");
    expect(wrong).toMatchObject({
      code: "HK5052",
      detail: expect.stringContaining("wrong 3 times"),
    });
    expect(JSON.stringify(wrong)).not.toContain("hunter22");
  });

  it("not by a public key without an agent that has the private one", async () => {
    const { path } = newKey(scratch.path);
    expect(await refuses(`${path}.pub`)).toMatchObject({
      code: "HK5053",
      detail: expect.stringContaining("SSH_AUTH_SOCK does not say"),
    });
    const nobody = { agentSocket: join(scratch.path, "nobody") };
    expect(await refuses(`${path}.pub`, nobody)).toMatchObject({
      code: "HK5053",
      detail: expect.stringContaining(`${nobody.agentSocket} could not be asked`),
    });
    await using agent = await startOpenSshAgent();
    const at = { agentSocket: agent.socket };
    expect(await refuses(`${path}.pub`, at)).toMatchObject({
      code: "HK5054",
      detail: expect.stringContaining("which has no key"),
    });
    agent.add(newKey(scratch.path).path);
    expect(await refuses(`${path}.pub`, at)).toMatchObject({
      code: "HK5054",
      detail: expect.stringContaining("which has other keys"),
    });
  });

  it.each([
    ["silent", "HK5055", /did not answer for 0.2 s/],
    ["refuses", "HK5055", /refused to sign with it/],
    ["hangs up", "HK5055", /refused to sign with it/],
    [new Uint8Array(64), "HK5056", /can't be verified with its public half/],
    [new Uint8Array(3), "HK5056", /can't be verified with its public half/],
  ] as const)("not by an agent that is %s", async (answer, code, why) => {
    const { path } = newKey(scratch.path);
    const key = ssh2.utils.parseKey(readFileSync(`${path}.pub`, "utf8")) as ParsedKey;
    await using agent = await startFakeAgent(scratch.path, { keys: [key], answer });
    const options = { agentSocket: agent.socket, agentTimeout: 200 };
    expect(await refuses(`${path}.pub`, options)).toMatchObject({
      code,
      detail: expect.stringMatching(why),
    });
  });
});
