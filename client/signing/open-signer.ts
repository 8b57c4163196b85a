import { faultOfSignature } from "../../shared/signature/check-signature.ts";
import { fingerprintOf } from "../../shared/signature/public-key.ts";
import {
  bytesToSign,
  PLAN_NAMESPACE,
  renderSignature,
  textOfPlan,
} from "../../shared/signature/sshsig.ts";
import { signingFault } from "./faults.ts";
import { openSigningKey, type SigningOptions } from "./signing-key.ts";
import { verifier } from "./verifier.ts";

/** Signs plans by one key, which is unlocked once however many there are. */
export interface PlanSigner {
  /** `SHA256:…` */
  readonly fingerprint: string;
  readonly keyType: string;
  /** A block as `ssh-keygen -Y sign -n hostkit-plan` makes it of `<digest>\n`. */
  sign(digest: string): Promise<string>;
}

export async function openSigner(keyPath: string, options: SigningOptions): Promise<PlanSigner> {
  const signingKey = await openSigningKey(keyPath, options);
  const { publicKey, key } = signingKey;
  return {
    fingerprint: fingerprintOf(publicKey, verifier),
    keyType: key.type,
    sign: async (digest) => {
      const parts = { publicKey, namespace: PLAN_NAMESPACE, hash: "sha512" } as const;
      const data = bytesToSign(textOfPlan(digest), parts, verifier);
      const signature = await signingKey.sign(data);
      // Before it is kept with a plan: an agent of any maker may have made it, and hosts would refuse it.
      const fault = faultOfSignature(key, { data, signature }, verifier);
      if (fault !== undefined) {
        throw signingFault(
          "HK5056",
          `${keyPath}: what was signed with it can't be verified with its public half (${fault}). An SSH agent that does not do what it was asked for is a possible cause; name the private key itself to do without one.`,
        );
      }
      return renderSignature({ ...parts, signature });
    },
  };
}
