import type { Identity } from "./identity-files.ts";

/** A key the SSH agent holds. */
export interface AgentKey {
  readonly publicKey: Buffer;
  readonly keyType: string;
  readonly comment: string;
}

/** One thing to offer the server. */
export type Credential =
  | {
      readonly kind: "key-file";
      readonly path: string;
      readonly text: string;
      readonly locked: boolean;
      readonly label: string;
    }
  | { readonly kind: "agent-key"; readonly publicKey: Buffer; readonly label: string }
  | { readonly kind: "password"; readonly label: string };

export interface AuthPlan {
  readonly credentials: readonly Credential[];
  /** Keys left out, each with its reason: they belong into the message when the login fails. */
  readonly leftOut: readonly LeftOut[];
}

export interface LeftOut {
  /** The code of the message when nothing else is left to try. */
  readonly code: "HK2021" | "HK2022" | "HK2024";
  readonly why: string;
}

export interface AuthSources {
  /** Files the user named. */
  readonly named: readonly Identity[];
  /** OpenSSH's usual files, considered when none was named. */
  readonly usual: readonly Identity[];
  readonly agentKeys: readonly AgentKey[];
  /** Why the agent could not be asked. */
  readonly agentTrouble?: string;
  /** Offer no agent key but those of the named files. */
  readonly agentScope: "all-keys" | "named-only";
  readonly canAskPassphrase: boolean;
  readonly canAskPassword: boolean;
}

/**
 * The order of attempts. Each one counts at the server (six by default, then it hangs up), so the named files come first,
 * no key is offered twice, and the password, which a wrong server could read, comes last.
 */
export function planAuth(sources: AuthSources): AuthPlan {
  const credentials: Credential[] = [];
  const leftOut: LeftOut[] = [];
  const offered = new Set<string>();

  const offerAgentKey = (key: AgentKey): void => {
    offered.add(idOf(key.publicKey));
    credentials.push({
      kind: "agent-key",
      publicKey: key.publicKey,
      label: `${key.keyType} key "${key.comment}" of the SSH agent`,
    });
  };

  const offerFile = (identity: Identity): void => {
    const { path } = identity;
    if (identity.kind === "unsupported") {
      leftOut.push({ code: "HK2024", why: `${path}: ${identity.why}` });
      return;
    }
    const id = identity.publicKey && idOf(identity.publicKey);
    if (id !== undefined && offered.has(id)) return;
    const inAgent = sources.agentKeys.find((key) => idOf(key.publicKey) === id);
    // Through the agent no passphrase has to be asked for; a key in clear needs no agent.
    if (inAgent !== undefined && (identity.kind === "public" || identity.locked)) {
      offerAgentKey(inAgent);
    } else if (identity.kind === "public") {
      leftOut.push({
        code: "HK2024",
        why: `${path}: there is only the public key, and the SSH agent does not hold the private one`,
      });
    } else if (identity.locked && !sources.canAskPassphrase) {
      leftOut.push({
        code: "HK2022",
        why: `${path}: it is encrypted and there is nobody to ask for its passphrase; unlock it with: ssh-add ${path}`,
      });
    } else {
      if (id !== undefined) offered.add(id);
      const { text, locked } = identity;
      const kind = identity.keyType === undefined ? "" : ` (${identity.keyType})`;
      credentials.push({ kind: "key-file", path, text, locked, label: `key file ${path}${kind}` });
    }
  };

  if (sources.agentTrouble !== undefined)
    leftOut.push({ code: "HK2021", why: sources.agentTrouble });
  for (const identity of sources.named) offerFile(identity);
  if (sources.agentScope === "all-keys")
    for (const key of sources.agentKeys) if (!offered.has(idOf(key.publicKey))) offerAgentKey(key);
  if (sources.named.length === 0) for (const identity of sources.usual) offerFile(identity);
  if (sources.canAskPassword) credentials.push({ kind: "password", label: "password" });
  return { credentials, leftOut };
}

function idOf(publicKey: Buffer): string {
  return publicKey.toString("base64");
}
