import { armored, dearmored } from "./armor.ts";
import type { Verifier } from "./verifier.ts";
import {
  bytesOfAscii,
  isSame,
  joined,
  Malformed,
  uint32,
  understood,
  WireReader,
  wireString,
} from "./wire.ts";

/** Signatures of texts by SSH keys: PROTOCOL.sshsig of OpenSSH. */

/** What a signature of a plan is for, so that one made for anything else is never taken for it. */
export const PLAN_NAMESPACE = "hostkit-plan";

const MAGIC = bytesOfAscii("SSHSIG");
const VERSION = 1;
const HASHES = ["sha256", "sha512"] as const;
type MessageHash = (typeof HASHES)[number];

export interface SshSignature {
  /** As on the wire: the type, then what the type has. */
  readonly publicKey: Uint8Array;
  readonly namespace: string;
  readonly hash: MessageHash;
  /** As on the wire: the algorithm, then what the algorithm made. */
  readonly signature: Uint8Array;
}

export function renderSignature(parts: SshSignature): string {
  const { publicKey, namespace, hash, signature } = parts;
  const reserved = "";
  const strings = [publicKey, namespace, reserved, hash, signature].map(wireString);
  return armored(joined(MAGIC, uint32(VERSION), ...strings));
}

export function parseSignature(text: string): SshSignature | { readonly fault: string } {
  return understood(() => {
    const reader = new WireReader(dearmored(text));
    if (!isSame(reader.take(MAGIC.length), MAGIC)) throw new Malformed("it is damaged");
    const version = reader.uint32();
    if (version !== VERSION) {
      throw new Malformed(`its format is version ${version}, and HostKit knows ${VERSION}`);
    }
    const publicKey = reader.string();
    const namespace = reader.name();
    // For later versions of the format; PROTOCOL.sshsig has it ignored.
    reader.string();
    const named = reader.name();
    const signature = reader.string();
    reader.end();
    const hash = HASHES.find((each) => each === named);
    if (hash === undefined) throw new Malformed(`it hashes with ${named}, which is not supported`);
    return { publicKey, namespace, hash, signature };
  });
}

/** What a key signs when a text is signed. */
export function bytesToSign(
  message: string,
  { namespace, hash }: Pick<SshSignature, "namespace" | "hash">,
  hasher: Pick<Verifier, "hash">,
): Uint8Array {
  const digest = hasher.hash(hash, bytesOfAscii(message));
  return joined(MAGIC, ...[namespace, "", hash, digest].map(wireString));
}

/** The text that stands for a plan: what `jq -r .digest` prints. */
export const textOfPlan = (digest: string): string => `${digest}\n`;
