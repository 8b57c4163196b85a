import { generateKeyPairSync, sign } from "node:crypto";
import { verifier } from "../../agent/policy/verifier.ts";
import { toBase64 } from "../../shared/signature/base64.ts";
import { bytesToSign, PLAN_NAMESPACE, renderSignature } from "../../shared/signature/sshsig.ts";
import { joined, wireString } from "../../shared/signature/wire.ts";

/** Somebody with a key of their own, in memory. */
export interface TestSigner {
  /** As in a file of allowed signers. */
  readonly publicKey: string;
  sign(digest: string): string;
}

const TYPE = "ssh-ed25519";

export function createTestSigner(): TestSigner {
  const { publicKey: key, privateKey } = generateKeyPairSync("ed25519");
  const { x = "" } = key.export({ format: "jwk" });
  const publicKey = joined(wireString(TYPE), wireString(Buffer.from(x, "base64url")));
  return {
    publicKey: `${TYPE} ${toBase64(publicKey)}`,
    sign: (digest) => {
      const parts = { publicKey, namespace: PLAN_NAMESPACE, hash: "sha512" } as const;
      const made = sign(null, bytesToSign(`${digest}\n`, parts, verifier), privateKey);
      const signature = joined(wireString(TYPE), wireString(made));
      return renderSignature({ ...parts, signature });
    },
  };
}
