import { type AllowedSigner, type LineFault, parseAllowedSigners } from "./allowed-signers.ts";
import { faultOfSignature } from "./check-signature.ts";
import { matchesList } from "./pattern-list.ts";
import { fingerprintOf, parsePublicKey } from "./public-key.ts";
import { bytesToSign, parseSignature, PLAN_NAMESPACE, textOfPlan } from "./sshsig.ts";
import type { Verifier } from "./verifier.ts";
import { isSame } from "./wire.ts";

interface ToVerify {
  /** Of what was signed; lower-case hex. */
  readonly digest: string;
  /** As ssh-keygen -Y sign writes them. */
  readonly signatures: readonly string[];
  /** The text of a file of allowed signers. */
  readonly allowedSigners: string;
  /** Milliseconds since 1970, at which keys have to be valid. */
  readonly at: number;
  readonly verifier: Verifier;
}

interface Signer {
  readonly principal: string;
  readonly fingerprint: string;
  readonly keyType: string;
}

interface RefusedSignature {
  readonly why: string;
  readonly fingerprint?: string;
}

export interface Verified {
  /** Each key once, however often it signed. */
  readonly signers: readonly Signer[];
  readonly refused: readonly RefusedSignature[];
  /** Lines of the allowed signers that can't be understood, and so allow nobody. */
  readonly faults: readonly LineFault[];
}

/** Says who signed a plan, of those who may, and what is wrong with the other signatures. Never throws. */
export function verifySignatures(given: ToVerify): Verified {
  const { signers: allowed, faults } = parseAllowedSigners(given.allowedSigners);
  const signers = new Map<string, Signer>();
  const refused: RefusedSignature[] = [];
  for (const signature of given.signatures) {
    const judged = judge(signature, allowed, given);
    if ("why" in judged) refused.push(judged);
    else signers.set(judged.fingerprint, judged);
  }
  return { signers: [...signers.values()], refused, faults };
}

function judge(
  text: string,
  allowed: readonly AllowedSigner[],
  { digest, at, verifier }: ToVerify,
): Signer | RefusedSignature {
  const parsed = parseSignature(text);
  if ("fault" in parsed) return { why: `The signature can't be read: ${parsed.fault}.` };
  const { publicKey, namespace, signature } = parsed;
  const fingerprint = fingerprintOf(publicKey, verifier);
  const refuse = (why: string) => ({ why, fingerprint });
  if (namespace !== PLAN_NAMESPACE) {
    return refuse(`It was made for ${JSON.stringify(namespace)}, not for ${PLAN_NAMESPACE}.`);
  }
  const key = parsePublicKey(publicKey);
  if ("fault" in key) return refuse(`Its key can't be used: ${key.fault}.`);
  if (key.weakness !== undefined) return refuse(`Its key can't be used: ${key.weakness}.`);
  const lines = allowed.filter((line) => isSame(line.publicKey, publicKey));
  const [first] = lines;
  if (first === undefined) return refuse("Its key is not among the allowed signers.");
  const line = lines.find((each) => whyNot(each, at) === undefined);
  if (line?.principal === undefined) {
    return refuse(
      `Line ${first.line} of the allowed signers has its key, but ${whyNot(first, at)}.`,
    );
  }
  const data = bytesToSign(textOfPlan(digest), parsed, verifier);
  const fault = faultOfSignature(key, { data, signature }, verifier);
  if (fault !== undefined) return refuse(`The signature is not right: ${fault}.`);
  return { principal: line.principal, fingerprint, keyType: key.type };
}

/** Why a line does not allow its key to sign a plan now. */
function whyNot(line: AllowedSigner, at: number): string | undefined {
  const { isAuthority, namespaces, validAfter, validBefore, principal } = line;
  if (isAuthority) return "as a cert-authority, and HostKit checks no certificates";
  if (principal === undefined) return "its principals leave out every name they have";
  if (namespaces !== undefined && !matchesList(PLAN_NAMESPACE, namespaces)) {
    return `only for ${JSON.stringify(namespaces)}, not for ${PLAN_NAMESPACE}`;
  }
  if (validAfter !== undefined && at < validAfter) {
    return `it is not valid before ${new Date(validAfter).toISOString()}`;
  }
  if (validBefore !== undefined && at > validBefore) {
    return `it was not valid any more after ${new Date(validBefore).toISOString()}`;
  }
  return undefined;
}
