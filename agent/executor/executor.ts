import type { Digest } from "../../shared/brands.ts";
import type { OperatorSecret } from "../../shared/secret.ts";
import type { RunId } from "../../shared/run.ts";

/** What an executor is to do with a run. */
export interface Task {
  readonly run: RunId;
  /** `settle`: bring it to an end by its own policy; `finish`: make what is left of it; `boot`: settle it, unless it waits for its confirmation. */
  readonly goal: "apply" | "settle" | "finish" | "boot";
  /** Milliseconds to wait for another run to end. */
  readonly wait: number;
  /** Names this attempt, so that its end can be told from that of another. */
  readonly attempt: string;
  /** What `submitRun` gave to the agent that starts it, which is of the same build: what it checked is not checked again. */
  readonly written?: Digest | undefined;
}

/** Has runs executed by a process of their own, which outlives whoever asked for it. */
export interface Executor {
  /**
   * Returns when the executor is at work; throws a `HostKitError` when it can't be started. Secrets are handed to it in memory,
   * never by way of a disk or an argument.
   */
  start(task: Task, secrets: readonly OperatorSecret[]): Promise<void>;
  /** Whether somebody is at work on the run. */
  isAlive(run: RunId): Promise<boolean>;
  /** Asks the run to stop before its next change. */
  stop(run: RunId): Promise<void>;
}
