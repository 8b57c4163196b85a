import { isStopped } from "../../shared/outcome.ts";
import type { ResponseOf } from "../../shared/protocol/messages.ts";
import { count } from "./quantity.ts";

/** How a run ended, in a few words. */
export function runResultText({ outcome, diagnostics }: ResponseOf<"apply">): string {
  const { verdict, changes } = outcome;
  const word = isStopped(diagnostics) ? "stopped" : "failed";
  const done = changes.filter((change) => change.result === "done").length;
  switch (verdict) {
    case "applied":
      return `${count(done, "change")} applied`;
    case "stale":
      return "refused, the host has moved since the plan was made";
    case "partial":
      return `${word} part way, ${done} of ${count(changes.length, "change")} done`;
    case "failed":
      return `${word}, nothing was changed`;
    case "rolled-back":
      return `${word} and rolled back, the host is as before`;
    case "rollback-failed":
      return `${word}, and not everything could be taken back`;
  }
}
