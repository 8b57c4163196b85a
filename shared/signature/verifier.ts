/** What checking signatures takes of cryptography. Given in, since `shared` has none of its own. */
export interface Verifier {
  readonly hash: (algorithm: "sha256" | "sha512", data: Uint8Array) => Uint8Array;
  /** False for anything else than a right signature, also for keys that are none. Never throws. */
  readonly verify: (claim: SignatureClaim) => boolean;
}

/** That a key has signed some data. */
export interface SignatureClaim {
  /** RFC 7517. */
  readonly key: PublicJwk;
  /** What the data is hashed with; `null` where the algorithm does so by itself. */
  readonly hash: "sha256" | "sha384" | "sha512" | null;
  readonly data: Uint8Array;
  /** ECDSA: both numbers at full length, one after the other (IEEE P1363). RSA: PKCS #1 v1.5. */
  readonly signature: Uint8Array;
}

export type PublicJwk =
  | { readonly kty: "OKP"; readonly crv: "Ed25519"; readonly x: string }
  | { readonly kty: "EC"; readonly crv: Curve; readonly x: string; readonly y: string }
  | { readonly kty: "RSA"; readonly n: string; readonly e: string };

type Curve = "P-256" | "P-384" | "P-521";
