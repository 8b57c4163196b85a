import { HostKitError } from "../../shared/diagnostic.ts";
import { EXIT, exitCodeOfError } from "../cli/exit-code.ts";
import { createInterrupt, type Interrupt, Interrupted } from "../operate/interrupt.ts";

/** What `plan` and `apply` reject with when their signal was aborted. Nothing on the host was changed. */
export class AbortError extends Error {
  override readonly name = "AbortError";
  /** As the errors of Node's own functions have it. */
  readonly code = "ABORT_ERR";
}

/** Works until the signal is aborted. While a host is being changed, that asks for a stop between two changes. */
export async function abortable<T>(
  signal: AbortSignal | undefined,
  work: (interrupt: Interrupt) => Promise<T>,
): Promise<T> {
  const interrupt = createInterrupt({
    listen: (callback) => {
      if (signal?.aborted === true) callback();
      else signal?.addEventListener("abort", callback, { once: true });
      return () => signal?.removeEventListener("abort", callback);
    },
    // A signal is aborted once.
    leave: () => undefined,
  });
  try {
    return await work(interrupt);
  } catch (error) {
    throw interrupt.requested && isInterruption(error) ? aborted(signal?.reason) : error;
  } finally {
    interrupt.stop();
  }
}

/** `cause`: why the signal was aborted. */
const aborted = (cause: unknown): AbortError =>
  new AbortError("The work was aborted. Nothing was changed.", { cause });

const isInterruption = (error: unknown): boolean =>
  error instanceof Interrupted ||
  (error instanceof HostKitError && exitCodeOfError(error) === EXIT.interrupted);
