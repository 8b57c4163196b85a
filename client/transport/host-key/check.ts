import type { HostKitError } from "../../../shared/diagnostic.ts";
import { fingerprint } from "./fingerprint.ts";
import { type HostKeyPolicy, judgeHostKey } from "./policy.ts";
import { keyTypeOf } from "./known-hosts.ts";
import { recordHostKey } from "./known-hosts-files.ts";

/** The host key of one connection, from the moment it is shown. */
export interface HostKeyCheck {
  /** Asked at the first key exchange and again at every rekey, where only the same key will do. */
  accepts(key: Buffer): boolean;
  /** To be called when the server has proved that it owns the key: not before may it be recorded. */
  proved(): void;
  refusal(): HostKitError | undefined;
  /** Empty until a key was accepted. */
  fingerprint(): string;
}

export function createHostKeyCheck(
  policy: HostKeyPolicy,
  onKeyShown: (keyType: string) => void,
): HostKeyCheck {
  let accepted: Buffer | undefined;
  let refusal: HostKitError | undefined;
  let unrecordedType: string | undefined;
  return {
    accepts(key) {
      if (accepted !== undefined) return accepted.equals(key);
      onKeyShown(keyTypeOf(key) ?? "unknown");
      const verdict = judgeHostKey(policy, key);
      if (verdict.kind === "refused") {
        refusal = verdict.error;
        return false;
      }
      accepted = Buffer.from(key);
      unrecordedType = verdict.kind === "accepted-unrecorded" ? verdict.keyType : undefined;
      return true;
    },
    proved() {
      const file = policy.files[0];
      if (accepted === undefined || unrecordedType === undefined || file === undefined) return;
      const key = { keyType: unrecordedType, key: accepted };
      unrecordedType = undefined;
      recordHostKey(file, policy.address, key);
    },
    refusal: () => refusal,
    fingerprint: () => (accepted === undefined ? "" : fingerprint(accepted)),
  };
}
