import type { Artifact } from "../shared/artifact.ts";
import type { ResourceId } from "../shared/brands.ts";
import type { FactSection } from "../shared/facts.ts";
import type { Held } from "../shared/held.ts";
import type { Manifest } from "../shared/manifest.ts";
import type { Plan } from "../shared/plan.ts";
import type { Hello, RequestOf, ResponseOf } from "../shared/protocol/messages.ts";
import type { OperatorSecret } from "../shared/secret.ts";
import type { OnFailure, RunEvent, RunId } from "../shared/run.ts";

/** Where the bytes of a manifest's contents come from. */
export interface Contents {
  /** The bytes of a content of this manifest, in pieces; opened again for each use. */
  open(sha256: string): AsyncIterable<Uint8Array>;
}

/** How a run is waited for. */
export interface RunOptions {
  readonly onEvent: (event: RunEvent) => void;
  /** Aborted when the run is to stop before its next change; its end is still waited for. */
  readonly stop?: AbortSignal;
}

interface ApplyOptions extends RunOptions {
  /** What the run is called; unless set a new name. */
  readonly run?: RunId;
  readonly contents: Contents;
  readonly onFailure: OnFailure;
  /** Milliseconds to wait for another run to end. */
  readonly wait: number;
  /** Milliseconds there are to confirm a plan that could lock the operator out; 60 000 unless set. */
  readonly confirmWithin?: number;
}

/** Unless secrets are given, what needs some is refused. */
type AskedToRecover = Omit<RequestOf<"recover">, "secrets"> & {
  readonly secrets?: readonly OperatorSecret[];
};

interface ForgetOptions {
  /** Milliseconds to wait for a run to end. */
  readonly wait: number;
  /** Aborted when it is not to be done any more; the answer is still waited for. */
  readonly stop?: AbortSignal;
}

/** A conversation with one agent. Every method rejects with `HostKitError` when the agent or the connection fails. */
export interface Session {
  readonly hello: Hello;
  /** For messages: `root@app.example.com:22`, `local`. */
  readonly label: string;
  /** `SHA256:…` of the host key that was verified; absent for `local`. */
  readonly hostKey?: string | undefined;
  /** Requests sent so far: round trips are counted by the tests. */
  readonly requestCount: number;
  facts(only: readonly FactSection[]): Promise<ResponseOf<"facts">>;
  /** Changes nothing on the host. Without a plan the diagnostics say why there is none. */
  plan(
    manifest: Manifest,
    contents: Contents,
    secrets?: readonly OperatorSecret[],
  ): Promise<ResponseOf<"plan">>;
  /** Whether a plan that was saved still holds; then `apply` takes it. Changes nothing. */
  planAgain(
    artifact: Artifact,
    contents: Contents,
    secrets?: readonly OperatorSecret[],
  ): Promise<ResponseOf<"planAgain">>;
  /** How host, declaration and what was applied stand to each other. Changes nothing, and can't. */
  audit(
    manifest: Manifest,
    contents: Contents,
    secrets: readonly OperatorSecret[],
  ): Promise<ResponseOf<"audit">>;
  /** What the host has of what is declared. Changes nothing, and can't. */
  read(manifest: Manifest, secrets: readonly OperatorSecret[]): Promise<ResponseOf<"read">>;
  /** Whether the host can be worked on. Changes nothing, and can't. */
  examine(): Promise<ResponseOf<"examine">>;
  /** A name for a run, by the host's clock. */
  newRunId(): RunId;
  /** Applies a plan that this session made, or found to hold; or refuses. */
  apply(plan: Plan, options: ApplyOptions): Promise<ResponseOf<"apply">>;
  /** Follows a run to its end, from the event behind `after` on; without an id the one that is at work. */
  attach(asked: RequestOf<"attach">, options: RunOptions): Promise<ResponseOf<"attach">>;
  /** Says that the operator can still come in. */
  confirm(run: RunId): Promise<ResponseOf<"confirm">>;
  /** Brings a run to an end that was cut off or stopped. */
  recover(asked: AskedToRecover, options: RunOptions): Promise<ResponseOf<"recover">>;
  /** Changes nothing: what taking a run back would change, to be applied like any other plan. */
  planRollback(run: RunId | null): Promise<ResponseOf<"planRollback">>;
  runs(run: RunId | null): Promise<ResponseOf<"runs">>;
  prune(keep: number): Promise<ResponseOf<"prune">>;
  /** What the host's ledger says of resources. */
  held(ids: readonly ResourceId[]): Promise<ResponseOf<"held">>;
  /** Lets go of resources as they were reviewed. */
  forget(reviewed: readonly Held[], options: ForgetOptions): Promise<ResponseOf<"forget">>;
  close(): Promise<void>;
}
