import { homedir } from "node:os";
import { join } from "node:path";

import type { RetryPolicy } from "./retry.ts";

/** Where and how to log in. Only host and user have no default. */
export interface SshEndpoint {
  /** Name, IPv4 or IPv6 address. */
  readonly host: string;
  /** Default 22. */
  readonly port?: number;
  readonly user: string;
  /** Private keys, or public ones whose private half the agent holds. Default: the usual files in `~/.ssh`. */
  readonly identityFiles?: readonly string[];
  /** The SSH agent's socket, or `"none"`. Default: `SSH_AUTH_SOCK`. */
  readonly agent?: string;
  /** Offer only the keys of `identityFiles`, not everything the agent holds. */
  readonly identitiesOnly?: boolean;
  /** Asked only when the server has refused every key. */
  readonly password?: () => Promise<string>;
  /** Asked when the turn of an encrypted key file comes. */
  readonly passphrase?: (file: string) => Promise<string>;
  /** `SHA256:…`; wins over the known hosts files. */
  readonly hostKey?: string;
  /** Default: `~/.ssh/known_hosts`, `~/.ssh/known_hosts2`, `/etc/ssh/ssh_known_hosts`. */
  readonly knownHostsFiles?: readonly string[];
  /** `"record"` accepts the key of a host that is nowhere on record and appends it to the first file. Default `"never"`. */
  readonly acceptNewHostKey?: "never" | "record";
  /** For TCP alone. Default 10 000. */
  readonly connectTimeoutMs?: number;
  /** From the TCP connection to the end of the login, without the time a person is asked something. Default 20 000. */
  readonly readyTimeoutMs?: number;
  /** Given up when nothing was received for `intervalMs` times `count`. Default 10 000 × 6. */
  readonly keepalive?: { readonly intervalMs: number; readonly count: number };
  /** For connection failures only, never for a refused login or host key. Default: one attempt. */
  readonly retry?: RetryPolicy;
  /** Reach the host through this one, which is verified and logged in to by its own settings. */
  readonly jump?: SshEndpoint;
}

/** An endpoint with every default filled in and every `~` replaced. */
export interface SshSettings extends SshEndpoint {
  readonly port: number;
  readonly identityFiles: readonly string[];
  readonly usualIdentityFiles: readonly string[];
  readonly agentSocket: string | undefined;
  readonly knownHostsFiles: readonly string[];
  readonly acceptNewHostKey: "never" | "record";
  readonly connectTimeoutMs: number;
  readonly readyTimeoutMs: number;
  readonly keepalive: { readonly intervalMs: number; readonly count: number };
  readonly retry: RetryPolicy;
}

export function resolveEndpoint(endpoint: SshEndpoint, environment = process.env): SshSettings {
  const agent = endpoint.agent ?? environment["SSH_AUTH_SOCK"];
  return {
    ...endpoint,
    host: endpoint.host.replace(/^\[(.*)\]$/u, "$1"),
    port: endpoint.port ?? 22,
    identityFiles: (endpoint.identityFiles ?? []).map(inHome),
    usualIdentityFiles: ["id_ed25519", "id_ecdsa", "id_rsa"].map((each) =>
      join(homedir(), ".ssh", each),
    ),
    agentSocket:
      agent === undefined || agent === "" || agent === "none" ? undefined : inHome(agent),
    knownHostsFiles: (
      endpoint.knownHostsFiles ?? [
        "~/.ssh/known_hosts",
        "~/.ssh/known_hosts2",
        "/etc/ssh/ssh_known_hosts",
      ]
    ).map(inHome),
    acceptNewHostKey: endpoint.acceptNewHostKey ?? "never",
    connectTimeoutMs: endpoint.connectTimeoutMs ?? 10_000,
    readyTimeoutMs: endpoint.readyTimeoutMs ?? 20_000,
    keepalive: endpoint.keepalive ?? { intervalMs: 10_000, count: 6 },
    retry: endpoint.retry ?? { attempts: 1 },
  };
}

/** `root@app.example.com:22`, with brackets around an IPv6 address. */
export function endpointLabel({ user, host, port }: SshSettings): string {
  return `${user}@${host.includes(":") ? `[${host}]` : host}:${port}`;
}

/** No shell replaces the `~` of `--flag=~/file`, or of a variable. */
export function inHome(path: string): string {
  return path.replace(/^~(?=\/|$)/u, homedir());
}
