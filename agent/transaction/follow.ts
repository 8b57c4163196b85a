import { setTimeout as sleep } from "node:timers/promises";
import type { RunEvent, RunId } from "../../shared/run.ts";
import type { Host } from "../host/host.ts";
import { type EndRecord, endToldInMemory, EventRecord, eventsIn } from "./events.ts";
import { findDirectory, type Root } from "./places.ts";

/** Bytes read at once. */
const PIECE = 256 * 1024;
/** Milliseconds between two looks; longer when nothing has been said for a while. */
const LOOK = { least: 5, most: 200 } as const;
/** Looks without anything new, after which it is asked whether anybody is still at work. */
const QUIET = 8;

export interface Follow extends Root {
  readonly run: RunId;
  /** Events up to this number are known. */
  readonly after: number;
  /** The attempt whose end is waited for; absent: the last one there is. */
  readonly attempt?: string;
  readonly isAlive: (run: RunId) => Promise<boolean>;
  readonly onEvent: (event: RunEvent) => void;
  /** Whoever follows does not want to any more. */
  readonly signal: AbortSignal;
}

/** Tells the events of a run as they come, until its end; `undefined`: nobody is at work on it, and it has no end. */
export async function followRun(follow: Follow): Promise<EndRecord | undefined> {
  const { run, after, attempt, isAlive, onEvent, signal } = follow;
  const reader = new EventReader(follow.host);
  let quiet = 0;
  let end: EndRecord | undefined;
  for (;;) {
    signal.throwIfAborted();
    // First: what was written before its writer ended is read after that.
    const alive = quiet < QUIET || (await isAlive(run));
    const directory = await findDirectory(follow, run);
    const records = directory === undefined ? [] : await reader.read(eventsIn(directory));
    for (const record of records) {
      if (record.type === "end") {
        if (attempt === undefined || record.attempt === attempt) end = record;
      } else if (record.seq > after) onEvent(record);
    }
    // Without an attempt's name the last end is the one, once there is nothing behind it.
    if (end !== undefined && (attempt !== undefined || records.length === 0)) return end;
    if (!alive && records.length === 0) {
      return attempt === undefined ? undefined : endToldInMemory(follow.host, attempt);
    }
    quiet = records.length > 0 ? 0 : quiet + 1;
    if (end === undefined)
      await sleep(Math.min(LOOK.least * 2 ** Math.max(quiet - 4, 0), LOOK.most));
  }
}

/** The number of the last event there is. */
export async function lastSeq(host: Host, directory: string): Promise<number> {
  const records = await new EventReader(host).read(eventsIn(directory));
  return records.at(-1)?.seq ?? 0;
}

/** Reads a growing file line by line. A line that can't be read, torn by the end of its writer, is passed over. */
class EventReader {
  readonly #host: Host;
  readonly #decoder = new TextDecoder();
  #offset = 0;
  #rest = "";

  constructor(host: Host) {
    this.#host = host;
  }

  async read(path: string): Promise<(RunEvent | EndRecord)[]> {
    const records: (RunEvent | EndRecord)[] = [];
    for (;;) {
      const bytes = await this.#host.readRange(path, { start: this.#offset, length: PIECE });
      if (bytes === null || bytes.length === 0) return records;
      this.#offset += bytes.length;
      const lines = (this.#rest + this.#decoder.decode(bytes, { stream: true })).split("\n");
      this.#rest = lines.pop() ?? "";
      for (const line of lines) {
        const record = parse(line);
        if (record !== undefined) records.push(record);
      }
    }
  }
}

function parse(line: string): RunEvent | EndRecord | undefined {
  try {
    return EventRecord.parse(JSON.parse(line));
  } catch {
    return undefined;
  }
}
