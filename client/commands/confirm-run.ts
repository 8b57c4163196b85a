import { HostKitError } from "../../shared/diagnostic.ts";
import type { RunId } from "../../shared/run.ts";
import type { Target } from "../cli/target.ts";
import type { Session } from "../session.ts";
import { duration } from "../view/quantity.ts";
import { oneLine } from "../view/text.ts";
import type { Context } from "./command.ts";
import { close } from "./hosts.ts";

/** Milliseconds between two attempts. */
const AGAIN = 1_000;
/** The run waits for no word any more, or never did: asking again changes nothing. */
const NOT_AWAITING = "HK4060";

export interface ConfirmRun {
  readonly target: Pick<Target, "name" | "reach">;
  readonly run: RunId;
  readonly context: Context;
}

/**
 * Proves that the operator can still come in, by coming in: over a new connection with a login of its own. The one that
 * there is proves nothing, since a firewall lets it be and sshd asks nothing of it. Never rejects: whether it was in time is
 * told by how the run ends.
 */
export async function confirmRun(
  { target, run, context }: ConfirmRun,
  milliseconds: number,
): Promise<void> {
  const { services, view, interrupt } = context;
  const name = oneLine(target.name);
  view.warn(
    `${name}: all is done, and is taken back unless a new connection comes in within ${duration(milliseconds)}. Coming in.`,
  );
  const until = performance.now() + milliseconds;
  let why = "there was no time";
  for (let left = milliseconds; left > 0; left = until - performance.now()) {
    let session: Session | undefined;
    try {
      session = await services.connectTarget(target.reach, {
        signal: AbortSignal.any([interrupt.signal, AbortSignal.timeout(Math.ceil(left))]),
        onProgress: () => undefined,
      });
      await session.confirm(run);
      view.warn(`${name}: confirmed over a new connection.`);
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
  view.warn(`${name}: no new connection came in (${why}). The host takes everything back.`);
}

/** A few words about why something failed. */
export const reasonOf = (error: unknown): string =>
  error instanceof HostKitError
    ? (error.diagnostics[0]?.summary.replace(/\.$/, "") ?? "")
    : String(error);
