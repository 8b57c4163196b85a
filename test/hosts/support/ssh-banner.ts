import { connect } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

const usualAttemptMs = 250;
const pauseMs = 10;

/** Settles when an SSH server greets at the address; the answer says whether it did so in time. */
export async function waitForSsh(
  target: { readonly address: string; readonly port: number },
  limit: {
    readonly timeoutMs: number;
    readonly signal: AbortSignal;
    /** Longer where somebody between accepts for a machine that is not there yet, and all attempts arrive when it is. */
    readonly attemptMs?: number;
  },
): Promise<boolean> {
  const until = Date.now() + limit.timeoutMs;
  while (Date.now() < until && !limit.signal.aborted) {
    if (await greets(target, limit.attemptMs ?? usualAttemptMs)) return true;
    await delay(pauseMs);
  }
  return false;
}

function greets(
  target: { readonly address: string; readonly port: number },
  attemptMs: number,
): Promise<boolean> {
  return new Promise((resolve) => {
    // A short attempt, repeated: the kernel would repeat its first packet, lost while the machine boots, only after a second.
    const socket = connect(target.port, target.address);
    let greeting = "";
    const end = (): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(greeting.startsWith("SSH-"));
    };
    const timer = setTimeout(end, attemptMs);
    socket.on("data", (chunk: Buffer) => {
      greeting += chunk.toString("latin1");
      if (greeting.length >= 4) end();
    });
    socket.on("error", end);
    socket.on("close", end);
  });
}
