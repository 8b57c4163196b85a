import * as fs from "node:fs";
import { join } from "node:path";
import { errnoOf } from "./host/fault.ts";
import type { Host } from "./host/host.ts";
import { openRunIds, pruneRuns, readBegin } from "./transaction/list-runs.ts";
import { MEMORY, runOf } from "./transaction/places.ts";

/**
 * What an agent leaves on its host for later (binaries, records of runs) and takes away when it is old. Done when a
 * session is over, so that nobody waits for it. Nothing here is worth failing for: what can't be removed stays.
 */
export interface CollectOptions {
  readonly host: Host;
  /** The agent's own directory on the host. */
  readonly root: string;
  /** The agent that is running. */
  readonly agentId: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** `nothing`: of a session that changed nothing is only left when this agent was used. Default: what is old. */
  readonly what?: "what is old" | "nothing";
  /** Where views lie that hold secrets. Default: `/run`. */
  readonly memory?: string;
}

const DAY = 24 * 60 * 60 * 1000;
/** An agent nobody started for this long is gone; a client that still has it uploads it again. */
const AGENT_AGE = 7 * DAY;
/** Runs that are kept whatever their age; older ones have been superseded many times over. */
const RUNS_KEPT = 50;
/** An upload that is not finished by then never will be. */
const UPLOAD_AGE = DAY;
/** Nothing is checked for longer. */
const VIEW_AGE = DAY / 24;

export async function collect(options: CollectOptions): Promise<void> {
  touch(join(options.root, "agents", options.agentId), options.now);
  if (options.what === "nothing") return;
  try {
    collectAgents(options, await agentsOfOpenRuns(options));
    await pruneRuns(options, RUNS_KEPT);
  } catch {
    // What can't be read is evidence, and stays.
  }
  collectSpool(options);
  collectViews(options);
}

/** A run that has not come to an end may need the very agent that began it. */
async function agentsOfOpenRuns({ host, root }: CollectOptions): Promise<Set<string>> {
  const begins = await Promise.all(
    (await openRunIds({ host, root })).map((run) => readBegin(host, runOf(root, run))),
  );
  return new Set(begins.flatMap((begin) => begin?.agent ?? []));
}

/**
 * The time of its directory tells when an agent was last used; that of access is not kept on hosts mounted `noatime`. A
 * running binary that is removed goes on running.
 */
function collectAgents({ root, agentId, now }: CollectOptions, used: ReadonlySet<string>): void {
  const directory = join(root, "agents");
  for (const name of list(directory)) {
    const own = join(directory, name);
    for (const file of list(own)) {
      if (file.startsWith(".tmp.") && age(join(own, file), now) > UPLOAD_AGE)
        remove(join(own, file));
    }
    if (name !== agentId && !used.has(name) && age(own, now) > AGENT_AGE) remove(own);
  }
}

/** Contents that a session spooled and, being killed, could not remove. */
function collectSpool({ root, now }: CollectOptions): void {
  const directory = join(root, "spool");
  for (const name of list(directory)) {
    if (age(join(directory, name), now) > UPLOAD_AGE) remove(join(directory, name));
  }
}

/** Views with secrets that a process which was killed could not remove; see `validateChanges`. */
function collectViews({ now, memory = MEMORY }: CollectOptions): void {
  for (const name of list(memory).filter((each) => /^hostkit-.*\.staged-\d+$/.test(each))) {
    if (age(join(memory, name), now) > VIEW_AGE) remove(join(memory, name));
  }
}

function list(path: string): string[] {
  try {
    return fs.readdirSync(path);
  } catch {
    return [];
  }
}

/** Milliseconds since it changed; endless where it does not exist. */
function age(path: string, now: number): number {
  try {
    return now - fs.statSync(path).mtimeMs;
  } catch (error) {
    return errnoOf(error) === "ENOENT" ? Number.POSITIVE_INFINITY : 0;
  }
}

function touch(path: string, now: number): void {
  try {
    fs.utimesSync(path, now / 1000, now / 1000);
  } catch {
    // It is then taken for older than it is, and one day uploaded once more.
  }
}

function remove(path: string): void {
  try {
    fs.rmSync(path, { recursive: true, force: true });
  } catch {
    // The next session tries again.
  }
}
