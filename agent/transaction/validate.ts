import type { Diagnostic } from "../../shared/diagnostic.ts";
import type { Change } from "../../shared/plan.ts";
import type { Kind } from "../../shared/resources/registry.ts";
import type { StagedEntry, StagedView } from "../host/host.ts";
import type { Names } from "../host/names.ts";
import type { PrepareContext, Views } from "../resources/driver.ts";
import { driverOf } from "../resources/drivers.ts";
import { stepsOf } from "../steps.ts";
import { memoryOf, spoolOf } from "./places.ts";
import { byKind, type PrepareOptions } from "./prepare.ts";

interface ValidateOptions extends PrepareOptions {
  /** The agent's own directory. */
  readonly root: string;
}

/**
 * Asks the drivers whether what the run will write is fit to be used, before the first change: in views of the host in
 * which it is in place already.
 */
export async function validateChanges(
  changes: readonly Change[],
  options: ValidateOptions,
): Promise<Diagnostic[]> {
  const made: Promise<StagedView>[] = [];
  const viewOf = (shown: readonly Change[]): Pick<StagedView, "run"> => {
    let view: Promise<StagedView> | undefined;
    const make = () => {
      const making = makeView(shown, { ...options, number: made.length });
      made.push(making);
      return making;
    };
    return { run: async (argv, limits) => (await (view ??= make())).run(argv, limits) };
  };
  const whole = viewOf(changes);
  try {
    const found: Diagnostic[] = [];
    for (const [kind, group] of byKind(changes)) {
      const views = { whole, own: viewOf(group) };
      found.push(...(await askDriver(kind, { group, before: options.before, views })));
    }
    return found;
  } finally {
    // One that could not be made was told to whoever asked for it.
    for (const view of await Promise.allSettled(made)) {
      if (view.status === "fulfilled") await view.value.close();
    }
  }
}

async function askDriver<K extends Kind>(
  kind: K,
  asked: Pick<PrepareOptions, "before"> & {
    readonly group: readonly Change[];
    readonly views: Views;
  },
): Promise<readonly Diagnostic[]> {
  const driver = driverOf(kind);
  return (await driver.validate?.(stepsOf<K>(asked.group, asked.before), asked.views)) ?? [];
}

/** In the order of the plan: what leads to an entry comes before it. */
async function makeView(
  changes: readonly Change[],
  { root, run, before, context, number }: ValidateOptions & { readonly number: number },
): Promise<StagedView> {
  let names: Promise<Names> | undefined;
  const staging = { ...context, names: () => (names ??= context.names()) };
  const entries: StagedEntry[] = [];
  for (const change of changes) {
    entries.push(...(await entriesOf(change.resource.kind, { change, before, staging })));
  }
  const hasSecrets = entries.some((entry) => entry.type === "file" && entry.secret === true);
  // Where it is taken away one day, should this process be killed: with the next session, or at the latest with the host.
  const place = hasSecrets ? memoryOf(run.id) : spoolOf(root, run.id);
  return context.host.stage(entries, { directory: `${place}.staged-${number}` });
}

async function entriesOf<K extends Kind>(
  kind: K,
  of: Pick<PrepareOptions, "before"> & {
    readonly change: Change;
    readonly staging: PrepareContext;
  },
): Promise<readonly StagedEntry[]> {
  const [step] = stepsOf<K>([of.change], of.before);
  return (step && (await driverOf(kind).stages?.(step, of.staging))) ?? [];
}
