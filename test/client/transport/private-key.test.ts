import { readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

import { inspectKeyFile } from "../../../client/transport/auth/private-key.ts";
import { createScratch, findProgram, makeKey } from "./scratch.ts";

const NO_KEYGEN = findProgram("ssh-keygen") === undefined;

describe.skipIf(NO_KEYGEN)("a key file made by ssh-keygen (needs openssh-client)", () => {
  it.each([
    { type: "ed25519", keyType: "ssh-ed25519" },
    { type: "ecdsa", keyType: "ecdsa-sha2-nistp256" },
    { type: "rsa", keyType: "ssh-rsa" },
  ])("$type tells its type and public key, locked or not", ({ type, keyType }) => {
    using scratch = createScratch();
    for (const passphrase of ["", "secret"]) {
      const path = makeKey(scratch.path, { name: `key${passphrase}`, type, passphrase });
      const key = inspectKeyFile(readFileSync(path, "utf8"));
      const half = inspectKeyFile(readFileSync(`${path}.pub`, "utf8"));
      if (half.kind !== "public") throw new Error("The .pub file is not a public key.");
      expect(half.keyType).toBe(keyType);
      expect(key).toEqual({
        kind: "private",
        locked: passphrase !== "",
        publicKey: half.publicKey,
        keyType,
      });
    }
  });

  it("in PEM tells only whether it is locked", () => {
    using scratch = createScratch();
    for (const passphrase of ["", "secret"]) {
      const path = makeKey(scratch.path, {
        name: `k${passphrase}`,
        type: "rsa",
        passphrase,
        format: "PEM",
      });
      const locked = passphrase !== "";
      expect(inspectKeyFile(readFileSync(path, "utf8"))).toEqual({ kind: "private", locked });
    }
  });

  it("in PKCS #8 is explained", () => {
    using scratch = createScratch();
    const path = makeKey(scratch.path, { name: "key", type: "rsa", format: "PKCS8" });
    const key = inspectKeyFile(readFileSync(path, "utf8"));
    expect(key).toMatchObject({ kind: "unsupported" });
    expect(JSON.stringify(key)).toContain("ssh-keygen -p -f");
  });
});

/** An unencrypted OpenSSH key file of any type: only its public half is looked at. */
function opensshFile(keyType: string): string {
  const string = (data: string | Buffer): Buffer => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(data.length);
    return Buffer.concat([length, Buffer.from(data)]);
  };
  const one = Buffer.from([0, 0, 0, 1]);
  const body = Buffer.concat([
    Buffer.from("openssh-key-v1\0"),
    string("none"),
    string("none"),
    string(""),
    one,
    string(string(keyType)),
  ]);
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${body.toString("base64")}\n-----END OPENSSH PRIVATE KEY-----\n`;
}

describe("a key that cannot be used", () => {
  it.each([
    ["a FIDO key", opensshFile("sk-ssh-ed25519@openssh.com"), "FIDO security key"],
    ["a FIDO public key", "sk-ecdsa-sha2-nistp256@openssh.com AAAA me", "FIDO security key"],
    ["a certificate", "ssh-ed25519-cert-v01@openssh.com AAAA me", "cannot offer certificates"],
    ["a DSA key", opensshFile("ssh-dss"), "DSA"],
    ["a PuTTY key", "PuTTY-User-Key-File-3: ssh-ed25519\n", "puttygen"],
    ["text", "hello world", "not a private key"],
    ["an empty file", "", "not a private key"],
    ["a cut key", "-----BEGIN OPENSSH PRIVATE KEY-----\nb3Blb", "damaged"],
  ])("%s is explained", (_name, text, why) => {
    const key = inspectKeyFile(text);
    expect(key.kind).toBe("unsupported");
    expect(JSON.stringify(key)).toContain(why);
  });
});
