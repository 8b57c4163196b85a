import { toBase64, toBase64Url } from "./base64.ts";
import type { PublicJwk, SignatureClaim, Verifier } from "./verifier.ts";
import { Malformed, understood, WireReader } from "./wire.ts";

/** A public key of SSH, as far as checking its signatures needs it. */
export interface PublicKey {
  readonly type: string;
  readonly jwk: PublicJwk;
  /** What it hashes with; RSA keys say so in each signature. */
  readonly hash: SignatureClaim["hash"];
  /** Bytes of one number of a signature, or of all of it. */
  readonly size: number;
  /** Of a key in a security key: what it was made for (PROTOCOL.u2f of OpenSSH). */
  readonly application?: Uint8Array;
  /** Why nothing that it signs is worth anything, if so. */
  readonly weakness?: string;
}

/** Bits; NIST SP 800-57 has anything shorter as broken in time. */
const RSA_LEAST = 2048;
/** Bits; what OpenSSH takes at most. */
const RSA_MOST = 16_384;

const CURVES = {
  nistp256: { crv: "P-256", size: 32, hash: "sha256" },
  nistp384: { crv: "P-384", size: 48, hash: "sha384" },
  nistp521: { crv: "P-521", size: 66, hash: "sha512" },
} as const;

type Read = (reader: WireReader) => Omit<PublicKey, "type">;

const ed25519: Read = (reader) => {
  const point = reader.string();
  if (point.length !== 32) throw new Malformed("it is damaged");
  return { jwk: { kty: "OKP", crv: "Ed25519", x: toBase64Url(point) }, hash: null, size: 64 };
};

const ecdsa =
  (curve: keyof typeof CURVES): Read =>
  (reader) => {
    const { crv, size, hash } = CURVES[curve];
    const named = reader.name();
    const point = reader.string();
    // SEC 1, section 2.3.3: 4 stands before a point that is not compressed, the only form that SSH has (RFC 5656).
    if (named !== curve || point.length !== 1 + 2 * size || point[0] !== 4) {
      throw new Malformed("it is damaged");
    }
    const [x, y] = [point.subarray(1, 1 + size), point.subarray(1 + size)].map(toBase64Url);
    return { jwk: { kty: "EC", crv, x: x ?? "", y: y ?? "" }, hash, size };
  };

const rsa: Read = (reader) => {
  const [e, n] = [reader.integer(), reader.integer()];
  const bits = n.length * 8 + 24 - Math.clz32(n[0] ?? 0);
  if (bits > RSA_MOST || e.length > 8) throw new Malformed("it is damaged");
  const jwk = { kty: "RSA", n: toBase64Url(n), e: toBase64Url(e) } as const;
  const weakness = `it is an RSA key of ${bits} bits, and ${RSA_LEAST} are the least`;
  return { jwk, hash: null, size: n.length, ...(bits < RSA_LEAST ? { weakness } : {}) };
};

const inSecurityKey =
  (read: Read): Read =>
  (reader) => ({ ...read(reader), application: reader.string() });

const TYPES = new Map<string, Read>([
  ["ssh-ed25519", ed25519],
  ["ecdsa-sha2-nistp256", ecdsa("nistp256")],
  ["ecdsa-sha2-nistp384", ecdsa("nistp384")],
  ["ecdsa-sha2-nistp521", ecdsa("nistp521")],
  ["ssh-rsa", rsa],
  ["sk-ssh-ed25519@openssh.com", inSecurityKey(ed25519)],
  ["sk-ecdsa-sha2-nistp256@openssh.com", inSecurityKey(ecdsa("nistp256"))],
]);

export function isKnownType(type: string): boolean {
  return TYPES.has(type);
}

/** From the wire. */
export function parsePublicKey(blob: Uint8Array): PublicKey | { readonly fault: string } {
  return understood(() => {
    const reader = new WireReader(blob);
    const type = reader.name();
    const read = TYPES.get(type);
    if (read === undefined) throw new Malformed(whyNotSupported(type));
    const key = { type, ...read(reader) };
    reader.end();
    return key;
  });
}

function isCertificate(type: string): boolean {
  return /-cert-v\d+@openssh\.com$/.test(type);
}

/** The type that a key on the wire says it has, known or not. */
export function typeOfKey(blob: Uint8Array): string | undefined {
  const type = understood(() => new WireReader(blob).name());
  return typeof type === "string" ? type : undefined;
}

function whyNotSupported(type: string): string {
  return isCertificate(type)
    ? `it is a certificate (${type}), and HostKit checks plain keys only`
    : `its type ${type} is not supported`;
}

/** `SHA256:…`, as ssh-keygen -l prints it. */
export function fingerprintOf(blob: Uint8Array, { hash }: Pick<Verifier, "hash">): string {
  return `SHA256:${toBase64(hash("sha256", blob)).replaceAll("=", "")}`;
}
