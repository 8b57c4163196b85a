import type { ResourceId } from "../../shared/brands.ts";
import type { Diagnostic } from "../../shared/diagnostic.ts";
import type { Claim } from "../../shared/resources/define-kind.ts";
import type { ResourceOf } from "../../shared/resources/registry.ts";
import { HostFault } from "../host/host.ts";
import type { ApplyContext, RemovalContext, Step } from "./driver.ts";
import type { Facts } from "./path-facts.ts";
import { lookBeforeWrite } from "./path-guard.ts";
import { pathFailure } from "./path-problems.ts";

/** How what is at a path goes away. */

interface Removal {
  readonly context: ApplyContext;
  /** What the run saw there when it began. */
  readonly before: Facts;
}

export async function removeFile(
  step: Step<"file"> | Step<"symlink">,
  { context, before }: Removal,
): Promise<void> {
  const { path } = step.desired;
  await lookBeforeWrite({ id: step.resource.id, path, before }, context);
  context.started(step);
  try {
    await context.host.removeFile(path);
  } catch (error) {
    throw pathFailure(step.resource.id, error);
  }
  context.done(step);
}

/** The plan made sure that it is empty by now: what is in it came meanwhile, from somebody else. */
export async function removeDirectory(
  step: Step<"directory">,
  { context, before }: Removal,
): Promise<void> {
  const { id } = step.resource;
  const { path } = step.desired;
  await lookBeforeWrite({ id, path, before }, context);
  context.started(step);
  try {
    await context.host.removeDirectory(path);
  } catch (error) {
    if (!(error instanceof HostFault) || error.code !== "ENOTEMPTY") throw pathFailure(id, error);
    context.leave(step, filledMeanwhile(id, path));
    return;
  }
  context.done(step);
}

function filledMeanwhile(id: ResourceId, path: string): Diagnostic {
  return {
    severity: "warning",
    side: "host",
    code: "HK4055",
    summary: "A directory was filled after the plan was made.",
    detail: `${id} was to be removed, but somebody put something into ${path} meanwhile. It was left with all that is in it, and HostKit no longer manages it.`,
    resource: id,
  };
}

/** Entries named in one message. */
const NAMED = 3;

/** What stays in each directory when everything else of the plan is removed, told from the deepest one up. */
export async function whatIsIn(
  resources: readonly ResourceOf<"directory">[],
  { host, going }: RemovalContext,
): Promise<(string | null)[]> {
  const paths = resources.map((resource) => resource.desired.path as string);
  const names = await namesIn(paths, host);
  const emptied = new Set<Claim>();
  const found = new Map<string, string | null>();
  for (const path of paths.toSorted((a, b) => b.length - a.length)) {
    const entries = names.get(path);
    if (typeof entries === "string") {
      found.set(path, entries);
      continue;
    }
    const left = (entries ?? []).filter((name) => {
      const claim: Claim = `path:${path}/${name}`;
      return !going(claim) && !emptied.has(claim);
    });
    if (left.length === 0) emptied.add(`path:${path}`);
    found.set(path, left.length === 0 ? null : `it holds ${listed(left)}`);
  }
  return paths.map((path) => found.get(path) ?? null);
}

/** The names in each, or why they can't be told. */
async function namesIn(
  paths: readonly string[],
  host: RemovalContext["host"],
): Promise<Map<string, readonly string[] | string>> {
  try {
    const lists = await host.list(paths);
    return new Map(paths.map((path, index) => [path, lists[index] ?? []]));
  } catch (error) {
    if (!(error instanceof HostFault)) throw error;
    const why = `what is in ${error.path} can't be read (${error.code})`;
    return new Map(paths.map((path) => [path, why]));
  }
}

function listed(names: readonly string[]): string {
  const named = names.toSorted().slice(0, NAMED).join(", ");
  return names.length > NAMED ? `${named} and ${names.length - NAMED} more` : named;
}
