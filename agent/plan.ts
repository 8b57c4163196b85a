import type { ResourceId } from "../shared/brands.ts";
import type { Difference, Reason } from "../shared/change.ts";
import type { ContentRef } from "../shared/content.ts";
import type { Diagnostic } from "../shared/diagnostic.ts";
import { buildGraph } from "../shared/graph.ts";
import { type Manifest, manifestForDigest } from "../shared/manifest.ts";
import type { Change, Edge, HostIdentity, Plan } from "../shared/plan.ts";
import { PROTOCOL } from "../shared/protocol/messages.ts";
import { kindOf, type Resource } from "../shared/resources/registry.ts";
import { digestOf, sha256 } from "./digest.ts";
import type { Host } from "./host/host.ts";
import { type Observation, observe } from "./observe.ts";
import { addPatches, type TextSource } from "./patch.ts";

export interface PlanContext {
  readonly host: Host;
  readonly identity: HostIdentity;
  /** Asks the client for texts a diff needs; one question for all of them. */
  readonly texts: TextSource;
}

export type PlanResult =
  | { readonly plan: Plan; readonly diagnostics: readonly Diagnostic[] }
  | { readonly plan: null; readonly diagnostics: readonly Diagnostic[] };

/** Reads everything the manifest names and says what would change. Changes nothing. */
export async function makePlan(
  manifest: Manifest,
  { host, identity, texts }: PlanContext,
): Promise<PlanResult> {
  const result = buildGraph(manifest.resources);
  if ("faults" in result) return { plan: null, diagnostics: result.faults };
  const { order, edges } = result.graph;
  const { byId, problems } = await observe(order, { host, all: order });
  if (problems.length > 0) return { plan: null, diagnostics: problems };

  const bare = order.flatMap((resource) => changeOf(resource, byId.get(resource.id)) ?? []);
  const changes = await addPatches(bare, { host, texts });
  const body = {
    version: 1 as const,
    host: identity,
    project: manifest.project,
    manifestDigest: sha256(manifestForDigest(manifest)),
    protocol: PROTOCOL,
    changes,
    edges: edgesBetween(changes, edges),
    unchanged: order.length - changes.length,
    contents: contentsOf(changes),
  };
  return { plan: { ...body, digest: digestOf(body) }, diagnostics: [] };
}

/** The change that makes one resource what it should be; none when it is. */
function changeOf(resource: Resource, observation: Observation | undefined): Change | undefined {
  if (observation === undefined) return undefined;
  const { observed, notes } = observation;
  const kind = kindOf(resource.kind);
  const created = observed.state === "absent";
  const differences = created
    ? [...notes, ...kind.created(resource.desired)]
    : [...kind.diff(resource.desired, observed)];
  if (!created && differences.length === 0) return undefined;
  return {
    id: resource.id,
    action: created ? "create" : "update",
    reason: created ? "missing" : reasonOf(differences),
    differences,
    follow: kind.follow(resource.desired, observed, differences),
    prediction: { class: "exact" },
    fingerprint: fingerprint(observation),
    resource,
  };
}

/** What apply compares before its first write: everything that was seen of the resource. */
export function fingerprint({ observed, notes }: Observation) {
  return digestOf({ observed, notes });
}

const METADATA: readonly string[] = ["owner", "group", "mode"];

function reasonOf(differences: readonly Difference[]): Reason {
  if (differences.some((difference) => difference.field === "content")) return "content-changed";
  return differences.every((d) => METADATA.includes(d.field)) ? "metadata-changed" : "drift";
}

/** Edges between changes, by way of unchanged resources too: order must hold where a link of the chain needs nothing. */
function edgesBetween(changes: readonly Change[], edges: readonly Edge[]): Edge[] {
  const changed = new Set<ResourceId>(changes.map((change) => change.id));
  const into = new Map<ResourceId, Edge[]>();
  for (const edge of edges) {
    const list = into.get(edge.to);
    if (list === undefined) into.set(edge.to, [edge]);
    else list.push(edge);
  }
  const found: Edge[] = [];
  for (const { id } of changes) {
    const seen = new Set<ResourceId>();
    const queue = [...(into.get(id) ?? [])];
    for (let edge = queue.pop(); edge !== undefined; edge = queue.pop()) {
      if (seen.has(edge.from)) continue;
      seen.add(edge.from);
      if (changed.has(edge.from)) found.push({ from: edge.from, to: id, reason: edge.reason });
      else queue.push(...(into.get(edge.from) ?? []));
    }
  }
  return found;
}

function contentsOf(changes: readonly Change[]): ContentRef[] {
  const needed = new Map<string, ContentRef>();
  for (const { resource, differences } of changes) {
    for (const ref of kindOf(resource.kind).contents(resource.desired)) {
      const changes = differences.some((d) => d.after !== null && isRef(d.after, ref));
      if (changes) needed.set(ref.sha256, ref);
    }
  }
  return [...needed.values()];
}

function isRef(value: Difference["after"], ref: ContentRef): boolean {
  return (
    typeof value === "object" && value !== null && "sha256" in value && value.sha256 === ref.sha256
  );
}
