import { createHash, createPublicKey, verify } from "node:crypto";
import type { Verifier } from "../../shared/signature/verifier.ts";

/** The cryptography of the runtime. */
export const verifier: Verifier = {
  hash: (algorithm, data) => createHash(algorithm).update(data).digest(),
  verify: ({ key, hash, data, signature }) => {
    try {
      const publicKey = createPublicKey({ key: { ...key }, format: "jwk" });
      return verify(hash, data, { key: publicKey, dsaEncoding: "ieee-p1363" }, signature);
    } catch {
      // A point that is not on its curve, for one.
      return false;
    }
  },
};
