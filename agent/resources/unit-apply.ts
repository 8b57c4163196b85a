import { setTimeout as sleep } from "node:timers/promises";
import { HostKitError } from "../../shared/diagnostic.ts";
import { isTemplate } from "../../shared/resources/unit-rules.ts";
import type { CommandResult, Host, Metadata } from "../host/host.ts";
import { daemonReload, NoSystemd, showUnits, systemctl } from "../host/systemctl.ts";
import { bytesOf } from "../host/bytes-of.ts";
import type { ApplyContext, Step } from "./driver.ts";
import { editedDuringRun } from "./edited-meanwhile.ts";
import { Batch, type Job, type Work } from "./unit-batch.ts";
import { loadFailures, noAnswer, runFailures, toolFailure, writeFailure } from "./unit-failures.ts";
import { readUnitFiles, type UnitFile, unitFileEdit } from "./unit-files.ts";
import { isStopped, keepsRunning, mayStillFail, type RunState, RUN_STATE } from "./unit-state.ts";

/** Of a unit file. */
export const METADATA: Metadata = { uid: 0, gid: 0, mode: 0o644 };

export interface UnitRun {
  readonly context: ApplyContext;
  /** Milliseconds that a service gets to fail by itself after systemd called it started. */
  readonly settle: number;
}

/**
 * Changes a batch of units phase by phase, each phase one call for all: write, enable and disable, daemon-reload, stop,
 * then start, restart and reload, then look whether they run. The steps come in graph order.
 */
export async function applyUnits(
  steps: readonly Step<"unit">[],
  { context, settle }: UnitRun,
): Promise<void> {
  const batch = new Batch(steps, context);
  try {
    await writeFiles(batch);
    await enableAndDisable(batch);
    await reloadManager(batch);
    await runJobs(batch, settle);
  } catch (error) {
    if (!(error instanceof NoSystemd)) throw error;
    throw new HostKitError(noAnswer(batch.open(), error.message, batch.story()), { cause: error });
  }
}

/** All are looked at before the first is written: where somebody else changed one, nothing of the batch is begun. */
async function writeFiles(batch: Batch): Promise<void> {
  const { host } = batch.context;
  const works = batch.works.filter((work) => work.write);
  const files = await filesAsSeen(works, host);
  for (const [index, work] of works.entries()) {
    const { path, entry } = files[index] as UnitFile;
    batch.begin(work);
    try {
      const content = bytesOf(work.step.desired.content ?? "");
      await host.writeFile(path, content, METADATA, { over: entry });
    } catch (error) {
      throw writeFailure(work.step, { error, story: batch.story() });
    }
    batch.note(work, "file written");
  }
}

/** Their files, refused where somebody else changed one after it was looked at. */
export async function filesAsSeen(works: readonly Work[], host: Host): Promise<UnitFile[]> {
  if (works.length === 0) return [];
  const files = await readUnitFiles(
    works.map((work) => work.name),
    host,
  );
  const edits = works.flatMap(({ step: { resource, observed } }, index) => {
    const before = observed.state === "present" ? observed.content : null;
    const edit = unitFileEdit(files[index] as UnitFile, before);
    return edit === undefined ? [] : editedDuringRun(resource.id, edit).diagnostics;
  });
  if (edits.length > 0) throw new HostKitError(edits);
  return files;
}

/** Before the reload, so that one reload is enough: systemd remembers whether a unit is enabled, too. */
export async function enableAndDisable(batch: Batch): Promise<void> {
  for (const verb of ["disable", "enable"] as const) {
    const works = batch.works.filter((work) => work.enablement === verb);
    if (works.length === 0) continue;
    for (const work of works) batch.begin(work);
    const result = await systemctl(
      batch.context.host,
      verb,
      works.map((work) => work.name),
    );
    if (result.status !== 0) throw refused(batch, works, { verb, result });
    for (const work of works) batch.note(work, `${verb}d`);
  }
}

export function refused(
  batch: Batch,
  works: readonly Work[],
  { verb, result }: { verb: string; result: CommandResult },
): HostKitError {
  return new HostKitError(
    toolFailure(
      works.map((work) => work.step),
      { verb, result, story: batch.story() },
    ),
  );
}

/** One daemon-reload for the batch, and none when neither a file nor a link changed. */
async function reloadManager(batch: Batch): Promise<void> {
  const { host } = batch.context;
  const outdated = await outdatedOf(
    batch.works.filter((work) => work.inputs),
    host,
  );
  const works = batch.works.filter(
    (work) => work.write || work.enablement !== undefined || work.stale || outdated.has(work.name),
  );
  if (works.length > 0) {
    for (const work of works) batch.begin(work);
    const result = await daemonReload(host);
    if (result.status !== 0) throw refused(batch, works, { verb: "daemon-reload", result });
    const failures = await loadFailures(
      works.map((work) => work.step),
      { host, story: () => batch.story() },
    );
    const broken = new Set(failures.map((failure) => failure.resource));
    for (const work of works) {
      if (work.job === undefined && !broken.has(work.step.resource.id)) batch.finish(work);
    }
    if (failures.length > 0) throw new HostKitError(failures);
  }
}

/** Among what a unit reads may be a drop-in of it, which systemd has to read first. */
async function outdatedOf(works: readonly Work[], host: Host): Promise<Set<string>> {
  const names = works.map((work) => work.name).filter((name) => !isTemplate(name));
  if (names.length === 0) return new Set();
  const states = await showUnits(host, names, ["NeedDaemonReload"]);
  return new Set(names.filter((_name, index) => states[index]?.NeedDaemonReload === "yes"));
}

const PAST: Record<Job, string> = {
  start: "started",
  stop: "stopped",
  restart: "restarted",
  reload: "reloaded",
};

export async function runJobs(batch: Batch, settle: number): Promise<void> {
  const { host } = batch.context;
  let run: Work[] = [];
  for (const { job, works } of jobCalls(batch.works)) {
    for (const work of works) batch.begin(work);
    const names = works.map((work) => work.name);
    const again = works.filter(hasHistory).map((work) => work.name);
    // Else a unit that failed or was restarted often is refused for that alone. Where this fails, the job will say why.
    if (again.length > 0 && job !== "stop" && job !== "reload") {
      await systemctl(host, "reset-failed", again);
    }
    const result = await systemctl(host, job, names);
    run.push(...works);
    for (const work of works) batch.note(work, result.status === 0 ? PAST[job] : `told to ${job}`);
    if (result.status === null) throw refused(batch, works, { verb: job, result });
    if (result.status === 0) continue;
    await judge(batch, run, { settle, said: result.stderr });
    run = [];
  }
  await judge(batch, run, { settle, said: "" });
}

/** Only a unit that systemd has in memory has a history to reset. */
const hasHistory = ({ step: { observed } }: Work) =>
  observed.state === "present" && observed.active !== "inactive";

/**
 * Stops first, in reverse, so that whatever uses a unit stops before it; then the others in graph order, one call for
 * each run of the same verb: usually one for all. systemd orders what one call asks for by After=.
 */
function jobCalls(works: readonly Work[]): { job: Job; works: Work[] }[] {
  const stops = works.filter((work) => work.job === "stop").toReversed();
  const calls: { job: Job; works: Work[] }[] =
    stops.length > 0 ? [{ job: "stop", works: stops }] : [];
  for (const work of works) {
    if (work.job === "stop" || work.job === undefined) continue;
    const last = calls.at(-1);
    if (last?.job === work.job) last.works.push(work);
    else calls.push({ job: work.job, works: [work] });
  }
  return calls;
}

/** Looks at what was run: a job that succeeded says little about a service that dies a moment later. */
async function judge(
  batch: Batch,
  run: readonly Work[],
  { settle, said }: { settle: number; said: string },
): Promise<void> {
  if (run.length === 0) return;
  const { host } = batch.context;
  const names = run.map((work) => work.name);
  const first = await showUnits(host, names, RUN_STATE);
  let last = first;
  if (run.some((work, index) => work.job !== "stop" && mayStillFail(first[index] as RunState))) {
    await sleep(settle);
    last = await showUnits(host, names, RUN_STATE);
  }
  const failed: { step: Step<"unit">; state: RunState }[] = [];
  for (const [index, work] of run.entries()) {
    const looks = { first: first[index] as RunState, last: last[index] as RunState };
    if (isAsAsked(work, looks) && !failedToReload(said, work)) {
      // What is stopped to be removed is not done with that.
      if (!work.step.removal) batch.finish(work);
    } else failed.push({ step: work.step, state: looks.last });
  }
  if (failed.length === 0) return;
  throw new HostKitError(await runFailures(failed, { host, said, story: batch.story() }));
}

function isAsAsked(
  { job, step }: Work,
  { first, last }: { first: RunState; last: RunState },
): boolean {
  if (job === "stop") return isStopped(last);
  // What nobody wishes to be active may end by itself, as a job does, if it ends well.
  if (step.desired.active !== true && last.ActiveState === "inactive")
    return last.Result === "success";
  return keepsRunning(first, last);
}

/** A reload that failed leaves the unit running, with the old configuration. */
const failedToReload = (said: string, { job, name }: Work) =>
  job === "reload" && said.includes(name);
