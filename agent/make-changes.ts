import type { ResourceId } from "../shared/brands.ts";
import { type Diagnostic, HostKitError } from "../shared/diagnostic.ts";
import type { ChangeOutcome } from "../shared/outcome.ts";
import type { Manifest } from "../shared/manifest.ts";
import type { Change, Plan } from "../shared/plan.ts";
import type { Claim } from "../shared/resources/define-kind.ts";
import { kindOf, type Resource } from "../shared/resources/registry.ts";
import { diagnosticsOf } from "./failure.ts";
import { type Names, readNames } from "./host/names.ts";
import type { Observations } from "./observe.ts";
import type { ApplyContext } from "./resources/driver.ts";
import { driverOf } from "./resources/drivers.ts";
import type { RunContext } from "./run-context.ts";
import { runSchedule } from "./schedule.ts";
import { isDriven, stepsOf } from "./steps.ts";
import type { Journal } from "./transaction/journal.ts";
import { recordLost } from "./transaction/record.ts";

/** Changes without a lane that are made side by side: enough to share the disk's flushes. */
const PARALLEL = 16;

/** Milliseconds after which a run that is told to stop does so at the latest where it only waits. */
const LOOK = 100;

/** What failed tells of it; what was given up for it has nothing to add. */
const FAILED_ELSEWHERE = new HostKitError([]);

interface Progress {
  /** In the order of the plan. */
  readonly changes: readonly Change[];
  readonly before: Observations;
  /** What became of each change, filled in as it happens. */
  readonly record: Map<ResourceId, ChangeOutcome>;
  readonly journal: Journal;
  /** What was left alone on the way, filled in as it happens. */
  readonly remarks: Diagnostic[];
}

/** Makes the changes by the graph, stops at the first failure, and says what became of each. */
export async function makeChanges(
  { host, requested, events, secrets, stopping }: RunContext,
  { changes, before, record, journal, remarks }: Progress,
): Promise<Diagnostic[]> {
  const { plan, manifest, contents } = requested;
  const started = new Map<ResourceId, number>();
  let names: Promise<Names> | undefined;
  let unrecorded: unknown;
  let noted = Promise.resolve();
  const quit = new AbortController();
  const over = (id: ResourceId) => {
    noted = journal.note({ type: "done", id }).catch((error: unknown) => {
      unrecorded ??= error;
    });
    events.emit({ type: "done", id });
  };
  const context: ApplyContext = {
    host,
    names: () => (names ??= readNames(host)),
    secrets,
    content: (ref) => contents.open(ref),
    started({ resource: { id } }) {
      started.set(id, performance.now());
      events.emit({ type: "started", id });
    },
    done({ resource: { id } }) {
      const milliseconds = performance.now() - (started.get(id) ?? performance.now());
      record.set(id, { id, result: "done", milliseconds });
      over(id);
    },
    stays: (claim) => staying(plan, manifest).some((resource) => provides(resource, claim)),
    leave({ resource: { id } }, why) {
      record.set(id, { id, result: "skipped", because: why.detail });
      remarks.push(why);
      over(id);
    },
    signal: quit.signal,
  };
  const watch = setInterval(() => {
    const stop = stopping();
    if (stop !== undefined) quit.abort(stopped(stop));
  }, LOOK);

  const { failures: met, skipped } = await runSchedule({
    changes,
    edges: plan.edges,
    parallel: PARALLEL,
    laneOf: (kind) => driverOf(kind).lane,
    isIdle: (kind) => driverOf(kind).waits === true,
    onFailure: () => quit.abort(FAILED_ELSEWHERE),
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
      const steps = stepsOf(group, before);
      const gone = steps.filter((step) => step.removal);
      const made = steps.filter((step) => !step.removal);
      // What replaces something may need the very port or name of it.
      if (gone.length > 0) await driverOf(kind).remove(gone, context);
      if (made.length > 0) await driverOf(kind).apply(made, context);
      // Whoever makes accounts changes what names mean; the next reader looks again.
      if (driverOf(kind).lane !== undefined) names = undefined;
    },
  }).finally(() => clearInterval(watch));

  // Told to be done and not known to be done, it would be taken back by whoever comes next.
  await noted;
  const failures = unrecorded === undefined ? met : [...met, recordLost(unrecorded)];

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

/** What is on the host after the run: all that is declared, and what is only let go of. */
function staying(plan: Plan, { resources }: Manifest): readonly Resource[] {
  const released = plan.changes.filter((change) => !isDriven(change));
  return [...resources, ...released.map((change) => change.resource)];
}

const provides = ({ kind, desired }: Resource, claim: Claim): boolean =>
  kindOf(kind).provides(desired).includes(claim);

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
