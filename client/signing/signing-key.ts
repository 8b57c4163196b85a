import { sign } from "node:crypto";
import { parsePublicKey, type PublicKey } from "../../shared/signature/public-key.ts";
import { joined, wireInteger, wireString } from "../../shared/signature/wire.ts";
import { type Identity, readIdentity } from "../transport/auth/identity-files.ts";
import { errorCode, errorText } from "../transport/error-text.ts";
import { askAgent, type KeyAgent, signByAgent } from "../transport/key-agent.ts";
import { inHome } from "../transport/ssh-endpoint.ts";
import { type ParsedKey, parseKey } from "../transport/ssh2.ts";
import { signingFault } from "./faults.ts";

/** A key that is ready to sign. */
export interface SigningKey {
  /** As on the wire. */
  readonly publicKey: Uint8Array;
  readonly key: PublicKey;
  /** As on the wire: the algorithm, then what it made. */
  sign(data: Uint8Array): Promise<Uint8Array>;
}

export interface SigningOptions {
  /** `SSH_AUTH_SOCK`, where it is set. */
  readonly agentSocket: string | undefined;
  /** Asks a person for the passphrase of a key file, `null` when they give none; absent where nobody can be asked. */
  readonly passphrase?: ((path: string) => Promise<string | null>) | undefined;
  /** Milliseconds for the agent to sign, which may ask a person first. Default: two minutes. */
  readonly agentTimeout?: number;
}

const AGENT_TIMEOUT = 120_000;
/** How often a passphrase may be wrong. */
const ATTEMPTS = 3;

type Usable = Exclude<Identity, { kind: "unsupported" }>;

/** The key of a file as `ssh-keygen -Y sign -f` takes it: a private key, or a public one whose private half the SSH agent has. */
export async function openSigningKey(named: string, options: SigningOptions): Promise<SigningKey> {
  const path = inHome(named);
  const identity = await readKey(path);
  if (identity.kind === "private" && !identity.locked) return withFile(path, identity);
  const { publicKey } = identity;
  const agent = await agentOf(options);
  const held = agent?.parsed.find(
    (each) => publicKey !== undefined && each.getPublicSSH().equals(publicKey),
  );
  if (agent !== undefined && held !== undefined) return withAgent(path, { agent, held, options });
  if (identity.kind === "private") return withFile(path, identity, options);
  throw notInAgent(path, agent);
}

async function readKey(path: string): Promise<Usable> {
  let identity: Identity | undefined;
  try {
    identity = (await readIdentity(path)) ?? (await readIdentity(`${path}.pub`));
  } catch (error) {
    const why = errorCode(error) === "EISDIR" ? "it is a directory" : errorText(error);
    throw signingFault("HK5050", `${path}: ${why}. Name a key file, or correct its permissions.`, {
      cause: error,
    });
  }
  if (identity === undefined) {
    throw signingFault(
      "HK5050",
      `${path}: there is no such file, and no ${path}.pub beside it that names a key of the SSH agent. Name a private key; \`ssh-keygen -t ed25519\` makes one.`,
    );
  }
  if (identity.kind === "unsupported") throw unusable(path, identity.why);
  return identity;
}

async function withFile(
  path: string,
  { text, locked }: Extract<Identity, { kind: "private" }>,
  options?: SigningOptions,
): Promise<SigningKey> {
  const parsed = locked ? await unlock(path, text, options) : parseKey(text);
  if (parsed instanceof Error) throw unusable(path, errorText(parsed));
  const { publicKey, key } = checked(path, parsed);
  return {
    publicKey,
    key,
    sign: async (data) => {
      const { algorithm, hash } = algorithmOf(key);
      const pem = { key: parsed.getPrivatePEM(), dsaEncoding: "ieee-p1363" } as const;
      const made = sign(hash, data, pem);
      return joined(wireString(algorithm), wireString(contentOf(key, made)));
    },
  };
}

async function unlock(
  path: string,
  text: string,
  options: SigningOptions | undefined,
): Promise<ParsedKey> {
  if (options?.passphrase === undefined) {
    throw signingFault(
      "HK5052",
      `${path}: it is encrypted, and there is nobody to ask for its passphrase. Unlock it with: ssh-add ${path}`,
    );
  }
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const passphrase = await options.passphrase(path);
    if (passphrase === null) {
      throw signingFault("HK5052", `${path}: it is encrypted, and no passphrase was given.`);
    }
    const parsed = parseKey(text, passphrase);
    if (!(parsed instanceof Error)) return parsed;
  }
  throw signingFault(
    "HK5052",
    `${path}: it is encrypted, and the passphrase was wrong ${ATTEMPTS} times. \`ssh-keygen -y -f ${path}\` tells whether one is right.`,
  );
}

async function agentOf({ agentSocket }: SigningOptions): Promise<KeyAgent | undefined> {
  return agentSocket === undefined || agentSocket === "" ? undefined : askAgent(agentSocket);
}

function withAgent(
  path: string,
  {
    agent,
    held,
    options: { agentTimeout: timeout = AGENT_TIMEOUT },
  }: { readonly agent: KeyAgent; readonly held: ParsedKey; readonly options: SigningOptions },
): SigningKey {
  const { publicKey, key } = checked(path, held);
  return {
    publicKey,
    key,
    sign: async (data) => {
      const made = await signByAgent(agent, { key: held, data, timeout });
      if (made === null) {
        throw signingFault(
          "HK5055",
          `It has the key of ${path}, and did not answer for ${timeout / 1000} s. It may be waiting for a person to agree, in a window of its own.`,
        );
      }
      if (made instanceof Error) {
        throw signingFault(
          "HK5055",
          `It has the key of ${path}, and refused to sign with it (${errorText(made)}). A key that was added with \`ssh-add -c\` needs a person to agree each time; a locked agent is opened by \`ssh-add -X\`.`,
        );
      }
      return joined(wireString(algorithmOf(key).algorithm), wireString(made));
    },
  };
}

function notInAgent(path: string, agent: KeyAgent | undefined): Error {
  const what = `${path} is a public key, so its private half has to be in the SSH agent`;
  if (agent === undefined) {
    return signingFault(
      "HK5053",
      `${what}, and SSH_AUTH_SOCK does not say where one is. Start one with: eval "$(ssh-agent)"; or name the private key.`,
    );
  }
  if (agent.trouble !== undefined) {
    return signingFault(
      "HK5053",
      `${what}, but ${agent.trouble}. \`ssh-add -l\` tells whether it runs; or name the private key.`,
    );
  }
  return signingFault(
    "HK5054",
    `${what}, which has ${agent.keys.length === 0 ? "no key" : "other keys"}. Add it with ssh-add, or name the private key.`,
  );
}

/** The public half, as far as it can sign at all. */
function checked(path: string, parsed: ParsedKey): Pick<SigningKey, "publicKey" | "key"> {
  const publicKey = parsed.getPublicSSH();
  const key = parsePublicKey(publicKey);
  if ("fault" in key) throw unusable(path, key.fault);
  if (key.weakness !== undefined) throw unusable(path, key.weakness);
  return { publicKey, key };
}

function unusable(path: string, why: string): Error {
  return signingFault(
    "HK5051",
    `${path}: ${why}. An ed25519 key is best; \`ssh-keygen -t ed25519\` makes one.`,
  );
}

const algorithmOf = ({ type, jwk, hash }: PublicKey) =>
  jwk.kty === "RSA"
    ? ({ algorithm: "rsa-sha2-512", hash: "sha512" } as const)
    : { algorithm: type, hash };

/** What stands behind the algorithm: for ECDSA two numbers, which the runtime gives one after the other. */
function contentOf({ jwk, size }: PublicKey, made: Uint8Array): Uint8Array {
  if (jwk.kty !== "EC") return made;
  return joined(wireInteger(made.subarray(0, size)), wireInteger(made.subarray(size)));
}
