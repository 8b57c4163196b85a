import type { HostKitError } from "../../../shared/diagnostic.ts";
import { fingerprint } from "./fingerprint.ts";
import {
  changedKey,
  pinnedKeyDiffers,
  revokedKey,
  unknownKey,
  unsupportedAuthority,
} from "./refusals.ts";
import { type HostAddress, type KnownKeys, keyTypeOf } from "./known-hosts.ts";

/** Everything the decision about a host key depends on; deciding is pure, since it is repeated at every rekey. */
export interface HostKeyPolicy {
  readonly address: HostAddress;
  readonly known: KnownKeys;
  /** `SHA256:…`: this key and no other, whatever the known hosts files say (but never a revoked one). */
  readonly pin?: string;
  /** What to do with the key of a host that is nowhere on record. */
  readonly unknownHost: "refuse" | "record";
  /** The files that were read, the first being the one to record in. */
  readonly files: readonly string[];
}

export type HostKeyVerdict =
  | { readonly kind: "accepted" }
  | { readonly kind: "accepted-unrecorded"; readonly keyType: string }
  | { readonly kind: "refused"; readonly error: HostKitError };

export function judgeHostKey(policy: HostKeyPolicy, key: Buffer): HostKeyVerdict {
  const presented = { key, keyType: keyTypeOf(key) ?? "unknown", fingerprint: fingerprint(key) };
  const { known } = policy;

  const revocation = known.revoked.find((each) => each.key.equals(key));
  if (revocation !== undefined) return refused(revokedKey(policy, presented, revocation));
  if (policy.pin !== undefined)
    return policy.pin === presented.fingerprint
      ? { kind: "accepted" }
      : refused(pinnedKeyDiffers(policy, presented));
  if (known.keys.some((each) => each.key.equals(key))) return { kind: "accepted" };
  // Keys of other kinds are on record: they were asked for first, so a server that still had them would have shown one.
  if (known.keys.length > 0) return refused(changedKey(policy, presented));
  if (known.authorities.length > 0) return refused(unsupportedAuthority(policy, presented));
  if (policy.unknownHost === "record")
    return { kind: "accepted-unrecorded", keyType: presented.keyType };
  return refused(unknownKey(policy, presented));
}

function refused(error: HostKitError): HostKeyVerdict {
  return { kind: "refused", error };
}
