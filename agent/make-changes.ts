import type { ResourceId } from "../shared/brands.ts";
import { type Diagnostic, HostKitError } from "../shared/diagnostic.ts";
import type { ChangeOutcome } from "../shared/outcome.ts";
import type { Change } from "../shared/plan.ts";
import { diagnosticsOf } from "./failure.ts";
import { type Names, readNames } from "./host/names.ts";
import type { Observations } from "./observe.ts";
import type { ApplyContext } from "./resources/driver.ts";
import { driverOf } from "./resources/drivers.ts";
import type { RunContext } from "./run-context.ts";
import { runSchedule } from "./schedule.ts";
import { stepsOf } from "./steps.ts";
import type { Journal } from "./transaction/journal.ts";
import { recordLost } from "./transaction/record.ts";

/** Changes without a lane that are made side by side: enough to share the disk's flushes. */
const PARALLEL = 16;

interface Progress {
  /** In the order of the plan. */
  readonly changes: readonly Change[];
  readonly before: Observations;
  /** What became of each change, filled in as it happens. */
  readonly record: Map<ResourceId, ChangeOutcome>;
  readonly journal: Journal;
}

/** Makes the changes by the graph, stops at the first failure, and says what became of each. */
export async function makeChanges(
  { host, requested, events, stopping }: RunContext,
  { changes, before, record, journal }: Progress,
): Promise<Diagnostic[]> {
  const { plan, contents } = requested;
  const started = new Map<ResourceId, number>();
  let names: Promise<Names> | undefined;
  let unrecorded: unknown;
  const context: ApplyContext = {
    host,
    names: () => (names ??= readNames(host)),
    content: (ref) => contents.open(ref),
    started({ resource: { id } }) {
      started.set(id, performance.now());
      events.emit({ type: "started", id });
    },
    done({ resource: { id } }) {
      const milliseconds = performance.now() - (started.get(id) ?? performance.now());
      record.set(id, { id, result: "done", milliseconds });
      journal.note({ type: "done", id }).catch((error: unknown) => {
        unrecorded ??= error;
      });
      events.emit({ type: "done", id });
    },
  };

  const { failures, skipped } = await runSchedule({
    changes,
    edges: plan.edges,
    parallel: PARALLEL,
    laneOf: (kind) => driverOf(kind).lane,
    run: async (group) => {
      const kind = (group[0] as Change).resource.kind;
      // What can't be recorded must not go on.
      if (unrecorded !== undefined) throw recordLost(unrecorded);
      const stop = stopping();
      if (stop !== undefined) throw stopped(stop);
      // Before it is touched: what is found half way later can then be told from what somebody else made.
      await journal
        .note(...group.map(({ id }) => ({ type: "started", id }) as const))
        .catch((error: unknown) => {
          throw recordLost(error);
        });
      await driverOf(kind).apply(stepsOf(group, before), context);
      // Whoever makes accounts changes what names mean; the next reader looks again.
      if (driverOf(kind).lane !== undefined) names = undefined;
    },
  });

  // Changes side by side may fail for one reason that concerns them all, which is told once.
  const told = new Map(failures.flatMap(diagnosticsOf).map((d) => [JSON.stringify(d), d]));
  const diagnostics = [...told.values()];
  for (const change of changes) {
    if (record.has(change.id)) continue;
    const own = diagnostics.find((d) => d.resource === change.id);
    if (started.has(change.id)) {
      record.set(change.id, {
        id: change.id,
        result: "failed",
        message: own?.detail ?? "not finished",
      });
      events.emit({ type: "failed", id: change.id });
    } else {
      const other = skipped.includes(change) ? "an earlier change failed" : "its group failed";
      record.set(change.id, { id: change.id, result: "skipped", because: own?.summary ?? other });
    }
  }
  return diagnostics;
}

/** Between two changes, never within one. */
function stopped(how: "asked" | "ending"): HostKitError {
  return new HostKitError({
    severity: "error",
    side: "agent",
    code: "HK3030",
    summary: "The run was stopped.",
    detail:
      how === "asked"
        ? "It was asked to stop, and did so after the changes that were being made."
        : "Its process was told to end, by a shutdown of the host for one, and did so after the changes that were being made.",
  });
}
