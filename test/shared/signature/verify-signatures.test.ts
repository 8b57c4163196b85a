import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { verifier } from "../../../agent/policy/verifier.ts";
import { armored, dearmored } from "../../../shared/signature/armor.ts";
import { toBase64 } from "../../../shared/signature/base64.ts";
import { bytesToSign, renderSignature } from "../../../shared/signature/sshsig.ts";
import { joined, uint32, wireInteger, wireString } from "../../../shared/signature/wire.ts";
import { createScratch, type Scratch } from "../../client/transport/scratch.ts";
import {
  DIGEST,
  keygenSigns,
  NAMESPACE,
  newKey,
  NO_KEYGEN,
  type TestKey,
  verified,
} from "./support.ts";

const TYPES = [
  { type: "ed25519", keyType: "ssh-ed25519" },
  { type: "ecdsa", bits: 256, keyType: "ecdsa-sha2-nistp256" },
  { type: "ecdsa", bits: 384, keyType: "ecdsa-sha2-nistp384" },
  { type: "ecdsa", bits: 521, keyType: "ecdsa-sha2-nistp521" },
  { type: "rsa", bits: 2048, keyType: "ssh-rsa" },
  { type: "rsa", bits: 3072, keyType: "ssh-rsa" },
];

const whys = ({ refused }: ReturnType<typeof verified>) => refused.map(({ why }) => why).join();

describe.skipIf(NO_KEYGEN)("signatures made by ssh-keygen (needs openssh-client)", () => {
  let scratch: Scratch;
  let key: TestKey;
  let other: TestKey;
  let signature: string;
  let allowed: string;
  beforeAll(() => {
    scratch = createScratch();
    key = newKey(scratch.path);
    other = newKey(scratch.path);
    signature = keygenSigns(key.path);
    allowed = `alice ${key.publicKey}\nbob ${other.publicKey}\n`;
  });
  afterAll(() => scratch[Symbol.dispose]());

  it.each(TYPES)("of $keyType ($bits) are right, by either hash", ({ type, bits, keyType }) => {
    const one = newKey(scratch.path, type, bits);
    // Numbers of ECDSA are shorter now and then.
    for (const hash of ["sha256", "sha512", "sha512", "sha256", "sha512"]) {
      const signed = keygenSigns(one.path, { options: [`hashalg=${hash}`] });
      expect(verified([signed], `carol ${one.publicKey} carol@desk`)).toEqual({
        signers: [{ principal: "carol", fingerprint: one.fingerprint, keyType }],
        refused: [],
        faults: [],
      });
      const another = DIGEST.replace("5", "6");
      expect(whys(verified([signed], `carol ${one.publicKey}`, { digest: another }))).toBe(
        "The signature is not right: it is not a signature of this plan.",
      );
    }
  });

  it("count once for each key", () => {
    const both = verified([signature, keygenSigns(key.path), keygenSigns(other.path)], allowed);
    expect(both.signers.map(({ principal }) => principal)).toEqual(["alice", "bob"]);
    expect(both.refused).toEqual([]);
  });

  it("do not count by a key that nobody has, and the right ones beside them do", () => {
    const stranger = newKey(scratch.path);
    const result = verified([keygenSigns(stranger.path), signature], allowed);
    expect(result.signers).toHaveLength(1);
    expect(result.refused).toEqual([
      { why: "Its key is not among the allowed signers.", fingerprint: stranger.fingerprint },
    ]);
  });

  it("do not count when they were made for something else", () => {
    expect(whys(verified([keygenSigns(key.path, { namespace: "git" })], allowed))).toBe(
      'It was made for "git", not for hostkit-plan.',
    );
    expect(verified([keygenSigns(key.path, { text: DIGEST })], allowed).signers).toEqual([]);
  });

  it("do not count by an RSA key that is too short", () => {
    const short = newKey(scratch.path, "rsa", 1024);
    const result = verified([keygenSigns(short.path)], `alice ${short.publicKey}`);
    expect(result.faults).toEqual([]);
    expect(whys(result)).toMatch(/an RSA key of 1024 bits, and 2048 are the least/);
  });

  it("are refused wherever a byte of them is another", () => {
    const bytes = dearmored(signature);
    for (const at of bytes.keys()) {
      const damaged = bytes.map((byte, index) => (index === at ? byte ^ 1 : byte));
      const { signers, refused } = verified([armored(damaged)], allowed);
      expect({ at, signers, refused: refused.length }).toEqual({ at, signers: [], refused: 1 });
    }
  });

  it("are refused when they are cut short, or go on", () => {
    const bytes = dearmored(signature);
    for (const length of bytes.keys()) {
      expect(verified([armored(bytes.subarray(0, length))], allowed).signers).toEqual([]);
    }
    expect(whys(verified([armored(joined(bytes, Uint8Array.of(0)))], allowed))).toMatch(
      /something follows behind its end/,
    );
  });

  it.each([
    ["nothing", () => ""],
    ["no first line", (text: string) => text.slice(text.indexOf("\n") + 1)],
    ["no last line", (text: string) => text.slice(0, text.lastIndexOf("-----END"))],
    ["something behind it", (text: string) => `${text}more\n`],
    ["a letter that is none of base64", (text: string) => text.replace("\nU", "\n!")],
    ["a letter less", (text: string) => text.replace("\nU", "\n")],
    ["another kind of block", (text: string) => text.replaceAll("SSH SIGNATURE", "PGP SIGNATURE")],
    ["a megabyte", (text: string) => text.replace("\n", `\n${"A".repeat(1 << 20)}\n`)],
  ])("are refused with %s", (_what, damage) => {
    expect(whys(verified([damage(signature)], allowed))).toMatch(/^The signature can't be read: /);
  });

  it("may have the line ends of another system", () => {
    expect(verified([signature.replaceAll("\n", "\r\n")], allowed).signers).toHaveLength(1);
  });
});

/** A key that this test has itself, and what it makes of the data that is to be signed. */
interface OwnKey {
  readonly publicKey: Uint8Array;
  readonly signs: (data: Uint8Array) => Uint8Array;
}

const judgeOwn = ({ publicKey, signs }: OwnKey, hash: "sha256" | "sha512" = "sha512") => {
  const parts = { publicKey, namespace: NAMESPACE, hash };
  const signature = signs(bytesToSign(`${DIGEST}\n`, parts, verifier));
  const length = publicKey[3] ?? 0;
  const type = new TextDecoder().decode(publicKey.subarray(4, 4 + length));
  const allowed = `dave ${type} ${toBase64(publicKey)}`;
  return verified([renderSignature({ ...parts, signature })], allowed);
};

const rawPublic = (key: KeyObject) => {
  const { x = "", y = "" } = key.export({ format: "jwk" });
  return [x, y].map((part) => Buffer.from(part, "base64url"));
};

const sha256 = (data: Uint8Array) => verifier.hash("sha256", data);
const SSH = wireString("ssh:");

/** What a security key signs: PROTOCOL.u2f of OpenSSH. */
const asTouched = (data: Uint8Array, flags: number) =>
  joined(sha256(SSH.subarray(4)), Uint8Array.of(flags), uint32(7), sha256(data));

function securityKey(flags: number): OwnKey {
  const type = "sk-ssh-ed25519@openssh.com";
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const [point = new Uint8Array()] = rawPublic(publicKey);
  return {
    publicKey: joined(wireString(type), wireString(point), SSH),
    signs: (data) =>
      joined(
        wireString(type),
        wireString(sign(null, asTouched(data, flags), privateKey)),
        Uint8Array.of(flags),
        uint32(7),
      ),
  };
}

function ecdsaSecurityKey(flags: number): OwnKey {
  const type = "sk-ecdsa-sha2-nistp256@openssh.com";
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const [x = new Uint8Array(), y = new Uint8Array()] = rawPublic(publicKey);
  const point = joined(Uint8Array.of(4), x, y);
  return {
    publicKey: joined(wireString(type), wireString("nistp256"), wireString(point), SSH),
    signs: (data) => {
      const key = { key: privateKey, dsaEncoding: "ieee-p1363" } as const;
      const numbers = sign("sha256", asTouched(data, flags), key);
      const [r, s] = [numbers.subarray(0, 32), numbers.subarray(32)];
      const both = joined(wireInteger(r), wireInteger(s));
      return joined(wireString(type), wireString(both), Uint8Array.of(flags), uint32(7));
    },
  };
}

describe("signatures of a security key", () => {
  it.each([securityKey, ecdsaSecurityKey])("are right when it was touched: %o", (make) => {
    for (const flags of [0x01, 0x05]) {
      const result = judgeOwn(make(flags));
      expect(result).toMatchObject({ signers: [{ principal: "dave" }], refused: [] });
    }
  });

  it.each([securityKey, ecdsaSecurityKey])("are refused when nobody touched it: %o", (make) => {
    for (const flags of [0x00, 0x04]) {
      expect(whys(judgeOwn(make(flags)))).toMatch(/nobody touched the security key/);
    }
  });

  it("are refused when the word that it was touched is not what was signed", () => {
    const { publicKey, signs } = securityKey(0x00);
    const claims = (data: Uint8Array) => {
      const bytes = signs(data);
      bytes[bytes.length - 5] = 0x01;
      return bytes;
    };
    expect(whys(judgeOwn({ publicKey, signs: claims }))).toMatch(/not a signature of this plan/);
  });
});

describe("signatures that no key should make", () => {
  const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const { n = "", e = "" } = rsa.publicKey.export({ format: "jwk" });
  const numbers = [e, n].map((part) => wireInteger(Buffer.from(part, "base64url")));
  const publicKey = joined(wireString("ssh-rsa"), ...numbers);
  const by = (algorithm: string, hash: string): OwnKey => ({
    publicKey,
    signs: (data) => joined(wireString(algorithm), wireString(sign(hash, data, rsa.privateKey))),
  });

  it("RSA with SHA-1 is refused, with SHA-2 it is right", () => {
    expect(judgeOwn(by("rsa-sha2-512", "sha512")).signers).toHaveLength(1);
    expect(judgeOwn(by("rsa-sha2-256", "sha256")).signers).toHaveLength(1);
    expect(whys(judgeOwn(by("ssh-rsa", "sha1")))).toMatch(/made with ssh-rsa, which a key of type/);
    expect(judgeOwn(by("rsa-sha2-256", "sha1")).signers).toEqual([]);
  });

  it("an algorithm of another type of key is refused", () => {
    expect(whys(judgeOwn(by("ssh-ed25519", "sha512")))).toMatch(/must not use/);
  });

  it("a hash that is not known is refused", () => {
    const parts = { publicKey, namespace: NAMESPACE, signature: new Uint8Array(4) };
    const odd = renderSignature({ ...parts, hash: "sha1" as "sha256" });
    expect(whys(verified([odd], ""))).toMatch(/it hashes with sha1, which is not supported/);
  });

  it("a certificate is refused with the reason", () => {
    const certificate = wireString("ssh-ed25519-cert-v01@openssh.com");
    const parts = { publicKey: certificate, namespace: NAMESPACE, hash: "sha512" } as const;
    const odd = renderSignature({ ...parts, signature: new Uint8Array(4) });
    expect(whys(verified([odd], ""))).toMatch(
      /a certificate .*, and HostKit checks plain keys only/,
    );
  });

  it("a key whose point is on no curve is refused", () => {
    const point = joined(Uint8Array.of(4), new Uint8Array(64).fill(1));
    const names = ["ecdsa-sha2-nistp256", "nistp256"].map(wireString);
    const odd = {
      publicKey: joined(...names, wireString(point)),
      signs: ecdsaSecurityKey(1).signs,
    };
    expect(judgeOwn(odd).signers).toEqual([]);
  });
});
