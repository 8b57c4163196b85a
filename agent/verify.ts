import type { Diagnostic } from "../shared/diagnostic.ts";
import type { Manifest } from "../shared/manifest.ts";
import type { Change, Plan } from "../shared/plan.ts";
import { type Kind, kindOf, type Observed, type Resource } from "../shared/resources/registry.ts";
import type { Host } from "./host/host.ts";
import { type Observations, observe } from "./observe.ts";
import { drivenOf } from "./steps.ts";
import { fingerprint } from "./change.ts";

/** What an apply learns by looking: before it begins, after it failed, and at the end. */

/** Resources named in one message; a host that moved as a whole fills a screen, not ten. */
const NAMED = 20;

/** Everything that is no longer as the plan saw it, in one diagnostic. */
export function movedSince(plan: Pick<Plan, "changes">, now: Observations): Diagnostic[] {
  const moved = drivenOf(plan).filter((change) => {
    const observation = now.byId.get(change.id);
    return observation === undefined || fingerprint(observation) !== change.fingerprint;
  });
  const [first] = moved;
  if (first === undefined) return [];
  const named = moved.slice(0, NAMED).map(({ id }) => `  ${id}`);
  const more = moved.length > NAMED ? [`  and ${moved.length - NAMED} more`] : [];
  return [
    {
      severity: "error",
      side: "host",
      code: "HK4001",
      summary: "The host moved after the plan was made.",
      detail: `Somebody else changed meanwhile:\n${[...named, ...more].join("\n")}\nNothing was changed. Review a fresh plan.`,
      resource: first.id,
    },
  ];
}

interface Looking {
  readonly host: Host;
  readonly manifest: Manifest;
}

/** Reads again what was changed: what a tool said is no proof. */
export function lookAgain(
  changes: readonly Change[],
  { host, manifest }: Looking,
): Promise<Observations> {
  const resources = changes.map((change) => change.resource);
  return observe(resources, { host, all: manifest.resources });
}

/** Whether what was begun left no trace. */
export function isUntouched(touched: readonly Change[], { byId }: Observations): boolean {
  return touched.every(({ id, fingerprint: seen }) => {
    const observation = byId.get(id);
    return observation !== undefined && fingerprint(observation) === seen;
  });
}

/** A change that did not take is a failure, whatever the tool that made it said. */
export function unmetIn(changes: readonly Change[], found: Observations): Diagnostic[] {
  const unmet = changes.flatMap((change): Diagnostic[] => {
    const left = unmetOf(change, found) ?? [];
    if (left.length === 0) return [];
    return [
      {
        severity: "error",
        side: "host",
        code: "HK4002",
        summary: "A change did not take effect.",
        detail: `${change.id} was changed without an error, but reading it back shows: ${left.join("; ")}. Something else on the host may manage it too.`,
        resource: change.id,
      },
    ];
  });
  return [...found.problems, ...unmet];
}

/** What of a change is not as planned; `undefined` where it could not be read. */
export function unmetOf(
  { id, action, resource }: Change,
  { byId }: Observations,
): string[] | undefined {
  const observed = byId.get(id)?.observed;
  if (observed === undefined) return undefined;
  if (action === "delete") return leftOf(resource, observed);
  if (observed.state === "absent") return ["it does not exist"];
  return kindOf(resource.kind)
    .diff(resource.desired, observed)
    .map((d) => `${d.field} is not as declared`);
}

/** What is still there of something that was removed. */
export function leftOf({ kind, desired }: Resource, observed: Observed<Kind>): string[] {
  if (observed.state === "absent") return [];
  return kindOf(kind)
    .removed(desired, observed)
    .map(({ field }) => `its ${field} is still there`);
}
