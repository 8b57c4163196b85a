import type { ResourceId } from "../../shared/brands.ts";
import type { Change } from "../../shared/plan.ts";
import { type Kind, kindOf } from "../../shared/resources/registry.ts";
import type { Observations } from "../observe.ts";
import type { Memory, PrepareContext, Step } from "../resources/driver.ts";
import { driverOf } from "../resources/drivers.ts";
import { stepsOf } from "../steps.ts";
import type { Intent } from "./journal.ts";
import type { Run } from "./run.ts";

export interface PrepareOptions {
  readonly run: Run;
  readonly before: Observations;
  readonly context: PrepareContext;
}

/**
 * Keeps every file that will be replaced and asks the drivers what else an undo needs, before the first change. What is
 * returned still has to be journalled.
 */
export async function prepareUndo(
  changes: readonly Change[],
  { run, before, context }: PrepareOptions,
): Promise<Intent[]> {
  const memories = new Map<ResourceId, Memory>();
  const keeps = new Map<ResourceId, readonly string[]>();
  for (const [kind, group] of byKind(changes)) {
    await askDriver(kind, { group, before, context, memories, keeps });
  }
  const kept = await keepFiles([...new Set([...keeps.values()].flat())], { run, context });
  return changes.map((change) => ({
    type: "intent",
    ...(isSecret(change) ? { secret: true } : {}),
    id: change.id,
    kind: change.resource.kind,
    before: before.byId.get(change.id)!.observed,
    fingerprint: change.fingerprint,
    memory: memories.get(change.id) ?? null,
    kept: Object.fromEntries(
      (keeps.get(change.id) ?? []).flatMap((path) => {
        const place = kept.get(path);
        return place === undefined ? [] : [[path, place]];
      }),
    ),
  }));
}

/** Whether what was there, as far as anybody knows, held secrets. */
const isSecret = ({ resource: { kind, desired } }: Change): boolean =>
  kindOf(kind).isSecret?.(desired) === true;

interface Asked extends Pick<PrepareOptions, "before" | "context"> {
  readonly group: readonly Change[];
  readonly memories: Map<ResourceId, Memory>;
  readonly keeps: Map<ResourceId, readonly string[]>;
}

async function askDriver<K extends Kind>(kind: K, asked: Asked): Promise<void> {
  const driver = driverOf(kind);
  const steps: readonly Step<K>[] = stepsOf<K>(asked.group, asked.before);
  const told = (await driver.remember?.(steps, asked.context)) ?? [];
  for (const [index, step] of steps.entries()) {
    asked.memories.set(step.resource.id, told[index] ?? null);
    asked.keeps.set(step.resource.id, driver.keeps?.(step) ?? []);
  }
}

/** Paths to where the file there is kept; one that does not exist is not kept. */
async function keepFiles(
  paths: readonly string[],
  { run, context: { host } }: Pick<PrepareOptions, "run" | "context">,
): Promise<Map<string, string>> {
  const entries = await host.inspect(paths, { digest: true });
  const names = new Set<string>();
  const kept = new Map<string, string>();
  for (const [index, path] of paths.entries()) {
    const entry = entries[index];
    if (entry?.type !== "file" || entry.sha256 === undefined) continue;
    // Two files of one content may differ in what else belongs to them.
    let name = entry.sha256;
    for (let copy = 2; names.has(name); copy++) name = `${entry.sha256}.${copy}`;
    names.add(name);
    const place = `${run.keptDirectory}/${name}`;
    try {
      await host.keepFile(path, place);
    } catch (error) {
      // The run will not begin, and must not leave a second link on anything.
      for (const [live, second] of kept) await host.forgetKept(second, live);
      throw error;
    }
    kept.set(path, place);
  }
  return kept;
}

export function byKind(changes: readonly Change[]): Map<Kind, Change[]> {
  const groups = new Map<Kind, Change[]>();
  for (const change of changes) {
    const group = groups.get(change.resource.kind);
    if (group === undefined) groups.set(change.resource.kind, [change]);
    else group.push(change);
  }
  return groups;
}
