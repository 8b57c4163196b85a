import type { ResourceId } from "../shared/brands.ts";
import { canonical } from "../shared/canonical.ts";
import { type Difference, NOT_SHOWN } from "../shared/change.ts";
import { type Diagnostic, HostKitError } from "../shared/diagnostic.ts";
import { driftOf, type Finding } from "../shared/drift.ts";
import type { Change } from "../shared/plan.ts";
import { kindOf, Resource } from "../shared/resources/registry.ts";
import { changesOf } from "./changes-of.ts";
import type { LookingHost } from "./host/host.ts";
import { readNames } from "./host/names.ts";
import { keyLost } from "./key-lost.ts";
import type { Ledger } from "./ledger/ledger.ts";
import { takenFromOthers } from "./ledger/recorded.ts";
import { planRemovals, type Removals } from "./ledger/removals.ts";
import type { Looked } from "./look.ts";
import { type Observations, observe } from "./observe.ts";
import { addPatches, type TextSource } from "./patch.ts";
import type { SecretValues } from "./secrets/secret-values.ts";
import { isDriven } from "./steps.ts";

export interface Audited {
  readonly findings: Finding[];
  readonly asDeclared: number;
  readonly diagnostics: Diagnostic[];
}

interface Auditing {
  readonly host: LookingHost;
  readonly secrets: SecretValues;
  readonly texts: TextSource;
}

/** Tells of everything that is not as declared whether the host moved, the declaration, or both. */
export async function audit(looked: Looked, auditing: Auditing): Promise<Audited> {
  const { host } = auditing;
  const { graph, manifest, ledger, observations } = looked;
  const { byId, problems, warnings } = observations;
  const removals = await removalsOf(looked, host);
  const changes = changesOf(graph, { byId, removals: removals.changes, ledger, manifest });
  const patched = await addPatches([...changes.values()], auditing);
  const { applied, unknown } = lastApplied(patched, ledger);
  const declared = new Map(graph.order.map((resource) => [resource.id, resource]));
  const isSame = (resource: Resource) => {
    const now = declared.get(resource.id);
    return now !== undefined && statedOf(now) === statedOf(resource);
  };
  // What is declared as it was applied was looked at already. What applied things relied on may be gone by now: no problem.
  const others = [...applied.values()].filter((resource) => !isSame(resource));
  const before = await observe(others, { host, all: [] });
  const findings = patched.flatMap((change): Omit<Finding, "touched">[] => {
    const resource = applied.get(change.id);
    const same = resource !== undefined && isSame(resource);
    const outside = same
      ? outsideOf(change.resource, observations)
      : resource && outsideOf(resource, before);
    const drift = driftOf({
      push: isDriven(change) ? "host" : "record",
      found: outside === undefined ? "never" : isAsApplied(outside) ? "as-applied" : "otherwise",
      declared: same ? "as-applied" : "otherwise",
    });
    if (drift === undefined) return [];
    const differences = outside?.differences ?? [];
    return [
      {
        id: change.id,
        drift,
        change,
        outside: [...(same ? differences : masked(differences, { applied: resource, change }))],
        ...(outside?.gone === true ? { gone: true as const } : {}),
      },
    ];
  });
  const unchanged = graph.order.filter(({ id }) => byId.has(id) && !changes.has(id));
  return {
    findings: await withTouched(findings, host),
    asDeclared: unchanged.length,
    diagnostics: [
      ...problems,
      ...removals.diagnostics,
      ...unknown,
      ...keyLost(ledger, host),
      ...takenFromOthers({ ledger, manifest }),
      ...warnings,
    ],
  };
}

/** What stands in the way of one removal stands in the way of a push, and keeps nobody from seeing the rest. */
async function removalsOf(
  { manifest, ledger }: Looked,
  host: LookingHost,
): Promise<Pick<Removals, "changes"> & { readonly diagnostics: readonly Diagnostic[] }> {
  try {
    const { changes } = await planRemovals(manifest, { host, ledger });
    return { changes, diagnostics: [] };
  } catch (error) {
    if (!(error instanceof HostKitError)) throw error;
    return { changes: [], diagnostics: error.diagnostics };
  }
}

/** What was applied of everything that would change; checked only now, since nothing else needs it. */
function lastApplied(changes: readonly Change[], { resources }: Ledger) {
  const applied = new Map<ResourceId, Resource>();
  const unknown: Diagnostic[] = [];
  for (const { id } of changes) {
    const entry = resources.get(id);
    if (entry === undefined) continue;
    const parsed = Resource.safeParse(entry.resource);
    if (parsed.success) applied.set(id, parsed.data);
    else unknown.push(notUnderstood(id));
  }
  return { applied, unknown };
}

/** What of it can be declared otherwise. */
function statedOf({ kind, desired }: Resource): string {
  return canonical(kindOf(kind).declared?.(desired) ?? desired);
}

interface Outside {
  readonly differences: readonly Difference[];
  readonly gone: boolean;
  /** What is there can't be compared at all. */
  readonly strange: boolean;
}

const isAsApplied = ({ differences, gone, strange }: Outside): boolean =>
  differences.length === 0 && !gone && !strange;

function outsideOf({ id, kind, desired }: Resource, { byId }: Observations): Outside {
  const observed = byId.get(id)?.observed;
  if (observed === undefined) return { differences: [], gone: false, strange: true };
  if (observed.state === "absent") return { differences: [], gone: true, strange: false };
  return { differences: kindOf(kind).diff(desired, observed), gone: false, strange: false };
}

/**
 * Declared in two ways, of which one has secrets: what the host has may be a value of either, so it is shown only where the plan
 * shows it. That it differs is told all the same.
 */
function masked(
  differences: readonly Difference[],
  { applied, change }: { readonly applied: Resource | undefined; readonly change: Change },
): readonly Difference[] {
  const resources = [change.resource, ...(applied === undefined ? [] : [applied])];
  const kind = kindOf(change.resource.kind);
  if (!resources.some(({ desired }) => kind.isSecret?.(desired) === true)) return differences;
  return differences.map((difference) => {
    const { field, keys } = difference;
    if (!kind.contentFields.includes(field)) return difference;
    if (keys === undefined) return { field, before: NOT_SHOWN, after: NOT_SHOWN };
    const planned = change.differences.find((each) => each.field === field)?.keys ?? [];
    const shown = new Set(
      planned
        .filter(({ before, masked: isHidden }) => before !== NOT_SHOWN && isHidden !== true)
        .map(({ key }) => key),
    );
    return { ...difference, keys: keys.map((one) => (shown.has(one.key) ? one : hidden(one.key))) };
  });
}

const hidden = (key: string) =>
  ({ key, before: NOT_SHOWN, after: NOT_SHOWN, masked: true }) as const;

/** Since when what was changed outside is as it is, as far as its path tells: one batch for all. */
async function withTouched(
  findings: readonly Omit<Finding, "touched">[],
  host: LookingHost,
): Promise<Finding[]> {
  const places = findings.flatMap(({ id, drift, outside, gone, change: { resource } }) => {
    const kind = kindOf(resource.kind);
    const claim = kind.provides(resource.desired).find((each) => each.startsWith("path:"));
    const isOfPath = outside.some(({ field }) => kind.beside?.includes(field) !== true);
    const isThere = drift !== "pending" && gone !== true && isOfPath;
    return claim !== undefined && isThere ? [{ id, path: claim.slice("path:".length) }] : [];
  });
  if (places.length === 0) return [...findings];
  const names = await readNames(host);
  const times = await host.touched(places.map(({ path }) => path));
  const byId = new Map(places.map(({ id }, index) => [id, times[index] ?? null]));
  return findings.map((finding) => {
    const found = byId.get(finding.id) ?? null;
    if (found === null) return finding;
    const { changed, modified, uid } = found;
    return { ...finding, touched: { changed, modified, owner: names.userName(uid) } };
  });
}

const notUnderstood = (id: ResourceId): Diagnostic => ({
  severity: "warning",
  side: "host",
  code: "HK4151",
  summary: "What was applied last can't be understood.",
  detail: `The ledger has ${id} as another version of HostKit declared it, so it can't be told who changed it: the host or the declaration. It is listed as not yet applied. Nothing was changed.`,
  resource: id,
});
