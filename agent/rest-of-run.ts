import { canonical } from "../shared/canonical.ts";
import { HostKitError } from "../shared/diagnostic.ts";
import type { Difference } from "../shared/change.ts";
import type { Change } from "../shared/plan.ts";
import { kindOf } from "../shared/resources/registry.ts";
import type { CarryOut } from "./carry-out.ts";
import { fingerprint } from "./change.ts";
import { observe, type Observation, type Observations } from "./observe.ts";
import { driverOf } from "./resources/drivers.ts";
import type { RunContext } from "./run-context.ts";
import { drivenOf, followOf } from "./steps.ts";
import { damagedKept } from "./transaction/kept.ts";
import type { JournalRead } from "./transaction/read-journal.ts";
import { isAsBefore, undo } from "./transaction/rollback.ts";
import type { Run } from "./transaction/run.ts";
import { leftOf } from "./verify.ts";

/** A run that was cut off or stopped, and what is known of it. */
export interface Found {
  readonly run: Run;
  readonly journal: JournalRead;
  readonly begun: number;
}

/** What is left to be made, unless somebody else changed it meanwhile. */
export async function restOfRun(
  { host, requested: { plan, manifest }, bootId }: RunContext,
  { run, journal }: Found,
): Promise<Pick<CarryOut, "before" | "changes">> {
  const changes = drivenOf(plan);
  const resources = changes.map((change) => change.resource);
  const before = await observe(resources, { host, all: manifest.resources });
  const rebooted = hasRebooted(journal, bootId);
  const left: Change[] = [];
  const foreign: Change[] = [];
  for (const change of changes) {
    const rest = restOf(change, before.byId.get(change.id), { ...journal, rebooted });
    if (rest === "foreign") foreign.push(change);
    else if (rest !== undefined) left.push(rest);
  }
  if (foreign.length > 0) throw changedMeanwhile(run.id, foreign, before);
  return { before, changes: left };
}

/** What was noted as begun may not have come to the disk before the host went down. */
const hasRebooted = ({ begin }: JournalRead, bootId: string) => begin?.boot !== bootId;

/**
 * What a tool was making in several steps when it was cut off can look whole and lack some of them: useradd(8) writes four
 * files. It is taken back, so that it is made from the start. Whether there was anything to take back.
 */
export async function unmakeHalf(
  { host, requested: { plan, manifest }, bootId }: RunContext,
  { journal }: Found,
  { before }: Pick<CarryOut, "before">,
): Promise<boolean> {
  const half = drivenOf(plan).filter(
    ({ id, action, resource }) =>
      action === "create" &&
      driverOf(resource.kind).canTear === true &&
      (hasRebooted(journal, bootId) || journal.started.has(id)) &&
      !journal.done.has(id) &&
      before.byId.get(id)?.observed.state === "present",
  );
  if (half.length === 0) return false;
  const { intents } = journal;
  const damaged = await damagedKept(host, intents);
  const refusals = await undo({ host, manifest, changes: half, intents, damaged });
  if (refusals.length > 0) throw new HostKitError(refusals);
  return true;
}

/** What is left to do of a change; `foreign` where it is neither as before, nor as wished, nor half way between. */
function restOf(
  change: Change,
  now: Observation | undefined,
  { intents, started, done: finished, rebooted }: JournalRead & { readonly rebooted: boolean },
): Change | "foreign" | undefined {
  if (now === undefined) return "foreign";
  if (fingerprint(now) === change.fingerprint) return change;
  // What the run did elsewhere may have given a name of it another meaning.
  const before = intents.find(({ id }) => id === change.id)?.before;
  const isBefore = before !== undefined && isAsBefore(change.resource.kind, before, now.observed);
  if (isBefore && !finished.has(change.id)) return change;
  const begun = rebooted || started.has(change.id);
  if (change.action === "delete") {
    if (leftOf(change.resource, now.observed).length === 0) return undefined;
    // Stopped and not yet removed, for one; whoever removes it looks at what it removes.
    return begun ? change : "foreign";
  }
  const kind = kindOf(change.resource.kind);
  const { desired } = change.resource;
  if (now.observed.state === "absent") {
    // Parents were made for it, and not yet itself.
    return change.action === "create"
      ? { ...change, differences: [...now.notes, ...kind.created(desired)] }
      : "foreign";
  }
  const differences = kind.diff(desired, now.observed);
  const isOurs = differences.every((now) => {
    const { field } = now;
    const planned = change.differences.find((each) => each.field === field);
    if (planned !== undefined && wasIn(planned) === wasIn(now)) return true;
    // Always written in one step: another content is somebody else's.
    if (field === "content") return false;
    // What is new is as it was made first; what is not was changed in steps, each of which is as before or as wished.
    return begun && (planned === undefined || change.action === "create");
  });
  if (!isOurs) return "foreign";
  // A restart that was owed still is, though all else is as wished.
  if (differences.length === 0 && (finished.has(change.id) || followOf(change) === null)) {
    return undefined;
  }
  const inputs = change.differences.filter(({ field }) => field === "inputs");
  return { ...change, differences: [...differences, ...inputs] };
}

/** What a difference says there is, as text. */
const wasIn = ({ before, keys }: Difference): string =>
  canonical({ before, keys: (keys ?? []).map(({ key, before: was }) => ({ key, was })) });

function changedMeanwhile(
  run: string,
  foreign: readonly Change[],
  { problems }: Observations,
): HostKitError {
  const told = foreign.map(({ id }) => `  ${id}`).join("\n");
  return new HostKitError([
    {
      severity: "error",
      side: "host",
      code: "HK4044",
      summary: "The run can't be finished: the host was changed after it was cut off.",
      detail: `The run ${run} did not come to these, and somebody else changed them since:\n${told}\nNothing was changed. \`hostkit push\` plans from what is there now; \`hostkit rollback\` takes back what the run did.`,
      resource: foreign[0]?.id ?? "",
    },
    ...problems,
  ]);
}
