import * as fs from "node:fs";
import { join } from "node:path";
import type { Diagnostic } from "../../shared/diagnostic.ts";
import { createRunLock, type RunLock } from "../run-lock.ts";

/**
 * What the newest run left behind, if it never came to an end: its process was killed or its host went down. A run that is
 * still at work holds the lock, and is nobody's concern here.
 */
export async function findCutOff(root: string): Promise<Diagnostic[]> {
  const run = newest(join(root, "runs"));
  if (run === undefined || fs.existsSync(join(root, "runs", run, "outcome.json"))) return [];
  if (await isHeld(createRunLock(join(root, "lock")))) return [];
  return [cutOff(run, { directory: join(root, "runs", run) })];
}

/** Names of runs sort by time. */
function newest(directory: string): string | undefined {
  try {
    return fs.readdirSync(directory).toSorted().at(-1);
  } catch {
    return undefined;
  }
}

async function isHeld(lock: RunLock): Promise<boolean> {
  try {
    await lock(() => Promise.resolve(), { patience: 0 });
    return false;
  } catch {
    return true;
  }
}

function cutOff(run: string, { directory }: { readonly directory: string }): Diagnostic {
  const { intended, begun, done } = readJournal(join(directory, "journal.jsonl"));
  const open = begun.filter((id) => !done.includes(id));
  const half = open.length === 0 ? "" : ` Begun and not finished: ${open.join(", ")}.`;
  const progress =
    intended === 0
      ? "It had not begun to change anything."
      : `${done.length} of its ${intended} changes were done.${half} What it replaced is kept in ${directory}/preimages.`;
  return {
    severity: "warning",
    side: "host",
    code: "HK4007",
    summary: "The last run was cut off.",
    detail: `The run ${run} never came to an end: its agent was killed, or the host went down. ${progress} This plan starts from what is there now; applying it goes on from there.`,
  };
}

/** A line that was cut in the middle ends the journal; see `journal.ts` for what is in it. */
function readJournal(path: string): { intended: number; begun: string[]; done: string[] } {
  const found = { intended: 0, begun: [] as string[], done: [] as string[] };
  let text: string;
  try {
    text = fs.readFileSync(path, "utf8");
  } catch {
    return found;
  }
  for (const line of text.split("\n")) {
    let record: { type?: unknown; id?: unknown };
    try {
      record = JSON.parse(line) as typeof record;
    } catch {
      break;
    }
    if (record.type === "intent") found.intended++;
    if (record.type === "started") found.begun.push(String(record.id));
    if (record.type === "done") found.done.push(String(record.id));
  }
  return found;
}
