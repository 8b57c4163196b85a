import type { ResourceId } from "../../shared/brands.ts";
import { type Diagnostic, HostKitError } from "../../shared/diagnostic.ts";
import type { Manifest } from "../../shared/manifest.ts";
import type { Change } from "../../shared/plan.ts";
import type { Kind, Observed } from "../../shared/resources/registry.ts";
import type { Host } from "../host/host.ts";
import { readNames } from "../host/names.ts";
import { observe } from "../observe.ts";
import { fingerprint } from "../change.ts";
import type { UndoContext, UndoStep } from "../resources/driver.ts";
import { driverOf } from "../resources/drivers.ts";
import { stepsOf } from "../steps.ts";
import type { Intent, Journal } from "./journal.ts";
import { damagedKept } from "./kept.ts";
import { attemptRecord, flushed } from "./record.ts";

export interface RollbackOptions {
  readonly host: Host;
  readonly manifest: Manifest;
  /** Changes that were begun, in the order of the plan. */
  readonly changes: readonly Change[];
  readonly intents: readonly Intent[];
  readonly journal: Journal;
  readonly because: string;
}

export interface Rollback {
  /** What is not as it was before the run; empty when everything is. */
  readonly left: readonly Diagnostic[];
  /** What was refused on the way, where the resource reads as before all the same: a home that stays, for example. */
  readonly remarks: readonly Diagnostic[];
}

/** Undoes what was begun, in reverse, and reads everything again. */
export async function rollBack(options: RollbackOptions): Promise<Rollback> {
  const { changes, journal, because } = options;
  // A disk that is full may be the very reason for it.
  await attemptRecord(() => journal.write({ type: "rollback", because }));
  const damaged = await damagedKept(options.host, options.intents);
  const refusals = await undo({ ...options, damaged });
  const left = await notRestored(options);
  for (const { id } of changes) {
    if (!left.has(id)) await attemptRecord(() => journal.note({ type: "undone", id }));
  }
  const lost = lostKept(options.intents, damaged);
  const isLeft = ({ resource }: Diagnostic) => left.has(resource as ResourceId);
  return {
    left: [...left].flatMap(([id, why]) => {
      const own = [...lost, ...refusals].filter((diagnostic) => diagnostic.resource === id);
      return own.length > 0 ? own : [why];
    }),
    remarks: refusals
      .filter((diagnostic) => !isLeft(diagnostic))
      .map((diagnostic) => ({ ...diagnostic, severity: "warning" })),
  };
}

/** Makes changes as they were before, in reverse; whatever refuses is told, and does not stop the others. */
export async function undo(
  options: Omit<RollbackOptions, "journal" | "because"> & { readonly damaged: ReadonlySet<string> },
): Promise<Diagnostic[]> {
  const groups = groupsInReverse(options.changes);
  const again = groups.map((group) => group.toReversed()).toReversed();
  const refusals: Diagnostic[] = [];
  for (const [verb, inOrder] of [
    ["undo", groups],
    ["resume", again],
  ] as const) {
    for (const group of inOrder) {
      const kind = (group[0] as Change).resource.kind;
      refusals.push(...(await call(verb, { ...options, kind, group })));
    }
  }
  return [...refusals, ...(await flushed(options.host))];
}

/** Neighbours of one kind stay together, so that what is batched one way is batched the other. */
function groupsInReverse(changes: readonly Change[]): Change[][] {
  const groups: Change[][] = [];
  for (const change of changes.toReversed()) {
    const last = groups.at(-1);
    if (last?.[0]?.resource.kind === change.resource.kind) last.push(change);
    else groups.push([change]);
  }
  return groups;
}

interface Call<K extends Kind> extends Pick<RollbackOptions, "host" | "intents"> {
  readonly kind: K;
  readonly damaged: ReadonlySet<string>;
  readonly group: readonly Change[];
}

async function call<K extends Kind>(
  verb: "undo" | "resume",
  { kind, group, host, intents, damaged }: Call<K>,
): Promise<readonly Diagnostic[]> {
  const own = new Map(intents.map((intent) => [intent.id, intent]));
  const before = new Map(
    group.map(({ id }) => [id, { observed: own.get(id)!.before, notes: [] }] as const),
  );
  const steps: UndoStep<K>[] = stepsOf<K>(group, { byId: before }).map((step) => ({
    ...step,
    memory: own.get(step.resource.id)?.memory ?? null,
  }));
  const places = new Map(
    group
      .flatMap(({ id }) => Object.entries(own.get(id)?.kept ?? {}))
      .filter(([, place]) => !damaged.has(place)),
  );
  const context: UndoContext = {
    host,
    names: () => readNames(host),
    kept: (path) => places.get(path),
  };
  try {
    await driverOf(kind)[verb]?.(steps, context);
    return [];
  } catch (error) {
    if (error instanceof HostKitError) return error.diagnostics;
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return group.map(({ id }) => unrestored(id, `The ${verb} failed: ${text}`));
  }
}

/** What is not as it was, told by looking. */
async function notRestored({
  host,
  manifest,
  changes,
  intents,
}: RollbackOptions): Promise<Map<ResourceId, Diagnostic>> {
  const own = new Map(intents.map((intent) => [intent.id, intent]));
  const resources = changes.map((change) => change.resource);
  const { byId } = await observe(resources, { host, all: manifest.resources });
  const left = new Map<ResourceId, Diagnostic>();
  for (const change of changes) {
    const now = byId.get(change.id);
    if (now !== undefined && fingerprint(now) === change.fingerprint) continue;
    const before = own.get(change.id)?.before;
    if (
      now !== undefined &&
      before !== undefined &&
      isAsBefore(change.resource.kind, before, now.observed)
    )
      continue;
    left.set(
      change.id,
      unrestored(change.id, "Reading it back shows another state than before the run."),
    );
  }
  return left;
}

/** Whether an undone one is as before, where that is less than being observed the same. */
export function isAsBefore<K extends Kind>(
  kind: K,
  before: Observed<Kind>,
  now: Observed<Kind>,
): boolean {
  return driverOf(kind).restored?.(before, now) ?? false;
}

/** Told only of what then turns out not to be as before: what was never replaced does not need its kept file. */
function lostKept(intents: readonly Intent[], damaged: ReadonlySet<string>): Diagnostic[] {
  return intents.flatMap(({ id, kept }) =>
    Object.entries(kept)
      .filter(([, place]) => damaged.has(place))
      .map(([path, place]) => ({
        severity: "error",
        side: "host",
        code: "HK4046",
        summary: "A file that the run replaced was not kept whole.",
        detail: `${id}: ${place} should hold what ${path} was before the run, and is missing or has another content: somebody removed it, or a program that still had the old file open wrote to it. It was not put back, and is left where it is. Look at both, and put the right one in place by hand.`,
        resource: id,
      })),
  );
}

function unrestored(id: ResourceId, why: string): Diagnostic {
  return {
    severity: "error",
    side: "host",
    code: "HK4005",
    summary: "A change could not be taken back.",
    detail: `${id}: ${why} The other changes were taken back. Look at it on the host; the run's directory tells what was there before.`,
    resource: id,
  };
}
