import { type Diagnostic, HostKitError } from "../../shared/diagnostic.ts";
import type { ResponseOf } from "../../shared/protocol/messages.ts";
import { isStep, type RunEvent, type RunId } from "../../shared/run.ts";
import { cliFault } from "../cli/faults.ts";
import type { Target } from "../cli/target.ts";
import type { RunOptions, Session } from "../session.ts";
import { oneLine } from "../view/text.ts";
import type { HostProgress } from "../view/view.ts";
import type { Context } from "./command.ts";
import { confirmRun, reasonOf } from "./confirm-run.ts";
import { close } from "./hosts.ts";

/** Codes of a conversation that ended without the agent having said what became of the run. */
const LOST: readonly string[] = ["HK3003", "HK3004", "HK3005"];
/** Seconds before each new attempt to reach the host; about three minutes together. */
const DELAYS = [0, 1, 2, 4, 8, 15, 30, 30, 30, 30, 30];

export interface FollowRun {
  readonly target: Pick<Target, "name" | "flags" | "reach">;
  readonly run: RunId;
  readonly session: Session;
  readonly progress: HostProgress;
  readonly context: Context;
  /** Whether Ctrl-C is to stop it; else it only ends the watching. */
  readonly isOurs: boolean;
  /** Whether it will have to be confirmed, as far as that is known. */
  readonly isDangerous?: boolean;
  /** Asks for the run, or for its events. */
  readonly ask: (options: RunOptions) => Promise<ResponseOf<"apply">>;
}

/**
 * Waits for the end of a run, whatever becomes of the connection: the run goes on without one, and whoever comes back sees
 * the events that were missed. The first Ctrl-C asks it to stop before its next change.
 */
export function followRun(follow: FollowRun): Promise<ResponseOf<"apply">> {
  const { interrupt, view } = follow.context;
  if (!follow.isOurs) return interrupt.race(waitForEnd(follow, undefined));
  return interrupt.whileChanging(
    (stop) => waitForEnd(follow, stop),
    () => view.warn(stopping(follow)),
  );
}

async function waitForEnd(
  follow: FollowRun,
  stop: AbortSignal | undefined,
): Promise<ResponseOf<"apply">> {
  const { session, progress, run, ask } = follow;
  let seen = 0;
  // It may be asked for when nobody hears it any more; a run that does not wait for it says no.
  let awaiting = follow.isDangerous === true;
  const onEvent = (event: RunEvent) => {
    seen = event.seq;
    if (isStep(event)) progress.step(event);
    if (event.type === "confirm" && follow.isOurs) {
      awaiting = true;
      void confirmRun(follow, event.milliseconds);
    }
  };
  const how: RunOptions = stop === undefined ? { onEvent } : { onEvent, stop };
  const before = session.requestCount;
  try {
    return await ask(how);
  } catch (error) {
    // A request that never left the client changed nothing, and an agent that refuses says so before the first event.
    const isAnswer = !isLost(error) && (seen === 0 || hasCode(error, KILLED));
    // Whoever only watched, and left, wants nobody to come back.
    const isLeft = follow.context.interrupt.signal.aborted;
    if (session.requestCount === before || isAnswer || isLeft) throw error;
    return comeBack(follow, {
      error,
      attach: async (again) => {
        // To have come back is what was asked for; whether it was in time is told by how the run ends.
        if (awaiting) await again.confirm(run).catch(() => undefined);
        return again.attach({ run, after: seen }, how);
      },
    });
  }
}

/** The run's processes were ended one after the other: it will not get any further by itself. */
const KILLED = "HK3023";

const hasCode = (error: unknown, code: string): boolean =>
  error instanceof HostKitError && error.diagnostics.some((each) => each.code === code);

/** Whether the conversation ended, and not the run. */
function isLost(error: unknown): boolean {
  if (!(error instanceof HostKitError)) return true;
  return error.diagnostics.some(({ side, code }) => side === "ssh" || LOST.includes(code));
}

async function comeBack(
  follow: FollowRun,
  lost: { error: unknown; attach: (session: Session) => Promise<ResponseOf<"apply">> },
): Promise<ResponseOf<"apply">> {
  const { target, context } = follow;
  context.view.warn(
    `${oneLine(target.name)}: the connection was lost (${reasonOf(lost.error)}). The run goes on without it; reaching for the host again.`,
  );
  let last = lost.error;
  for (const seconds of DELAYS) {
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    context.interrupt.signal.throwIfAborted();
    let session: Session | undefined;
    try {
      session = await context.services.connectTarget(target.reach, {
        signal: context.interrupt.signal,
        onProgress: () => undefined,
      });
      return await lost.attach(session);
    } catch (error) {
      if (session !== undefined && !isLost(error)) throw withReason(error, lost.error);
      last = error;
    } finally {
      if (session !== undefined) await close(session);
    }
  }
  throw unknownState(follow, last);
}

/** The run never arrived there, or ended badly: told together with how the connection went. */
function withReason(error: unknown, lost: unknown): unknown {
  if (!(error instanceof HostKitError) || !(lost instanceof HostKitError)) return error;
  return new HostKitError([...lost.diagnostics, ...error.diagnostics], { cause: error });
}

function unknownState({ target, run }: FollowRun, error: unknown): HostKitError {
  const diagnostics: readonly Diagnostic[] = error instanceof HostKitError ? error.diagnostics : [];
  const unknown = cliFault(
    "HK5030",
    `The run ${run} goes on without a connection, as long as the host is up, and the host could not be reached again. What it has changed so far is not known. Run \`hostkit runs ${target.flags} --run ${run} --follow\` when the host can be reached.`,
  );
  return new HostKitError([...diagnostics, ...unknown.diagnostics], { cause: error });
}

/** What somebody who pressed Ctrl-C needs to know. */
function stopping({ target, run }: FollowRun): string {
  return `${oneLine(target.name)} is being changed: the run ${run} stops after the change that is being made, and what it did is dealt with as after a failure. Waiting for it. Press Ctrl-C again to leave it alone; then \`hostkit runs ${target.flags} --follow\` shows it.`;
}
