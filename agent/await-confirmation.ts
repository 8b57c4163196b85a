import { setTimeout as sleep } from "node:timers/promises";
import type { Diagnostic } from "../shared/diagnostic.ts";
import type { RunContext } from "./run-context.ts";
import { beginAwaiting, decide, readDecision } from "./transaction/confirmation.ts";
import type { Run } from "./transaction/run.ts";

/** Milliseconds between two looks. */
const LOOK = 100;

/** Waits for the word of an operator; without it in time, what was done is to be taken back. */
export async function awaitConfirmation(
  context: RunContext,
  run: Run,
): Promise<"confirmed" | "refused" | "ending"> {
  const { host, events, requested } = context;
  const { confirmWithin } = requested.request;
  await beginAwaiting(host, run.directory);
  // By a clock that nobody sets.
  const until = performance.now() + confirmWithin;
  events.emit({ type: "confirm", milliseconds: confirmWithin });
  while (performance.now() < until) {
    const decision = await readDecision(host, run.directory);
    if (decision === "confirmed" || decision === "refused") return decision;
    const stop = context.stopping();
    if (stop === "ending") return "ending";
    if (stop === "asked") break;
    await sleep(Math.min(LOOK, Math.max(until - performance.now(), 1)));
  }
  return (await decide(host, run.directory, "refused")) === "confirmed" ? "confirmed" : "refused";
}

export function unconfirmed(run: string, dangers: readonly string[]): Diagnostic {
  return {
    severity: "error",
    side: "host",
    code: "HK4061",
    summary: "The run was not confirmed in time.",
    detail: `The run ${run} changed what could lock you out (${dangers.join("; ")}), and nobody came in over a new connection to confirm that it did not. Everything was taken back. Look at what kept the new connection out; --confirm-timeout gives it more time.`,
  };
}
