import { type Diagnostic, HostKitError } from "../../shared/diagnostic.ts";
import type { ResponseOf } from "../../shared/protocol/messages.ts";
import { isStep, type RunEvent, type RunId } from "../../shared/run.ts";
import type { RunOptions, Session } from "../session.ts";
import { confirmRun, reasonOf } from "./confirm-run.ts";
import { close } from "./connect.ts";
import type { Operating } from "./operating.ts";
import type { HostProgress } from "./talk.ts";
import type { Target } from "./target.ts";

/** Codes of a conversation that ended without the agent having said what became of the run. */
const LOST: readonly string[] = ["HK3003", "HK3004", "HK3005"];
/** Seconds before each new attempt to reach the host; about three minutes together. */
const DELAYS = [0, 1, 2, 4, 8, 15, 30, 30, 30, 30, 30];

export interface FollowRun {
  readonly target: Pick<Target, "name" | "flags" | "reach">;
  readonly run: RunId;
  readonly session: Session;
  readonly progress: HostProgress;
  readonly operating: Pick<Operating, "connectTarget" | "interrupt" | "talk">;
  /** Whether it stops when somebody wants to stop; else only the watching ends. */
  readonly isOurs: boolean;
  /** Whether it will have to be confirmed, as far as that is known. */
  readonly isDangerous?: boolean;
  /** Asks for the run, or for its events. */
  readonly ask: (options: RunOptions) => Promise<ResponseOf<"apply">>;
}

/**
 * Waits for the end of a run, whatever becomes of the connection: the run goes on without one, and whoever comes back sees
 * the events that were missed. Who wants to stop asks it to, before its next change.
 */
export function followRun(follow: FollowRun): Promise<ResponseOf<"apply">> {
  const { target, run, operating } = follow;
  const { interrupt, talk } = operating;
  if (!follow.isOurs) return interrupt.race(waitForEnd(follow, undefined));
  return interrupt.whileChanging(
    (stop) => waitForEnd(follow, stop),
    () => talk.notice(target, { type: "stopping", run }),
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
    const isLeft = follow.operating.interrupt.signal.aborted;
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
  const { target, operating } = follow;
  const { connectTarget, interrupt, talk } = operating;
  talk.notice(target, { type: "lost", why: reasonOf(lost.error) });
  let last = lost.error;
  for (const seconds of DELAYS) {
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    interrupt.signal.throwIfAborted();
    let session: Session | undefined;
    try {
      session = await connectTarget(target.reach, {
        signal: interrupt.signal,
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
  const unknown: Diagnostic = {
    severity: "error",
    side: "cli",
    code: "HK5030",
    summary: "It is not known what was changed.",
    detail: `The run ${run} goes on without a connection, as long as the host is up, and the host could not be reached again. What it has changed so far is not known. Run \`hostkit runs ${target.flags} --run ${run} --follow\` when the host can be reached.`,
  };
  return new HostKitError([...diagnostics, unknown], { cause: error });
}
