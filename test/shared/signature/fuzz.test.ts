import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseAllowedSigners } from "../../../shared/signature/allowed-signers.ts";
import { armored, dearmored } from "../../../shared/signature/armor.ts";
import { fromBase64, toBase64, toBase64Url } from "../../../shared/signature/base64.ts";
import { parsePublicKey } from "../../../shared/signature/public-key.ts";
import { parseSignature, renderSignature } from "../../../shared/signature/sshsig.ts";
import {
  joined,
  uint32,
  wireInteger,
  WireReader,
  wireString,
} from "../../../shared/signature/wire.ts";
import { verified } from "./support.ts";

const bytes = fc.uint8Array({ maxLength: 300 });
/** Strings of the wire, with lengths that may lie. */
const wire = fc
  .array(
    fc.oneof(
      fc
        .constantFrom(
          "ssh-ed25519",
          "ssh-rsa",
          "ecdsa-sha2-nistp256",
          "nistp256",
          "hostkit-plan",
          "sha512",
          "",
        )
        .map(wireString),
      fc.uint8Array({ maxLength: 80 }).map(wireString),
      fc.integer({ min: 0, max: 2 ** 32 - 1 }).map(uint32),
      fc.uint8Array({ maxLength: 8 }),
    ),
    { maxLength: 8 },
  )
  .map((parts) => joined(...parts));

const MAGIC = new TextEncoder().encode("SSHSIG");
const signature = wire.map((parts) => armored(joined(MAGIC, uint32(1), parts)));
const line = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        "alice",
        "!bob,*",
        " ",
        "\t",
        '"',
        "\\",
        ",",
        "#",
        "=",
        "cert-authority",
        "namespaces=",

        '"git"',
        'valid-after="20260101Z"',
        "ssh-ed25519 ",
        "AAAAC3NzaC1lZDI1NTE5AAAAI",
        "\r",
      ),
      fc.string({ maxLength: 10 }),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(""));

describe("whatever is given", () => {
  it("a signature is understood, or said not to be", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), signature, bytes.map(armored)), (text) => {
        const { signers, refused } = verified([text], "alice ssh-ed25519 AAAA");
        expect([signers.length, refused.length]).toEqual([0, 1]);
        expect(refused[0]?.why).toMatch(/\.$/);
      }),
      { numRuns: 1_000 },
    );
  });

  it("a key is understood, or said not to be", () => {
    fc.assert(
      fc.property(fc.oneof(bytes, wire), (blob) => {
        const key = parsePublicKey(blob);
        expect("fault" in key ? key.fault : key.type).toMatch(/./);
      }),
      { numRuns: 1_000 },
    );
  });

  it("each line of allowed signers is a signer, a fault or nothing", () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(line, fc.string())), (lines) => {
        const text = lines.join("\n");
        const { signers, faults } = parseAllowedSigners(text);
        const told = [...signers, ...faults].map((each) => each.line);
        expect(new Set(told).size).toBe(told.length);
        for (const [index, each] of text.split("\n").entries()) {
          const isEmpty = /^[ \t\r]*(#.*)?$/s.test(each);
          expect(told.includes(index + 1)).toBe(!isEmpty);
        }
      }),
      { numRuns: 1_000 },
    );
  });
});

describe("what is written can be read", () => {
  it("base64, as the runtime has it", () => {
    fc.assert(
      fc.property(bytes, (data) => {
        expect(toBase64(data)).toBe(Buffer.from(data).toString("base64"));
        expect(toBase64Url(data)).toBe(Buffer.from(data).toString("base64url"));
        expect(fromBase64(toBase64(data))).toEqual(data);
        expect(dearmored(armored(data))).toEqual(data);
      }),
    );
  });

  it("base64 has one form", () => {
    for (const text of [
      "A",
      "AA",
      "AAA",
      "AB==",
      "AAB=",
      "A===",
      "AA=A",
      "====",
      "AA AA",
      "AA\n==",
    ])
      expect(fromBase64(text)).toBeUndefined();
  });

  it("integers, in their shortest form alone", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 70 }), (data) => {
        fc.pre(data.some((byte) => byte !== 0));
        const start = data.findIndex((byte) => byte !== 0);
        expect(new WireReader(wireInteger(data)).integer()).toEqual(data.slice(start));
      }),
    );
    for (const wrong of [[], [0], [0, 1], [0, 0, 0x80], [0x80]]) {
      const reader = new WireReader(wireString(Uint8Array.from(wrong)));
      expect(() => reader.integer()).toThrow("it is damaged");
    }
  });

  it("signatures", () => {
    const parts = fc.record({
      publicKey: bytes,
      namespace: fc.constantFrom("hostkit-plan", "git", ""),
      hash: fc.constantFrom("sha256" as const, "sha512" as const),
      signature: bytes,
    });
    fc.assert(
      fc.property(parts, (each) => {
        expect(parseSignature(renderSignature(each))).toEqual(each);
      }),
    );
  });
});
