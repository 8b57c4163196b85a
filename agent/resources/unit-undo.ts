import { setTimeout as sleep } from "node:timers/promises";
import type { ResourceId } from "../../shared/brands.ts";
import { type Diagnostic, HostKitError } from "../../shared/diagnostic.ts";
import { isTemplate } from "../../shared/resources/unit-rules.ts";
import { type Host, HostFault } from "../host/host.ts";
import {
  daemonReload,
  NoSystemd,
  showUnits,
  systemctl,
  type UnitState,
} from "../host/systemctl.ts";
import { bytesOf } from "../host/bytes-of.ts";
import type { UndoContext, UndoStep } from "./driver.ts";
import { editedAfterRun } from "./edited-meanwhile.ts";
import { undoEach } from "./undo-path.ts";
import { METADATA } from "./unit-apply.ts";
import { workOf, type Work } from "./unit-batch.ts";
import { readUnitFiles, unitFileEdit } from "./unit-files.ts";
import { linksOf, readLinks, removeIfEmpty, restoreLinks } from "./unit-links.ts";
import { UnitMemory } from "./unit-memory.ts";
import {
  isStopped,
  keepsRunning,
  mayStillFail,
  RUN_STATE,
  wasRunning,
  wasByTurns,
  wasUp,
} from "./unit-state.ts";
import * as failures from "./unit-undo-failures.ts";

interface Undo extends Work {
  readonly step: UndoStep<"unit">;
  readonly memory: UnitMemory;
}

interface UndoRun {
  readonly context: UndoContext;
  /** Milliseconds that a service gets to fail by itself after systemd called it started. */
  readonly settle: number;
}

const LOOK = [...RUN_STATE, "LoadState", "CanReload", "Job"] as const;
type State = UnitState<(typeof LOOK)[number]>;

/** In this order, and each whatever became of those before it. */
const PHASES = [stopStarted, putFilesBack, putLinksBack, reloadManager, settleDown];

/**
 * Takes a batch back phase by phase, each phase one call for all, and goes by what is there now. Steps come in reverse,
 * so that whatever uses a unit stops before it. What has to start again is stopped, and waits for `resumeUnits`.
 */
export const undoUnits = (steps: readonly UndoStep<"unit">[], run: UndoRun): Promise<void> =>
  runPhases(PHASES, { steps, run });

/**
 * Starts or reloads what undoing left to be, in order.
 *
 * Only the invocation tells what a running unit runs with; it is another one after an undo, too. Undone once more, a
 * unit that was restarted is restarted once more.
 */
export const resumeUnits = (steps: readonly UndoStep<"unit">[], run: UndoRun): Promise<void> =>
  runPhases([runAgain], { steps, run });

async function runPhases(
  phases: readonly ((undos: readonly Undo[], run: UndoRun) => Promise<void>)[],
  { steps, run }: { readonly steps: readonly UndoStep<"unit">[]; readonly run: UndoRun },
): Promise<void> {
  const undos = steps.map((step): Undo => ({
    ...workOf(step),
    step,
    memory: UnitMemory.parse(step.memory),
  }));
  // The first failure of a unit is the cause of its later ones.
  const told = new Map<ResourceId | undefined, Diagnostic>();
  for (const phase of phases) {
    try {
      await phase(undos, run);
    } catch (error) {
      for (const diagnostic of diagnosticsOf(error, steps)) {
        const id = diagnostic.resource as ResourceId | undefined;
        if (!told.has(id)) told.set(id, diagnostic);
      }
    }
  }
  if (told.size > 0) throw new HostKitError([...told.values()]);
}

function diagnosticsOf(error: unknown, steps: readonly UndoStep<"unit">[]): readonly Diagnostic[] {
  if (error instanceof HostKitError) return error.diagnostics;
  if (error instanceof NoSystemd) return failures.noAnswerToUndo(steps, error.message);
  throw error;
}

const stepsOf = (undos: readonly Undo[]) => undos.map((undo) => undo.step);

interface Looked {
  readonly undo: Undo;
  readonly state: State;
}

/** A template has no state. */
async function lookAt(undos: readonly Undo[], host: Host): Promise<Looked[]> {
  const units = undos.filter((undo) => !isTemplate(undo.name));
  if (units.length === 0) return [];
  const names = units.map((undo) => undo.name);
  const states = await showUnits(host, names, LOOK);
  return units.map((undo, index) => ({ undo, state: states[index] as State }));
}

const namesOf = (looked: readonly Looked[]) => looked.map(({ undo }) => undo.name);

async function stopStarted(undos: readonly Undo[], { context: { host } }: UndoRun): Promise<void> {
  // A job that somebody else started, as the clock does, is let finish.
  const down = undos.filter(
    ({ step, job }) => !wasUp(step.observed) && !(wasByTurns(step.observed) && job === undefined),
  );
  const up = (await lookAt(down, host)).filter(
    // One that waits for its turn to start is stopped by that, too.
    ({ state }) => !isStopped(state) || !["", "0"].includes(state.Job),
  );
  if (up.length === 0) return;
  const result = await systemctl(host, "stop", namesOf(up));
  const left = (
    await lookAt(
      up.map(({ undo }) => undo),
      host,
    )
  ).filter(({ state }) => !isStopped(state));
  if (left.length === 0) return;
  throw new HostKitError(
    left.map(({ undo, state }) => failures.stillRuns({ step: undo.step, state }, result.stderr)),
  );
}

async function putFilesBack(undos: readonly Undo[], { context }: UndoRun): Promise<void> {
  const { host } = context;
  const written = undos.filter((undo) => undo.write);
  if (written.length === 0) return;
  const found = await readUnitFiles(
    written.map((undo) => undo.name),
    host,
  );
  const files = new Map(written.map(({ step }, index) => [step.resource.id, found[index]!]));
  await undoEach(stepsOf(written), async ({ resource: { id }, desired, observed, removal }) => {
    const file = files.get(id)!;
    const { path, entry } = file;
    const before = observed.state === "present" ? observed.content : null;
    if (unitFileEdit(file, before) === undefined) return undefined;
    const kept = context.kept(path);
    const what = unitFileEdit(file, removal ? null : (desired.content ?? null));
    if (what !== undefined) throw editedAfterRun(id, { what, kept });
    if (before === null) return host.removeFile(path);
    if (kept !== undefined) return host.restoreFile(kept, path, { over: entry });
    return host.writeFile(path, bytesOf(before), METADATA, { over: entry });
  });
}

async function putLinksBack(undos: readonly Undo[], { context: { host } }: UndoRun): Promise<void> {
  const enabling = undos.filter((undo) => undo.enablement !== undefined);
  if (enabling.length === 0) return;
  const links = await readLinks(host).catch((error: unknown) => {
    if (!(error instanceof HostFault)) throw error;
    throw new HostKitError(failures.linksUnknown(stepsOf(enabling), `${error.message}.`), {
      cause: error,
    });
  });
  const memories = new Map(enabling.map(({ step, memory }) => [step, memory]));
  await undoEach(stepsOf(enabling), async (step) => {
    const memory = memories.get(step);
    const now = linksOf(links, step, memory?.also ?? []);
    await restoreLinks(host, { before: memory?.links ?? {}, now });
    // A cut may have come between a link and its directory.
    for (const directory of memory?.missing ?? []) await removeIfEmpty(host, directory);
  });
}

/** systemd does not notice a file that is older than the one it read, so it is told, whatever it says. */
async function reloadManager(
  undos: readonly Undo[],
  { context: { host } }: UndoRun,
): Promise<void> {
  const works = undos.filter((undo) => undo.write || undo.enablement !== undefined || undo.stale);
  if (works.length === 0) return;
  const result = await daemonReload(host);
  if (result.status !== 0) {
    throw new HostKitError(failures.notReread(stepsOf(works), result.stderr));
  }
}

/** Nothing runs on by another file than before, and nothing is failed that was not. */
async function settleDown(undos: readonly Undo[], { context: { host } }: UndoRun): Promise<void> {
  const looked = await lookAt(undos, host);
  const other = looked.filter((one) => againOf(one) === "restart" && !isStopped(one.state));
  if (other.length > 0) await systemctl(host, "stop", namesOf(other));
  const failed = (await lookAt(undos, host)).filter(
    ({ undo: { step }, state }) =>
      state.ActiveState === "failed" &&
      !wasByTurns(step.observed) &&
      (step.observed.state === "absent" || step.observed.active !== "failed"),
  );
  // Those that were stopped too: else they may be refused a start for having been started too often.
  const reset = namesOf([...failed, ...other]);
  if (reset.length > 0) await systemctl(host, "reset-failed", reset);
}

/** Starts what is down and was up, and leaves alone what was not touched. */
async function runAgain(undos: readonly Undo[], run: UndoRun): Promise<void> {
  const { host } = run.context;
  const looked = await lookAt(undos, host);
  const restarts = looked.filter((one) => againOf(one) === "restart");
  const reloads = looked.filter((one) => againOf(one) === "reload");

  const left: Diagnostic[] = [];
  if (restarts.length > 0) {
    const { stderr } = await systemctl(host, "restart", namesOf(restarts));
    left.push(...(await judge(restarts, stderr, run)));
  }
  if (reloads.length > 0) {
    const { status, stderr } = await systemctl(host, "reload", namesOf(reloads));
    const named = reloads.filter(({ undo }) => stderr.includes(undo.name));
    const failed = status === 0 ? [] : named.length > 0 ? named : reloads;
    left.push(...failed.map(({ undo }) => failures.notReloaded(undo.step, stderr)));
  }
  if (left.length > 0) throw new HostKitError(left);
}

/** A restart starts what is down: so one call does for all, in order. */
function againOf({ undo, state }: Looked): "restart" | "reload" | undefined {
  const { observed, follow } = undo.step;
  if (observed.state === "absent" || !wasUp(observed)) return undefined;
  if (isStopped(state) || state.ActiveState === "deactivating") {
    // A job that nobody stopped has ended by itself.
    return observed.active === "activating" && undo.job === undefined ? undefined : "restart";
  }
  // Where no file is left that it could be started by, it had better run by the new one.
  if (!(undo.write || undo.inputs) || state.LoadState !== "loaded") return undefined;
  if (state.InvocationID !== undo.memory.invocation) return "restart";
  // The old file may have no way to reload: then what was reloaded stays.
  return follow === "reload" && state.CanReload === "yes" ? "reload" : undefined;
}

/** Of those that ran steadily before. What failed again and again may do so. */
async function judge(
  restarted: readonly Looked[],
  said: string,
  { context: { host }, settle }: UndoRun,
): Promise<Diagnostic[]> {
  const steady = restarted.map(({ undo }) => undo).filter((undo) => wasRunning(undo.step.observed));
  const first = await lookAt(steady, host);
  let last = first;
  if (first.some(({ state }) => mayStillFail(state))) {
    await sleep(settle);
    last = await lookAt(steady, host);
  }
  const left: Diagnostic[] = [];
  for (const [index, { undo, state }] of last.entries()) {
    if (keepsRunning((first[index] as Looked).state, state)) continue;
    left.push(await failures.downNow({ step: undo.step, state }, { host, said }));
  }
  return left;
}
