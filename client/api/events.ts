import type { ResourceId } from "../../shared/brands.ts";
import type { Diagnostic } from "../../shared/diagnostic.ts";
import type { Verdict } from "../../shared/outcome.ts";
import type { RunId, StepEvent } from "../../shared/run.ts";
import type { Phase } from "../operate/talk.ts";

interface OfHost<Type extends string> {
  readonly type: Type;
  /** The declared name of the host. */
  readonly host: string;
}

/** The work on the host enters another phase. */
export interface PhaseEvent extends OfHost<"phase"> {
  readonly phase: Exclude<Phase["name"], "uploading" | "applying">;
}

/** The agent is sent to the host, which happens once for each version of HostKit. */
export interface UploadEvent extends OfHost<"upload"> {
  /** 0 to 1. */
  readonly fraction: number;
}

/** A session with the host's agent is open. */
export interface ConnectedEvent extends OfHost<"connected"> {
  /** How the host was reached: `root@app.example.com:22`. */
  readonly label: string;
  /** machine-id(5). */
  readonly machineId: string;
  /** `Debian GNU/Linux 12 (bookworm)` */
  readonly os: string;
}

/** A plan is handed over to the host. */
export interface ApplyingEvent extends OfHost<"applying"> {
  /** How many changes it has. */
  readonly changes: number;
}

/** A change begins or ends. */
export interface StepOfHostEvent extends OfHost<"step"> {
  readonly resource: ResourceId;
  readonly state: StepEvent["type"];
}

/** The signal was aborted while changes are made: the run stops after the one that is being made. */
export interface StoppingEvent extends OfHost<"stopping"> {
  readonly run: RunId;
}

/** The connection is gone. The run goes on without it, and the host is reached for again. */
export interface ConnectionLostEvent extends OfHost<"connection-lost"> {
  readonly why: string;
}

/** All is done that could lock the operator out, and is taken back unless a new connection comes in. The library comes in by itself. */
export interface ConfirmingEvent extends OfHost<"confirming"> {
  /** How long the host waits. */
  readonly milliseconds: number;
}

/** A new connection came in: what was done stays. */
export type ConfirmedEvent = OfHost<"confirmed">;

/** None came in: the host takes everything back. */
export interface UnconfirmedEvent extends OfHost<"unconfirmed"> {
  readonly why: string;
}

/** With `settle`: an earlier run was cut off, and is brought to its end first. */
export interface SettlingEvent extends OfHost<"settling"> {
  readonly run: RunId;
}

/** What became of a run that was cut off. */
export interface SettledEvent extends OfHost<"settled"> {
  readonly run: RunId;
  readonly verdict: Verdict;
}

/** Something a person should know came with a plan or an outcome; the same are in `diagnostics` of what is returned. */
export interface DiagnosticEvent extends OfHost<"diagnostic"> {
  readonly diagnostic: Diagnostic;
}

/** What happens while `plan` and `apply` work, told to `onEvent`. Later versions may tell of more. */
export type HostKitEvent =
  | PhaseEvent
  | UploadEvent
  | ConnectedEvent
  | ApplyingEvent
  | StepOfHostEvent
  | StoppingEvent
  | ConnectionLostEvent
  | ConfirmingEvent
  | ConfirmedEvent
  | UnconfirmedEvent
  | SettlingEvent
  | SettledEvent
  | DiagnosticEvent;

/** Told of events as they happen. What it throws is a warning of the process, and stops nothing. */
export type HostKitListener = (event: HostKitEvent) => void;
