import type { SshEndpoint } from "../transport/ssh-endpoint.ts";

/** A host that can be connected to. */
export type ResolvedTarget =
  | { readonly kind: "local" }
  | {
      readonly kind: "ssh";
      /** For messages: the declared name, or the address as it was written. */
      readonly name: string;
      readonly endpoint: SshEndpoint;
      /** Whether the agent is run with sudo(8). */
      readonly sudo: boolean;
    };

/** One host to work on. */
export interface Target {
  /** For people: the declared name, else how it was named on the command line. */
  readonly name: string;
  /** The flags that name it on the command line: `--host app`. */
  readonly flags: string;
  readonly reach: ResolvedTarget;
  /** Whose declaration it gets; absent: none was named. */
  readonly declared?: string;
}

/** A target together with the declared host that says what it should be. */
export interface DeclaredTarget extends Target {
  readonly declared: string;
}
