import type { ResourceId } from "../../shared/brands.ts";
import type { Diagnostic } from "../../shared/diagnostic.ts";
import { indexLinks } from "../../shared/links.ts";
import type { Manifest } from "../../shared/manifest.ts";
import type { Change } from "../../shared/plan.ts";
import type { Claim } from "../../shared/resources/define-kind.ts";
import { type Kind, kindOf } from "../../shared/resources/registry.ts";
import type { LookingHost } from "../host/host.ts";
import { readNames } from "../host/names.ts";
import type { Observations } from "../observe.ts";
import type { Port, PreflightContext, Step } from "../resources/driver.ts";
import { driverOf } from "../resources/drivers.ts";
import type { SecretValues } from "../secrets/secret-values.ts";
import { isDriven, stepsOf } from "../steps.ts";
import { byKind } from "../transaction/prepare.ts";
import { roomFor } from "./room.ts";
import { throughMovedLinks } from "./through-links.ts";

export interface Preflight {
  readonly host: LookingHost;
  /** The agent's own directory. */
  readonly root: string;
  readonly manifest: Manifest;
  readonly byId: Observations["byId"];
  readonly changes: ReadonlyMap<ResourceId, Change>;
  readonly secrets: SecretValues;
}

/**
 * What would go wrong in the run, as far as it can be known now: an error where it must, a warning where it may. Where nothing
 * changes nothing is looked at.
 */
export async function preflight(plan: Preflight): Promise<Diagnostic[]> {
  const { manifest, changes, byId } = plan;
  const driven = [...changes.values()].filter(isDriven);
  if (driven.length === 0) return [];
  const moved = await throughMovedLinks(manifest.resources, plan);
  const context = await contextOf(plan, driven);
  const found: Diagnostic[] = [...moved];
  const made = driven.filter(({ action }) => action !== "delete");
  const steps: Step<Kind>[] = [];
  for (const [kind, group] of byKind(made)) {
    const own = stepsOf<typeof kind>(group, { byId });
    steps.push(...own);
    found.push(...((await driverOf(kind).preflight?.(own, context)) ?? []));
  }
  return [...found, ...(await roomFor(steps, plan))];
}

/** Who provides what. */
const claimed = (some: readonly Pick<Change, "resource" | "id">[]) =>
  new Map(
    some.flatMap(({ id, resource: { kind, desired } }) =>
      kindOf(kind)
        .provides(desired)
        .map((claim) => [claim, id] as const),
    ),
  );

async function contextOf(
  { host, manifest, secrets, changes }: Preflight,
  driven: readonly Change[],
): Promise<PreflightContext> {
  const provided = new Set<Claim>(
    manifest.resources.flatMap(({ kind, desired }) => kindOf(kind).provides(desired)),
  );
  const going = claimed(driven.filter(({ action }) => action === "delete"));
  const byClaim = claimed(driven);
  const ports = portsIn(manifest);
  return {
    host,
    secrets,
    names: await readNames(host),
    links: indexLinks(manifest.resources),
    provided: (claim) => provided.has(claim),
    going: (claim) => going.has(claim),
    changeOf: (claim) => {
      const id = byClaim.get(claim);
      return id === undefined ? undefined : changes.get(id);
    },
    portsOf: (id) => ports.get(id) ?? [],
  };
}

/** What is noted beside the resources of where they listen. */
function portsIn({ intents = [] }: Manifest): ReadonlyMap<ResourceId, readonly Port[]> {
  const ports = new Map<ResourceId, Port[]>();
  for (const intent of intents) {
    if (intent.type !== "listener" || intent.port === undefined) continue;
    const { port, host = "127.0.0.1", protocol, by = [] } = intent;
    const one = { port, host, protocol: protocol === "udp" ? "udp" : "tcp" } as const;
    for (const id of by) ports.set(id, [...(ports.get(id) ?? []), one]);
  }
  return ports;
}
