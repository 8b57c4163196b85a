import type { PlannedHost } from "../operate/planned-host.ts";
import type { Target } from "../operate/target.ts";
import { summarise } from "../../shared/plan.ts";
import type { Session } from "../session.ts";
import type { HostLabel, PlanShown } from "../view/view.ts";

/** A host as it is shown. */
export function hostLabel({
  target,
  session,
}: {
  readonly target: Target;
  readonly session: Pick<Session, "label">;
}): HostLabel {
  return { host: target.name, label: session.label, target: target.flags };
}

/** A plan as it is shown. */
export function planShown(planned: PlannedHost): PlanShown {
  const { plan, texts } = planned;
  return { ...hostLabel(planned), plan, summary: summarise(plan), texts };
}
