import type { Session } from "../session.ts";
import type { Operating } from "./operating.ts";
import type { HostProgress } from "./talk.ts";
import type { Target } from "./target.ts";

/** Opens a session and says how far it is. Closed by whoever asked for it. */
export async function connect(
  target: Target,
  progress: HostProgress,
  { connectTarget, interrupt, talk }: Pick<Operating, "connectTarget" | "interrupt" | "talk">,
): Promise<Session> {
  interrupt.signal.throwIfAborted();
  progress.phase({ name: "connecting" });
  const opening = connectTarget(target.reach, {
    signal: interrupt.signal,
    onProgress: (phase) => progress.phase(phase),
  });
  try {
    const session = await interrupt.race(opening);
    talk.notice(target, { type: "connected", label: session.label, hello: session.hello });
    return session;
  } catch (error) {
    // It may still succeed after nobody waits for it any more.
    void opening.then((late) => close(late)).catch(() => undefined);
    throw error;
  }
}

/** What became of a host is known by now; that leaving it failed changes nothing. */
export async function close(session: Session): Promise<void> {
  await session.close().catch(() => undefined);
}
