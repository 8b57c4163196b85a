import type { Change } from "../shared/plan.ts";
import { type Kind, kindOf, type Observed } from "../shared/resources/registry.ts";

/** The same change, with how sure it is what it comes to: as its kind says, for it alone knows what it leaves to others. */
export function predicted(
  change: Change,
  observed: Observed<Kind>,
  { reverts = false }: { readonly reverts?: boolean } = {},
): Change {
  const { action, differences, follow, resource } = change;
  const kind = kindOf(resource.kind);
  // What is only taken down touches nothing.
  if (action === "none" || kind.predict === undefined) return change;
  const planned = { action, observed, differences, follow, reverts };
  return { ...change, prediction: kind.predict(resource.desired, planned) };
}
