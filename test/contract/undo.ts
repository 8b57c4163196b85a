import { readNames } from "../../agent/host/names.ts";
import type { Driver, Memory, Step, UndoStep } from "../../agent/resources/driver.ts";
import type { Kind, ResourceOf } from "../../shared/resources/registry.ts";
import type { MemoryHost } from "../support/memory-host/memory-host.ts";
import { applyContext, applySteps, read, type ReadOptions, stepFor } from "./cycle.ts";

/** What the engine does around an undo, for one driver alone. */

/** What an agent keeps of a run on the host; no part of what is compared. */
export const RUN = "/var/lib/hostkit/runs/test";

/** Lines of `MemoryHost.files()` that an undo must restore: not the agent's own, not what account tools back up. */
export const isOfTheHost = (line: string) =>
  !line.startsWith("/var/lib/hostkit") &&
  !/^\/etc\/(passwd|group|shadow|gshadow|subuid|subgid)- /.test(line);

export async function prepare<K extends Kind>(
  driver: Driver<K>,
  step: Step<K>,
  host: MemoryHost,
): Promise<{ memory: Memory; kept: ReadonlyMap<string, string> }> {
  const context = applyContext(host, []);
  const [memory = null] = (await driver.remember?.([step], context)) ?? [];
  const kept = new Map<string, string>();
  for (const path of driver.keeps?.(step) ?? []) {
    const [entry] = await host.inspect([path], { digest: false });
    if (entry?.type !== "file") continue;
    const place = `${RUN}/${path.replaceAll("/", "-")}`;
    kept.set(path, place);
    await host.keepFile(path, place);
  }
  // As it comes back from the journal.
  return { memory: JSON.parse(JSON.stringify(memory)) as Memory, kept };
}

export async function undo<K extends Kind>(
  driver: Driver<K>,
  step: UndoStep<K>,
  { host, kept }: { host: MemoryHost; kept: ReadonlyMap<string, string> },
): Promise<void> {
  const names = () => readNames(host);
  await driver.undo([step], { host, names, kept: (path) => kept.get(path) });
}

/** How many calls an apply makes, so that it can be cut off after each. */
export async function callsOfApply<K extends Kind>(
  host: MemoryHost,
  of: {
    driver: Driver<K>;
    resource: ResourceOf<K>;
    options: (host: MemoryHost) => ReadOptions & { host: MemoryHost };
  },
): Promise<number> {
  const step = stepFor(of.resource, (await read(of.driver, [of.resource], of.options(host)))[0]!);
  if (step === undefined) return 0;
  const before = host.calls;
  await applySteps(of.driver, [step], host);
  return host.calls - before;
}
