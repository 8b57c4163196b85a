import type { Diagnostic } from "../../shared/diagnostic.ts";
import { Outcome } from "../../shared/outcome.ts";
import type { RunId } from "../../shared/run.ts";
import { WireDiagnostics } from "../../shared/protocol/wire-diagnostic.ts";
import { bytesOf } from "../host/bytes-of.ts";
import type { Host, LookingHost } from "../host/host.ts";
import { type Journal, openJournal } from "./journal.ts";
import {
  ensureDirectories,
  markOf,
  openOf,
  type Root,
  runOf,
  runsOf,
  spoolOf,
  writePrivate,
} from "./places.ts";
import { readRunFile } from "./run-files.ts";

/** One apply on one host, and the directory that tells of it: plan, journal, events, outcome, files that were replaced. */
export interface Run {
  readonly id: RunId;
  readonly directory: string;
  readonly journal: Journal;
  /** Where files that are replaced are kept, named after their content. */
  readonly keptDirectory: string;
}

/** A verdict that leaves a run open: it can still be finished or taken back. */
export const isOpenVerdict = (verdict: Outcome["verdict"]) => verdict === "partial";

/** How a run ended, and what was told of it. */
const Ended = Outcome.extend({ diagnostics: WireDiagnostics });
export type Ended = Outcome & { readonly diagnostics: readonly Diagnostic[] };

export function openRun(host: Host, { id, directory }: { id: RunId; directory: string }): Run {
  return {
    id,
    directory,
    journal: openJournal(host, `${directory}/journal.jsonl`),
    keptDirectory: `${directory}/preimages`,
  };
}

/** What was asked for becomes a run: from here on it is told of, whatever happens. */
export async function adoptRun({ host, root }: Root, id: RunId): Promise<Run> {
  const run = openRun(host, { id, directory: runOf(root, id) });
  await ensureDirectories(host, [runsOf(root), openOf(root), `${spoolOf(root, id)}/preimages`]);
  await mark({ host, root }, id);
  await host.rename(spoolOf(root, id), run.directory);
  return run;
}

/** The mark of a run that has not come to an end. */
async function mark({ host, root }: Root, id: RunId): Promise<void> {
  await host.appendText(markOf(root, id), "", { sync: false });
}

/** Nothing is left to be done about it, and nobody needs its contents any more. */
export async function closeRun({ host, root }: Root, id: RunId): Promise<void> {
  await host.removeFile(markOf(root, id));
  await host.removeFile(`${runOf(root, id)}/contents`);
}

/**
 * Writes down how a run ended. One that stays open keeps its mark and its contents, so that it can be finished without
 * whoever asked for it.
 */
export async function finishRun(
  { host, root }: Root,
  { run, outcome, diagnostics }: { run: Run; outcome: Outcome; diagnostics: readonly Diagnostic[] },
): Promise<void> {
  await run.journal.write({ type: "end", verdict: outcome.verdict, at: new Date().toISOString() });
  const ended: Ended = { ...outcome, diagnostics: [...diagnostics] };
  const text = `${JSON.stringify(ended, null, 1)}\n`;
  await writePrivate(host, `${run.directory}/outcome.json`, bytesOf(text));
  await host.flush();
  if (isOpenVerdict(outcome.verdict)) return;
  await closeRun({ host, root }, run.id);
}

/** `null` for a run that has not come to an end. */
export const readOutcome = (host: LookingHost, directory: string): Promise<Ended | null> =>
  readRunFile(host, `${directory}/outcome.json`, Ended);
