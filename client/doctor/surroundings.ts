import type { AgentArtifact } from "../bootstrap/artifact.ts";
import type { HostAddress, KnownHost } from "../transport/host-key/known-hosts.ts";

/** What of the operator's machine and its network doctor looks at. */
export interface Surroundings {
  /** `24.1.0` */
  readonly node: string;
  /** What the package asks for: `>=20.19`. */
  readonly engines: string;
  /** Throws `HostKitError`. */
  artifacts(): Promise<readonly AgentArtifact[]>;
  /** SHA-256 of an agent as it would be unpacked. */
  digestOf(artifact: AgentArtifact): Promise<string>;
  /** What the agent at a socket holds. */
  agentKeys(socket: string): Promise<{ readonly keys: number; readonly trouble?: string }>;
  /** Permission bits of a local file; `null` where there is none, or it can't be seen. */
  modeOf(path: string): Promise<number | null>;
  /** Throws `HostKitError` where one can't be read. */
  knownHosts(files: readonly string[]): Promise<readonly KnownHost[]>;
  /** Addresses of a name; rejects as dns.lookup does, and when that takes too long. */
  resolve(host: string): Promise<readonly string[]>;
  /** Whether something takes connections there; throws `HostKitError`. */
  reach(address: HostAddress, options: ReachOptions): Promise<void>;
}

interface ReachOptions {
  /** Milliseconds. */
  readonly timeout: number;
  readonly signal: AbortSignal;
}
