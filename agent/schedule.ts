import type { ResourceId } from "../shared/brands.ts";
import type { Change, Edge } from "../shared/plan.ts";
import type { Kind } from "../shared/resources/registry.ts";

/**
 * Runs changes so that each comes after what it relies on. Changes without a lane run side by side; a lane is taken
 * by one group of one kind at a time, and only when nothing without a lane is left to run before it, so that groups
 * become as large as the graph allows (one daemon-reload for all units). What only waits holds nobody back.
 */
export interface ScheduleOptions {
  readonly changes: readonly Change[];
  readonly edges: readonly Edge[];
  /** Changes that may run at the same time. */
  readonly parallel: number;
  readonly laneOf: (kind: Kind) => string | undefined;
  /** Does nothing itself but look: it takes none of the places, and lanes do not wait for it. */
  readonly isIdle: (kind: Kind) => boolean;
  /** Does the work; a rejection stops the schedule after what is already running. */
  readonly run: (group: readonly Change[]) => Promise<void>;
  /** Told of each failure, so that what only waits can be given up. */
  readonly onFailure?: () => void;
}

export interface ScheduleResult {
  /** The first failure, if any; later ones are in `others`. */
  readonly failures: readonly unknown[];
  /** Never begun. */
  readonly skipped: readonly Change[];
}

export async function runSchedule(options: ScheduleOptions): Promise<ScheduleResult> {
  const waiting = new Map<ResourceId, Change>(options.changes.map((c) => [c.id, c]));
  const before = predecessors(options);
  const unfinished = new Set(waiting.keys());
  const running = new Set<Promise<void>>();
  const busy = new Set<Promise<void>>();
  const failures: unknown[] = [];

  const isIdle = ({ resource }: Change) => options.isIdle(resource.kind);
  const start = (group: readonly Change[]) => {
    for (const { id } of group) waiting.delete(id);
    const work = options
      .run(group)
      .then(() => {
        for (const { id } of group) unfinished.delete(id);
      })
      .catch((error: unknown) => {
        failures.push(error);
        options.onFailure?.();
      })
      .finally(() => {
        running.delete(work);
        busy.delete(work);
      });
    running.add(work);
    if (!group.every(isIdle)) busy.add(work);
  };

  while (waiting.size > 0 && failures.length === 0) {
    const isReady = (change: Change) =>
      before.get(change.id)?.every((id) => !unfinished.has(id)) ?? true;
    for (const change of waiting.values()) {
      if (options.laneOf(change.resource.kind) !== undefined || !isReady(change)) continue;
      if (busy.size < options.parallel || isIdle(change)) start([change]);
    }
    if (busy.size === 0) {
      const group = nextGroup(waiting, { before, unfinished, laneOf: options.laneOf });
      if (group.length > 0) start(group);
      else if (running.size === 0)
        throw new Error("The plan's edges form a circle. This is a bug in HostKit.");
    }
    await Promise.race(running);
  }
  await Promise.all(running);
  return { failures, skipped: [...waiting.values()] };
}

function predecessors({ changes, edges }: ScheduleOptions): Map<ResourceId, ResourceId[]> {
  const before = new Map<ResourceId, ResourceId[]>(changes.map((c) => [c.id, []]));
  for (const { from, to } of edges) before.get(to)?.push(from);
  return before;
}

/** All waiting changes of one kind whose unfinished predecessors are in the group themselves, in plan order. */
function nextGroup(
  waiting: ReadonlyMap<ResourceId, Change>,
  state: {
    readonly before: ReadonlyMap<ResourceId, readonly ResourceId[]>;
    readonly unfinished: ReadonlySet<ResourceId>;
    readonly laneOf: (kind: Kind) => string | undefined;
  },
): Change[] {
  let kind: Kind | undefined;
  const group = new Map<ResourceId, Change>();
  for (const change of waiting.values()) {
    if (state.laneOf(change.resource.kind) === undefined) continue;
    if (kind !== undefined && change.resource.kind !== kind) continue;
    const before = state.before.get(change.id) ?? [];
    if (before.every((id) => !state.unfinished.has(id) || group.has(id))) {
      kind = change.resource.kind;
      group.set(change.id, change);
    }
  }
  return [...group.values()];
}
