import type { ResourceId } from "./brands.ts";
import type { EdgeReason } from "./change.ts";
import type { Diagnostic } from "./diagnostic.ts";
import { didYouMean } from "./nearest-name.ts";
import { indexLinks, type Links, type Place, throughLinks } from "./links.ts";
import type { Edge } from "./plan.ts";
import type { Claim, Need } from "./resources/define-kind.ts";
import { kindOf, type Resource } from "./resources/registry.ts";

/** Share of an id's letters that may be wrong: much of one is alike in others, such as `file:/etc/`. */
const SLIPS = 0.15;

/** Resources in an order in which each comes after what it relies on, with the reason of every edge. */
export interface Graph {
  readonly order: readonly Resource[];
  readonly edges: readonly Edge[];
  /** What each resource reads, of those that read any. */
  readonly inputs: Inputs;
}

export type Inputs = ReadonlyMap<ResourceId, readonly ResourceId[]>;

export type GraphResult = { readonly graph: Graph } | { readonly faults: readonly Diagnostic[] };

/**
 * Orders resources: dependencies first, else as declared. Faults are all reported, not only the first. `refused`: ids that are
 * missing for a reason which is told already.
 */
export function buildGraph(
  resources: readonly Resource[],
  { refused = new Set() }: { readonly refused?: ReadonlySet<string> } = {},
): GraphResult {
  const faults: Diagnostic[] = [];
  const byId = new Map<ResourceId, Resource>(resources.map((r) => [r.id, r]));
  const providers = indexProviders(resources, faults);
  const links = indexLinks(resources);
  const inputs = new Map<ResourceId, ResourceId[]>();
  const bringers = indexBringers(resources);
  const context = { byId, providers, bringers, links, inputs, refused, faults };
  const edges = resources.flatMap((resource) => edgesTo(resource, context));
  if (faults.length > 0) return { faults };
  const sorted = sort(resources, edges);
  return "cycle" in sorted
    ? { faults: [cycleFault(sorted.cycle, edges)] }
    : { graph: { order: sorted.order, edges, inputs } };
}

/**
 * As `buildGraph`, of what was in order once and may have lost some of what it relied on since. What can't be in order any
 * more, since its parts come from different declarations, goes by what it is and not by `dependsOn`.
 */
export function arrange(resources: readonly Resource[]): Pick<Graph, "order" | "edges"> {
  const byId = new Map<ResourceId, Resource>(resources.map((r) => [r.id, r]));
  const context = {
    byId,
    providers: indexProviders(resources, []),
    bringers: indexBringers(resources),
    links: indexLinks(resources),
    inputs: new Map(),
    refused: new Set<string>(),
    faults: [],
  };
  const edges = resources
    .flatMap((resource) => edgesTo(resource, context))
    .filter(({ from, to }) => byId.has(from) && from !== to);
  const implied = edges.filter(({ reason }) => reason !== "declared" && reason !== "source-input");
  for (const some of [edges, implied]) {
    const sorted = sort(resources, some);
    if ("order" in sorted) return { order: sorted.order, edges: some };
  }
  return { order: resources, edges: [] };
}

function indexProviders(
  resources: readonly Resource[],
  faults: Diagnostic[],
): Map<Claim, Resource[]> {
  const providers = new Map<Claim, Resource[]>();
  for (const resource of resources) {
    for (const claim of kindOf(resource.kind).provides(resource.desired)) {
      const others = providers.get(claim);
      if (others === undefined) {
        providers.set(claim, [resource]);
        continue;
      }
      others.push(resource);
      // A group may well be declared beside the account that would bring it; a path or unit has one owner.
      if (claim.startsWith("path:"))
        faults.push(conflictFault(claim, others[0] as Resource, resource));
    }
  }
  return providers;
}

/** Who makes what is no resource's own to say; several may, for homes can be shared. */
function indexBringers(resources: readonly Resource[]): Map<Claim, Resource[]> {
  const bringers = new Map<Claim, Resource[]>();
  for (const resource of resources) {
    for (const claim of kindOf(resource.kind).brings?.(resource.desired) ?? []) {
      bringers.set(claim, [...(bringers.get(claim) ?? []), resource]);
    }
  }
  return bringers;
}

interface EdgeContext {
  readonly byId: ReadonlyMap<ResourceId, Resource>;
  readonly bringers: ReadonlyMap<Claim, readonly Resource[]>;
  readonly providers: ReadonlyMap<Claim, readonly Resource[]>;
  readonly links: Links;
  /** Filled in on the way. */
  readonly inputs: Map<ResourceId, ResourceId[]>;
  readonly refused: ReadonlySet<string>;
  readonly faults: Diagnostic[];
}

function edgesTo(resource: Resource, context: EdgeContext): Edge[] {
  const { byId, providers, refused, faults } = context;
  const kind = kindOf(resource.kind);
  const reasons = new Map<ResourceId, EdgeReason>();
  const read = new Set<ResourceId>();
  let isMissing = false;
  const missing = (id: ResourceId | Claim, how: string, meant?: string) => {
    isMissing = true;
    if (!refused.has(id)) faults.push(missingFault(resource, id, how, meant));
  };
  const idMeant = (id: ResourceId) => didYouMean(id, [...byId.keys()], SLIPS);
  for (const id of resource.dependsOn) {
    if (byId.has(id)) reasons.set(id, "declared");
    else missing(id, "depends on", idMeant(id));
  }
  for (const id of kind.inputs?.(resource.desired) ?? []) {
    if (!byId.has(id)) missing(id, "has among its inputs", idMeant(id));
    else if (!reasons.has(id)) reasons.set(id, "source-input");
    read.add(id);
  }
  for (const need of kind.needs(resource.desired)) {
    if (need.declared === true && findProviders(need, providers).length === 0) {
      missing(need.claim, "waits for", didYouMean(need.claim, [...providers.keys()]));
    }
    // What is read, and what something is put into, is looked for behind links as well.
    const isFollowed = need.input === true || need.reason === "parent-directory";
    const places = isFollowed ? throughLinks(need.claim, context.links) : [need];
    for (const { claim, through } of places as Iterable<Place>) {
      const found = findProviders({ ...need, claim }, providers);
      for (const provider of through === undefined ? found : [through, ...found]) {
        if (provider.id === resource.id) continue;
        if (!reasons.has(provider.id)) reasons.set(provider.id, need.reason);
        if (need.input !== true) continue;
        if (provider === through || provides(provider, claim)) read.add(provider.id);
      }
    }
  }
  for (const bringer of bringersOf(resource, context)) {
    if (!reasons.has(bringer.id)) reasons.set(bringer.id, "parent-directory");
  }
  if (kind.triggered !== undefined && reasons.size === 0 && !isMissing)
    faults.push(idleFault(resource));
  const inputs = [...read].filter((id) => isInput(byId.get(id)));
  if (inputs.length > 0) context.inputs.set(resource.id, inputs);
  return [...reasons].map(([from, reason]) => ({ from, to: resource.id, reason }));
}

/** Those that bring what it is at or lies below. */
function bringersOf(
  resource: Resource,
  { bringers }: Pick<EdgeContext, "bringers">,
): readonly Resource[] {
  if (bringers.size === 0) return [];
  const claims = kindOf(resource.kind).provides(resource.desired);
  return claims.flatMap((claim) =>
    findProviders({ claim, reason: "parent-directory", match: "nearest" }, bringers),
  );
}

const provides = ({ kind, desired }: Resource, claim: Claim): boolean =>
  kindOf(kind).provides(desired).includes(claim);

const isInput = (resource: Resource | undefined): boolean =>
  resource !== undefined && kindOf(resource.kind).inputField !== undefined;

function findProviders(
  need: Need,
  providers: ReadonlyMap<Claim, readonly Resource[]>,
): readonly Resource[] {
  let claim = need.claim;
  for (;;) {
    const found = providers.get(claim);
    if (found !== undefined) return found;
    const cut = claim.lastIndexOf("/");
    if (need.match === "exact" || cut <= claim.indexOf(":") + 1) return [];
    claim = claim.slice(0, cut) as Claim;
  }
}

type Sorted = { readonly order: Resource[] } | { readonly cycle: Resource[] };

/** Depth first in declaration order, with a stack of our own: a long chain must not exhaust the real one. */
function sort(resources: readonly Resource[], edges: readonly Edge[]): Sorted {
  const position = new Map(resources.map((r, index) => [r.id, index]));
  const before: number[][] = resources.map(() => []);
  for (const { from, to } of edges) {
    before[position.get(to) as number]?.push(position.get(from) as number);
  }
  for (const list of before) list.sort((a, b) => a - b);

  const state: ("new" | "open" | "done")[] = resources.map(() => "new");
  const order: Resource[] = [];
  for (let root = 0; root < resources.length; root++) {
    const stack = state[root] === "new" ? [{ node: root, next: 0 }] : [];
    while (stack.length > 0) {
      const top = stack.at(-1) as { node: number; next: number };
      state[top.node] = "open";
      const dependency = before[top.node]?.[top.next++];
      if (dependency === undefined) {
        state[top.node] = "done";
        order.push(resources[top.node] as Resource);
        stack.pop();
      } else if (state[dependency] === "open") {
        const from = stack.findIndex((entry) => entry.node === dependency);
        return { cycle: stack.slice(from).map((entry) => resources[entry.node] as Resource) };
      } else if (state[dependency] === "new") {
        stack.push({ node: dependency, next: 0 });
      }
    }
  }
  return { order };
}

const at = (resource: Resource) =>
  resource.source === undefined
    ? ""
    : ` (${resource.source.file}:${resource.source.line}:${resource.source.column})`;

function about(resource: Resource): Pick<Diagnostic, "resource" | "source"> {
  return resource.source === undefined
    ? { resource: resource.id }
    : { resource: resource.id, source: resource.source };
}

function conflictFault(claim: Claim, first: Resource, second: Resource): Diagnostic {
  const thing = claim.slice(claim.indexOf(":") + 1);
  return {
    severity: "error",
    side: "config",
    code: "HK1010",
    summary: "Two resources manage the same thing.",
    detail: `${first.id}${at(first)} and ${second.id}${at(second)} both manage ${thing}, so each would undo the other. Keep one of them.`,
    ...about(second),
  };
}

/** Something that runs after others, and there are none. */
function idleFault(resource: Resource): Diagnostic {
  return {
    severity: "error",
    side: "config",
    code: "HK1080",
    summary: "A check is never run.",
    detail: `${resource.id}${at(resource)} is run after what it waits for has changed, and it waits for nothing. Name units with \`of\`, or anything else with \`dependsOn\`.`,
    ...about(resource),
  };
}

function missingFault(
  resource: Resource,
  id: ResourceId | Claim,
  how: string,
  meant = "",
): Diagnostic {
  return {
    severity: "error",
    side: "config",
    code: "HK1011",
    summary: "A dependency is not declared.",
    detail: `${resource.id}${at(resource)} ${how} ${id}, which this host does not declare.${meant} Declare it for the same host, or leave it out.`,
    ...about(resource),
  };
}

function cycleFault(cycle: readonly Resource[], edges: readonly Edge[]): Diagnostic {
  const first = cycle[0] as Resource;
  const steps = cycle.map((resource, index) => {
    const dependency = cycle[(index + 1) % cycle.length] as Resource;
    const reason = edges.find((e) => e.to === resource.id && e.from === dependency.id)?.reason;
    return `  ${resource.id}${at(resource)} comes after ${dependency.id} (${reason ?? "declared"})`;
  });
  return {
    severity: "error",
    side: "config",
    code: "HK1012",
    summary: "Resources depend on each other in a circle.",
    detail: `No order can satisfy all of these:\n${steps.join("\n")}\nRemove one of the dependencies.`,
    ...about(first),
  };
}
