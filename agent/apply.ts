import type { ResourceId } from "../shared/brands.ts";
import { type Diagnostic, HostKitError } from "../shared/diagnostic.ts";
import type { Manifest } from "../shared/manifest.ts";
import type { ChangeOutcome, Outcome, Verdict } from "../shared/outcome.ts";
import type { Change, Plan } from "../shared/plan.ts";
import { type Kind, kindOf, type Resource } from "../shared/resources/registry.ts";
import type { ContentStore } from "./content-store.ts";
import type { Host } from "./host/host.ts";
import { type Names, readNames } from "./host/names.ts";
import { type Observations, observe } from "./observe.ts";
import { fingerprint } from "./plan.ts";
import type { ApplyContext, Step } from "./resources/driver.ts";
import { driverOf } from "./resources/drivers.ts";
import { runSchedule } from "./schedule.ts";

/** Changes without a lane that are made side by side: enough to share the disk's flushes. */
const PARALLEL = 16;

export interface ApplyOptions {
  readonly host: Host;
  readonly plan: Plan;
  readonly manifest: Manifest;
  readonly contents: ContentStore;
  readonly onEvent: (event: {
    readonly type: "started" | "done" | "failed";
    readonly id: ResourceId;
  }) => void;
}

export interface ApplyResult {
  readonly outcome: Outcome;
  readonly diagnostics: readonly Diagnostic[];
}

/** Makes exactly the plan's changes, or none when the host moved after the plan was made. */
export async function applyPlan(options: ApplyOptions): Promise<ApplyResult> {
  const begun = performance.now();
  const { plan, host } = options;
  const before = await observe(
    plan.changes.map((c) => c.resource),
    {
      host,
      all: options.manifest.resources,
    },
  );
  const moved = movedSince(plan, before);
  if (moved.length > 0) return finish("stale", { options, begun, diagnostics: moved });

  const record = new Map<ResourceId, ChangeOutcome>();
  const failures = await makeChanges(options, { before, record });
  await host.flush();
  if (failures.length > 0) {
    const touched = plan.changes.filter(({ id }) => record.get(id)?.result !== "skipped");
    const verdict = (await isUntouched(touched, options)) ? "failed" : "partial";
    return finish(verdict, { options, begun, record, diagnostics: failures });
  }
  const unmet = await verify(options);
  return finish(unmet.length > 0 ? "partial" : "applied", {
    options,
    begun,
    record,
    diagnostics: unmet,
  });
}

async function makeChanges(
  options: ApplyOptions,
  { before, record }: { before: Observations; record: Map<ResourceId, ChangeOutcome> },
): Promise<Diagnostic[]> {
  const { plan, host, contents, onEvent } = options;
  const started = new Map<ResourceId, number>();
  let names: Promise<Names> | undefined;
  const context: ApplyContext = {
    host,
    names: () => (names ??= readNames(host)),
    content: (ref) => contents.open(ref),
    started({ resource: { id } }) {
      started.set(id, performance.now());
      onEvent({ type: "started", id });
    },
    done({ resource: { id } }) {
      const milliseconds = performance.now() - (started.get(id) ?? performance.now());
      record.set(id, { id, result: "done", milliseconds });
      onEvent({ type: "done", id });
    },
  };

  const { failures, skipped } = await runSchedule({
    changes: plan.changes,
    edges: plan.edges,
    parallel: PARALLEL,
    laneOf: (kind) => driverOf(kind).lane,
    run: async (group) => {
      const kind = (group[0] as Change).resource.kind;
      await applyGroup(kind, group, { before, context });
      // Whoever makes accounts changes what names mean; the next reader looks again.
      if (driverOf(kind).lane !== undefined) names = undefined;
    },
  });

  const diagnostics = failures.flatMap(diagnosticsOf);
  for (const change of plan.changes) {
    if (record.has(change.id)) continue;
    const own = diagnostics.find((d) => d.resource === change.id);
    if (started.has(change.id)) {
      record.set(change.id, {
        id: change.id,
        result: "failed",
        message: own?.detail ?? "not finished",
      });
      onEvent({ type: "failed", id: change.id });
    } else {
      const because = skipped.includes(change) ? "an earlier change failed" : "its group failed";
      record.set(change.id, { id: change.id, result: "skipped", because });
    }
  }
  return diagnostics;
}

function applyGroup<K extends Kind>(
  kind: K,
  group: readonly Change[],
  { before, context }: { before: Observations; context: ApplyContext },
): Promise<void> {
  const steps = group.map(({ id, resource, differences, follow }) => ({
    resource,
    desired: resource.desired,
    observed: before.byId.get(id)?.observed,
    differences,
    follow,
  }));
  // The group is of one kind, which the type of a list of unions can't say: the one cast.
  return driverOf(kind).apply(steps as unknown as Step<K>[], context);
}

/** Resources named in one message; a host that moved as a whole fills a screen, not ten. */
const NAMED = 20;

/** Everything that is no longer as the plan saw it, in one diagnostic. */
function movedSince(plan: Plan, now: Observations): Diagnostic[] {
  const moved = plan.changes.filter((change) => {
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

/** Whether what was begun left no trace: told by reading, not by what a tool said. */
async function isUntouched(
  touched: readonly Change[],
  { host, manifest }: Pick<ApplyOptions, "host" | "manifest">,
): Promise<boolean> {
  const resources = touched.map((change) => change.resource);
  const { byId } = await observe(resources, { host, all: manifest.resources });
  return touched.every(({ id, fingerprint: seen }) => {
    const observation = byId.get(id);
    return observation !== undefined && fingerprint(observation) === seen;
  });
}

/** Reads everything again: a change that did not take is a failure, whatever the tool that made it said. */
async function verify({ plan, host, manifest }: ApplyOptions): Promise<Diagnostic[]> {
  const resources: Resource[] = plan.changes.map((change) => change.resource);
  const { byId, problems } = await observe(resources, { host, all: manifest.resources });
  const unmet = resources.flatMap((resource): Diagnostic[] => {
    const observed = byId.get(resource.id)?.observed;
    if (observed === undefined) return [];
    const left =
      observed.state === "absent"
        ? ["it does not exist"]
        : kindOf(resource.kind)
            .diff(resource.desired, observed)
            .map((d) => `${d.field} is not as declared`);
    if (left.length === 0) return [];
    return [
      {
        severity: "error",
        side: "host",
        code: "HK4002",
        summary: "A change did not take effect.",
        detail: `${resource.id} was changed without an error, but reading it back shows: ${left.join("; ")}. Something else on the host may manage it too.`,
        resource: resource.id,
      },
    ];
  });
  return [...problems, ...unmet];
}

function diagnosticsOf(error: unknown): readonly Diagnostic[] {
  if (error instanceof HostKitError) return error.diagnostics;
  return [
    {
      severity: "error",
      side: "agent",
      code: "HK3001",
      summary: "The agent failed in a way it should not.",
      detail: `${error instanceof Error ? (error.stack ?? error.message) : String(error)}\nThis is a bug in HostKit.`,
    },
  ];
}

function finish(
  verdict: Verdict,
  {
    options,
    begun,
    record,
    diagnostics,
  }: {
    options: ApplyOptions;
    begun: number;
    record?: ReadonlyMap<ResourceId, ChangeOutcome>;
    diagnostics: readonly Diagnostic[];
  },
): ApplyResult {
  const changes = options.plan.changes.map(
    ({ id }): ChangeOutcome =>
      record?.get(id) ?? { id, result: "skipped", because: "nothing was changed" },
  );
  const milliseconds = performance.now() - begun;
  return {
    outcome: { verdict, planDigest: options.plan.digest, changes, milliseconds },
    diagnostics,
  };
}
