import { describe, expect, it } from "vitest";

import { hostKeyVerifier } from "../../../client/transport/host-key/verifier.ts";
import { connectBare, makeHostKey, startFakeServer } from "./ssh2-server.ts";

const key = makeHostKey("ed25519");

/** Each of these the bare library takes for yes, except `false` itself. */
const WRONG_ANSWERS: readonly (readonly [string, () => unknown])[] = [
  ["false", () => false],
  ["undefined", () => undefined],
  ["null", () => null],
  ["0", () => 0],
  ["an empty string", () => ""],
  ["1", () => 1],
  ["the string true", () => "true"],
  ["an object", () => ({})],
  ["a promise of true", async () => true],
  ["a promise of false", async () => false],
  ["a rejected promise, handled", () => Promise.reject(new Error("no")).catch(() => false)],
  [
    "an exception",
    () => {
      throw new Error("broken");
    },
  ],
];

describe("the host key verifier, against a live server", () => {
  it.each(WRONG_ANSWERS)("refuses when the decision is %s", async (_name, decide) => {
    await using server = await startFakeServer({ hostKeys: [key.privateKey] });
    expect(await connectBare(server.port, hostKeyVerifier(decide))).toBe("refused");
    expect(server.attempts).toEqual([]);
  });

  it("accepts a literal true, and sees the server's key", async () => {
    await using server = await startFakeServer({ hostKeys: [key.privateKey] });
    const seen: Buffer[] = [];
    const verifier = hostKeyVerifier((shown) => {
      seen.push(shown);
      return true;
    });
    expect(await connectBare(server.port, verifier)).toBe("accepted");
    expect(seen[0]?.equals(key.publicKey)).toBe(true);
  });

  it("is needed: the bare library accepts a decision that returns a promise of false", async () => {
    await using server = await startFakeServer({ hostKeys: [key.privateKey] });
    const careless = (async () => false) as unknown as () => undefined;
    expect(await connectBare(server.port, careless)).toBe("accepted");
  });
});
