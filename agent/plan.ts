import type { Difference } from "../shared/change.ts";
import type { ContentRef } from "../shared/content.ts";
import { type Diagnostic, HostKitError } from "../shared/diagnostic.ts";
import { buildGraph } from "../shared/graph.ts";
import { type Manifest, manifestForDigest } from "../shared/manifest.ts";
import type { Change, HostIdentity, Plan } from "../shared/plan.ts";
import { PROTOCOL } from "../shared/protocol/messages.ts";
import { kindOf } from "../shared/resources/registry.ts";
import { changesOf } from "./changes-of.ts";
import { withDanger } from "./danger.ts";
import { digestOf, sha256 } from "./digest.ts";
import { edgesBetween } from "./edges.ts";
import type { Host } from "./host/host.ts";
import { readLedger } from "./ledger/ledger-file.ts";
import { readersLeftOut } from "./ledger/readers-left-out.ts";
import { takenFromOthers } from "./ledger/recorded.ts";
import { planRemovals } from "./ledger/removals.ts";
import { observe } from "./observe.ts";
import { addPatches, type TextSource } from "./patch.ts";
import { preflight } from "./preflight/preflight.ts";
import { addRemarks } from "./remarks.ts";
import { sealManifest } from "./secrets/seal-manifest.ts";
import type { SecretValues } from "./secrets/secret-values.ts";
import { isDriven } from "./steps.ts";

export interface PlanContext {
  readonly host: Host;
  /** The agent's own directory on the host. */
  readonly root: string;
  readonly identity: HostIdentity;
  /** The user who logged in, who is not to be locked out. */
  readonly login: string;
  /** Asks the client for texts a diff needs; one question for all of them. */
  readonly texts: TextSource;
  readonly secrets: SecretValues;
}

export type PlanResult =
  | {
      readonly plan: Plan;
      /** What was planned from: with the keyed digests of its secrets. */
      readonly manifest: Manifest;
      readonly diagnostics: readonly Diagnostic[];
    }
  | { readonly plan: null; readonly diagnostics: readonly Diagnostic[] };

/** Reads everything the manifest names and says what would change. Changes nothing. */
export async function makePlan(manifest: Manifest, context: PlanContext): Promise<PlanResult> {
  try {
    return await plan(manifest, context);
  } catch (error) {
    if (error instanceof HostKitError) return { plan: null, diagnostics: error.diagnostics };
    throw error;
  }
}

async function plan(
  declared: Manifest,
  { host, root, identity, login, texts, secrets }: PlanContext,
): Promise<PlanResult> {
  const ledger = await readLedger({ host, root });
  const manifest = await sealManifest(declared, { host, ledger, secrets });
  const result = buildGraph(manifest.resources);
  if ("faults" in result) return { plan: null, diagnostics: result.faults };
  const { order, edges } = result.graph;
  const { byId, problems, warnings } = await observe(order, { host, all: order });
  if (problems.length > 0) return { plan: null, diagnostics: problems };
  const removals = await planRemovals(manifest, { host, ledger });

  const bare = changesOf(result.graph, { byId, removals: removals.changes, ledger, manifest });
  const foreseen = await preflight({ host, root, manifest, byId, changes: bare, secrets });
  if (foreseen.some(({ severity }) => severity === "error")) {
    return { plan: null, diagnostics: foreseen };
  }
  const marked = [...bare.values()].map((change) => withDanger(change, login));
  const changes = await addRemarks(await addPatches(marked, { host, texts, secrets }), host);
  const body = {
    version: 1 as const,
    host: identity,
    project: manifest.project,
    manifestDigest: sha256(manifestForDigest(declared)),
    protocol: PROTOCOL,
    changes,
    edges: edgesBetween(changes.filter(isDriven), [...edges, ...removals.edges]),
    unchanged: order.filter(({ id }) => !bare.has(id)).length,
    contents: contentsOf(changes),
    ...(manifest.selection === undefined ? {} : { selection: manifest.selection }),
  };
  const leftOut = await readersLeftOut(manifest, { host, ledger, changes: bare });
  return {
    plan: { ...body, digest: digestOf(body) },
    manifest,
    diagnostics: [...takenFromOthers({ ledger, manifest }), ...warnings, ...foreseen, ...leftOut],
  };
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
