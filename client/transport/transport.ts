import type { Readable, Writable } from "node:stream";

/** How a remote command ended. `lost` means the connection went away before the command said how it ended. */
export type Exit =
  | { readonly kind: "exited"; readonly code: number }
  | { readonly kind: "signalled"; readonly signal: string }
  | { readonly kind: "lost"; readonly reason: string };

/** One running command, its three streams, and its end. */
export interface Exec {
  readonly stdin: Writable;
  readonly stdout: Readable;
  /** What the command has said on stderr so far: bounded, control characters removed. Always drained. */
  stderrTail(): string;
  /** Settles once, never rejects. */
  readonly exit: Promise<Exit>;
  /** Ends the command's channel; safe to call twice. */
  close(): void;
}

/** An authenticated way to run commands on one target. */
export interface Connection {
  /** For messages: `root@app.example.com:22`, `local`. */
  readonly label: string;
  /** `SHA256:…` of the host key that was verified; absent for `local`. */
  readonly hostKey?: string;
  /** Runs `command` through the target's login shell, without a pty. */
  exec(command: string): Promise<Exec>;
  /** Channels opened so far: round trips are counted by the tests. */
  readonly execCount: number;
  close(): Promise<void>;
}

export interface Transport {
  connect(signal: AbortSignal): Promise<Connection>;
}
