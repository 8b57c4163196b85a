import { type Diagnostic, HostKitError } from "../../shared/diagnostic.ts";
import { type Host, HostFault } from "../host/host.ts";

/** What becomes of a run whose record can't be written: it must not begin, must not go on, and is taken back all the same. */

/** Runs what must be on disk before the first change. */
export async function recorded<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof HostFault)) throw error;
    throw new HostKitError(
      {
        severity: "error",
        side: "host",
        code: "HK4006",
        summary: "The run could not be recorded.",
        detail: `${error.message}. Without its record a run could not be taken back, so nothing was changed. Make room, or make the agent's directory writable, then push again.`,
      },
      { cause: error },
    );
  }
}

/** Why a run that had begun does not go on. */
export function recordLost(error: unknown): unknown {
  if (!(error instanceof HostFault)) return error;
  return new HostKitError(
    {
      severity: "error",
      side: "host",
      code: "HK4008",
      summary: "The record of the run could not be continued.",
      detail: `${error.message}. A run that can't be recorded does not go on. Make room, then push again.`,
    },
    { cause: error },
  );
}

/** Writes what is good to know and not needed: an undo, or a result, does not wait for a full disk. */
export async function attemptRecord(work: () => Promise<void>): Promise<Diagnostic[]> {
  try {
    await work();
    return [];
  } catch (error) {
    if (!(error instanceof HostFault)) throw error;
    return [
      {
        severity: "warning",
        side: "host",
        code: "HK4009",
        summary: "The end of the run could not be recorded.",
        detail: `${error.message}. What is told here is true all the same; the next plan will call the run cut off.`,
      },
    ];
  }
}

/** Waits until what was written is on disk. A flush that failed must not be taken for done, nor tried again; see fsync(2). */
export async function flushed(host: Pick<Host, "flush">): Promise<Diagnostic[]> {
  try {
    await host.flush();
    return [];
  } catch (error) {
    if (!(error instanceof HostFault)) throw error;
    return [
      {
        severity: "error",
        side: "host",
        code: "HK4022",
        summary: "What was written could not be put on disk.",
        detail: `${error.message}. The disk may be failing: look at the kernel's log (journalctl -k), then push again.`,
      },
    ];
  }
}
