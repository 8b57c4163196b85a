/** What can be told of a key file without unlocking it. */
export type KeyFile =
  | {
      readonly kind: "private";
      readonly locked: boolean;
      /** In SSH wire format; absent when an encrypted PEM file hides it. */
      readonly publicKey?: Buffer;
      readonly keyType?: string;
    }
  | { readonly kind: "public"; readonly publicKey: Buffer; readonly keyType: string }
  | { readonly kind: "unsupported"; readonly why: string };

const OPENSSH_MAGIC = "openssh-key-v1\0";

export function inspectKeyFile(text: string): KeyFile {
  const armour = /-----BEGIN ([A-Z0-9 ]+)-----/u.exec(text)?.[1];
  if (armour === "OPENSSH PRIVATE KEY") return inspectOpenSsh(text);
  if (armour === "RSA PRIVATE KEY" || armour === "EC PRIVATE KEY")
    return { kind: "private", locked: /^Proc-Type:.*ENCRYPTED/mu.test(text) };
  if (armour?.endsWith("PRIVATE KEY") === true)
    return {
      kind: "unsupported",
      why: `it is a ${armour === "DSA PRIVATE KEY" ? "DSA" : "PKCS #8"} key; write it in OpenSSH's own format with ssh-keygen -p -f FILE, or make a new one with ssh-keygen -t ed25519`,
    };
  if (text.startsWith("PuTTY-User-Key-File-"))
    return {
      kind: "unsupported",
      why: "it is a PuTTY key; export it in OpenSSH format with puttygen FILE -O private-openssh -o NEW",
    };
  const [keyType, encoded] = text.trim().split(/\s+/u);
  if (keyType === undefined || encoded === undefined || !/^(?:ssh|ecdsa|sk)-/u.test(keyType))
    return { kind: "unsupported", why: "it is not a private key in a known format" };
  const refusal = unsupportedType(keyType);
  return refusal === undefined
    ? { kind: "public", publicKey: Buffer.from(encoded, "base64"), keyType }
    : { kind: "unsupported", why: refusal };
}

/** The public half of an OpenSSH key file stands in clear before the encrypted part. */
function inspectOpenSsh(text: string): KeyFile {
  const body = /-----BEGIN [^-]+-----([^-]+)-----END/u.exec(text)?.[1] ?? "";
  const data = Buffer.from(body, "base64");
  const damaged: KeyFile = { kind: "unsupported", why: "it is damaged or cut short" };
  if (data.subarray(0, OPENSSH_MAGIC.length).toString("latin1") !== OPENSSH_MAGIC) return damaged;
  const cipher = readString(data, OPENSSH_MAGIC.length);
  const kdf = readString(data, cipher?.end);
  const kdfOptions = readString(data, kdf?.end);
  // A count (always 1) stands between the options and the public key.
  const publicKey = readString(data, kdfOptions === undefined ? undefined : kdfOptions.end + 4);
  const keyType = publicKey && readString(publicKey.value, 0)?.value.toString("latin1");
  if (cipher === undefined || publicKey === undefined || keyType === undefined) return damaged;
  const refusal = unsupportedType(keyType);
  if (refusal !== undefined) return { kind: "unsupported", why: refusal };
  return {
    kind: "private",
    locked: cipher.value.toString("latin1") !== "none",
    publicKey: publicKey.value,
    keyType,
  };
}

function readString(
  data: Buffer,
  at: number | undefined,
): { value: Buffer; end: number } | undefined {
  if (at === undefined || at + 4 > data.length) return undefined;
  const end = at + 4 + data.readUInt32BE(at);
  return end > data.length ? undefined : { value: data.subarray(at + 4, end), end };
}

/** Why a key of this type cannot be used, or `undefined` when it can. */
function unsupportedType(keyType: string): string | undefined {
  if (keyType.startsWith("sk-"))
    return `it is a ${keyType} key, which lives in a FIDO security key; HostKit's SSH library cannot sign with it, so use another key for this host`;
  if (keyType.includes("-cert-v0"))
    return `it is a ${keyType} certificate; HostKit's SSH library cannot offer certificates, so authorise the plain key on the host`;
  if (keyType === "ssh-dss") return "it is a DSA key, which no current SSH server accepts";
  return undefined;
}
