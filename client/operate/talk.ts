import type { Hello, ResponseOf } from "../../shared/protocol/messages.ts";
import type { RunId, StepEvent } from "../../shared/run.ts";
import type { Target } from "./target.ts";

/** Where a host's work is. */
export type Phase =
  | {
      readonly name:
        | "compiling"
        | "connecting"
        | "checking"
        | "reading"
        | "recovering"
        | "planning"
        | "forgetting"
        | "applying";
    }
  /** `fraction`: 0 to 1. */
  | { readonly name: "uploading"; readonly fraction: number };

/** Shows that one host's work goes on. */
export interface HostProgress {
  phase(phase: Phase): void;
  /** How many changes will be applied. */
  applying(total: number): void;
  step(event: StepEvent): void;
  /** Takes the line away; safe to call twice. */
  end(): void;
}

/** What happens beside the work that was asked for, and whoever waits should know. */
export type Notice =
  | { readonly type: "connected"; readonly label: string; readonly hello: Hello }
  /** The last run was cut off, and is brought to its end first. */
  | { readonly type: "cut-off"; readonly run: RunId }
  /** What became of one that was cut off. */
  | { readonly type: "settled"; readonly run: RunId; readonly response: ResponseOf<"recover"> }
  /** Somebody wants the run to stop; it does so between two changes. */
  | { readonly type: "stopping"; readonly run: RunId }
  /** The connection is gone, not the run: the host is reached for again. */
  | { readonly type: "lost"; readonly why: string }
  /** The changes are made, and taken back unless a new connection comes in within this time. */
  | { readonly type: "confirming"; readonly milliseconds: number }
  | { readonly type: "confirmed" }
  /** No new connection came in. */
  | { readonly type: "unconfirmed"; readonly why: string };

/** Where work on hosts says how it goes. It decides nothing: with nobody listening the work is the same. */
export interface Talk {
  /** `null`: work that is for no host, such as compiling the declaration. */
  progress(host: string | null): HostProgress;
  notice(target: Pick<Target, "name" | "flags">, notice: Notice): void;
}
