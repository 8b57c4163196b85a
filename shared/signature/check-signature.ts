import type { PublicKey } from "./public-key.ts";
import type { SignatureClaim, Verifier } from "./verifier.ts";
import { joined, Malformed, padded, uint32, understood, WireReader } from "./wire.ts";

/** PROTOCOL.u2f: whoever holds the security key has touched it. */
const USER_PRESENT = 0x01;

/** RFC 8332. What `ssh-rsa` names as an algorithm hashes with SHA-1, which is broken. */
const RSA_HASHES = new Map<string, SignatureClaim["hash"]>([
  ["rsa-sha2-256", "sha256"],
  ["rsa-sha2-512", "sha512"],
]);

/** Why a key's signature of some data is not one; nothing where it is. */
export function faultOfSignature(
  key: PublicKey,
  { data, signature }: { readonly data: Uint8Array; readonly signature: Uint8Array },
  verifier: Verifier,
): string | undefined {
  const result = understood(() => {
    const claim = claimOf(key, { data, signature }, verifier);
    if (!verifier.verify(claim)) throw new Malformed("it is not a signature of this plan");
    return undefined;
  });
  return result?.fault;
}

function claimOf(
  { type, jwk, hash: own, size, application }: PublicKey,
  { data, signature }: { readonly data: Uint8Array; readonly signature: Uint8Array },
  verifier: Verifier,
): SignatureClaim {
  const reader = new WireReader(signature);
  const algorithm = reader.name();
  const hash = jwk.kty === "RSA" ? RSA_HASHES.get(algorithm) : own;
  const isOfKey = jwk.kty === "RSA" || algorithm === type;
  if (hash === undefined || !isOfKey) {
    throw new Malformed(`it was made with ${algorithm}, which a key of type ${type} must not use`);
  }
  const content = reader.string();
  const signed =
    application === undefined ? data : bySecurityKey(reader, { data, application }, verifier);
  reader.end();
  return { key: jwk, hash, data: signed, signature: contentOf(content, { kty: jwk.kty, size }) };
}

/** What a security key signs, instead of the data itself. */
function bySecurityKey(
  reader: WireReader,
  { data, application }: { readonly data: Uint8Array; readonly application: Uint8Array },
  { hash }: Verifier,
): Uint8Array {
  const flags = reader.byte();
  const counter = reader.uint32();
  if ((flags & USER_PRESENT) === 0) throw new Malformed("nobody touched the security key for it");
  const digests = [application, data].map((each) => hash("sha256", each));
  const [ofApplication = new Uint8Array(), ofData = new Uint8Array()] = digests;
  return joined(ofApplication, Uint8Array.of(flags), uint32(counter), ofData);
}

function contentOf(
  content: Uint8Array,
  { kty, size }: { readonly kty: PublicKey["jwk"]["kty"]; readonly size: number },
): Uint8Array {
  switch (kty) {
    case "OKP":
      if (content.length !== size) throw new Malformed("it is damaged");
      return content;
    case "RSA":
      // Zeros at its beginning may be left out.
      return padded(content, size);
    case "EC": {
      const numbers = new WireReader(content);
      const [r, s] = [numbers.integer(), numbers.integer()];
      numbers.end();
      return joined(padded(r, size), padded(s, size));
    }
  }
}
