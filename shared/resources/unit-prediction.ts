import { bounded, type Prediction } from "../change.ts";
import type { Planned } from "./define-kind.ts";

/** Whether a unit comes up is its program's own doing; whether its file can be read is systemd's. */
export function predictUnit(
  { name }: { readonly name: string },
  { action, differences, follow, reverts }: Planned<unknown>,
): Prediction {
  const after = (field: string) => differences.find((each) => each.field === field)?.after;
  const isWritten = typeof after("content") === "string" && !reverts;
  const refused = isWritten ? { refused: "refused by systemd, and nothing is changed" } : {};
  const job = action === "restart" || action === "reload" ? action : follow;
  // A timer has no program: once systemd has read it, nothing is left to fail.
  if (!name.endsWith(".timer")) {
    if (job === "restart" || after("active") === "active") {
      return bounded({ done: "runs", ...refused, failed: "does not start, and the run fails" });
    }
    if (job === "reload") {
      return bounded({ done: "reloads", ...refused, failed: "does not reload, and the run fails" });
    }
  }
  return isWritten ? bounded({ done: "as planned", ...refused }) : { class: "exact" };
}
