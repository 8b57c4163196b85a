import type { Diagnostic } from "../shared/diagnostic.ts";
import type { FactSection } from "../shared/facts.ts";
import type { Manifest } from "../shared/manifest.ts";
import type { Plan } from "../shared/plan.ts";
import type { EventOf, Hello, RequestOf, ResponseOf } from "../shared/protocol/messages.ts";

/** Where the bytes of a manifest's contents come from. */
export interface Contents {
  /** The bytes of a content of this manifest, in pieces; opened again for each use. */
  open(sha256: string): AsyncIterable<Uint8Array>;
}

/** A conversation with one agent. Every method rejects with `HostKitError` when the agent or the connection fails. */
export interface Session {
  readonly hello: Hello;
  /** For messages: `root@app.example.com:22`, `local`. */
  readonly label: string;
  /** Requests sent so far: round trips are counted by the tests. */
  readonly requestCount: number;
  facts(only: readonly FactSection[]): Promise<ResponseOf<"facts">>;
  /** Changes nothing on the host. Without a plan the diagnostics say why there is none. */
  plan(
    manifest: Manifest,
    contents: Contents,
  ): Promise<{ plan: Plan | null; diagnostics: Diagnostic[] }>;
  /** Applies a plan that this session made, or refuses. */
  apply(
    plan: Plan,
    options: {
      contents: Contents;
      onFailure: RequestOf<"apply">["onFailure"];
      /** Milliseconds to wait for another run to end. */
      wait: number;
      onEvent: (event: EventOf<"apply">) => void;
    },
  ): Promise<ResponseOf<"apply">>;
  close(): Promise<void>;
}
