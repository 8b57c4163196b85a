import { HostKitError } from "../../shared/diagnostic.ts";
import type { RunId } from "../../shared/run.ts";
import type { Session } from "../session.ts";
import { close } from "./connect.ts";
import type { Operating } from "./operating.ts";
import type { Target } from "./target.ts";

/** Milliseconds between two attempts. */
const AGAIN = 1_000;
/** The run waits for no word any more, or never did: asking again changes nothing. */
const NOT_AWAITING = "HK4060";

export interface ConfirmRun {
  readonly target: Pick<Target, "name" | "flags" | "reach">;
  readonly run: RunId;
  readonly operating: Pick<Operating, "connectTarget" | "interrupt" | "talk">;
}

/**
 * Proves that the operator can still come in, by coming in: over a new connection with a login of its own. The one that
 * there is proves nothing, since a firewall lets it be and sshd asks nothing of it. Never rejects: whether it was in time is
 * told by how the run ends.
 */
export async function confirmRun(
  { target, run, operating }: ConfirmRun,
  milliseconds: number,
): Promise<void> {
  const { connectTarget, talk, interrupt } = operating;
  talk.notice(target, { type: "confirming", milliseconds });
  const until = performance.now() + milliseconds;
  let why = "there was no time";
  for (let left = milliseconds; left > 0; left = until - performance.now()) {
    let session: Session | undefined;
    try {
      session = await connectTarget(target.reach, {
        signal: AbortSignal.any([interrupt.signal, AbortSignal.timeout(Math.ceil(left))]),
        onProgress: () => undefined,
      });
      await session.confirm(run);
      talk.notice(target, { type: "confirmed" });
      return;
    } catch (error) {
      if (error instanceof HostKitError && error.diagnostics.some((d) => d.code === NOT_AWAITING)) {
        return;
      }
      why = reasonOf(error);
    } finally {
      if (session !== undefined) await close(session);
    }
    await new Promise((resolve) => setTimeout(resolve, AGAIN));
  }
  talk.notice(target, { type: "unconfirmed", why });
}

/** A few words about why something failed. */
export const reasonOf = (error: unknown): string =>
  error instanceof HostKitError
    ? (error.diagnostics[0]?.summary.replace(/\.$/, "") ?? "")
    : String(error);
