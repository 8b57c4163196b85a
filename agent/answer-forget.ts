import { type Diagnostic, HostKitError } from "../shared/diagnostic.ts";
import type { RequestOf } from "../shared/protocol/messages.ts";
import { forget, heldOf } from "./ledger/forget.ts";
import { givenUp, type RunLock } from "./run-lock.ts";
import type { RunTaskContext } from "./run-task.ts";
import { findPending, type IsAlive } from "./transaction/pending.ts";

/** Answers to whoever lets go of resources. */

export type AskedToForget =
  | { readonly verb: "held"; readonly body: RequestOf<"held"> }
  | { readonly verb: "forget"; readonly body: RequestOf<"forget"> };

export interface ForgetContext extends RunTaskContext {
  /** Keeps runs from changing the ledger meanwhile. */
  readonly lock: RunLock;
  readonly by: string;
}

export async function answerForget(
  { verb, body }: AskedToForget,
  context: ForgetContext,
): Promise<unknown> {
  if (verb === "forget") return letGo(body, context);
  await refuseCutOff(context, (run) => context.executor.isAlive(run));
  return { held: await heldOf(context, body.ids) };
}

async function letGo(
  { reviewed, wait }: RequestOf<"forget">,
  context: ForgetContext,
): Promise<Record<string, never>> {
  const stop = new AbortController();
  context.onCancel(() => stop.abort());
  const signal = AbortSignal.any([stop.signal, context.signal]);
  await context.lock(
    async () => {
      if (signal.aborted) throw givenUp();
      // Whoever holds the lock is the only one at work.
      await refuseCutOff(context, () => Promise.resolve(false));
      await forget(context, reviewed);
    },
    { patience: wait, name: `The \`hostkit forget\` of ${context.by}`, signal },
  );
  return {};
}

/** Its end may write to the ledger what is to be let go of, and bringing it there changes the host. */
async function refuseCutOff(context: ForgetContext, isAlive: IsAlive): Promise<void> {
  const pending = await findPending(context, isAlive);
  if (pending?.state === "cut-off") throw new HostKitError(cutOffFirst(pending.run));
}

const cutOffFirst = (run: string): Diagnostic => ({
  severity: "error",
  side: "host",
  code: "HK4072",
  summary: "A run that was cut off has to come to its end first.",
  detail: `The run ${run} was cut off, and what becomes of it decides what HostKit manages. \`hostkit forget\` changes nothing on a host, so it does not settle it. Nothing was changed. Run \`hostkit resume\` to finish it or \`hostkit rollback\` to take it back, then this again.`,
});
