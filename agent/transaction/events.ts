import * as z from "zod";
import type { Diagnostic } from "../../shared/diagnostic.ts";
import { Outcome } from "../../shared/outcome.ts";
import { WireDiagnostics } from "../../shared/protocol/wire-diagnostic.ts";
import { RunEvent } from "../../shared/run.ts";
import type { Host } from "../host/host.ts";
import { type Append, appendBatched } from "./append-batched.ts";
import { ensureDirectories } from "./places.ts";

/** What a run says while it goes on, as JSON lines: whoever follows it, then or later, reads the same. */

/** The last line of each attempt at a run. Without an outcome it was refused before it began. */
export const EndRecord = z.strictObject({
  seq: z.int().min(1),
  type: z.literal("end"),
  /** Which attempt has ended. */
  attempt: z.string(),
  outcome: Outcome.nullable(),
  diagnostics: WireDiagnostics,
});
export type EndRecord = z.output<typeof EndRecord>;

export const EventRecord = z.union([RunEvent, EndRecord]);

type Told = RunEvent extends infer Each
  ? Each extends RunEvent
    ? Omit<Each, "seq">
    : never
  : never;

export interface Events {
  /** Never waited for: nobody's reading may slow a run down, and nothing is lost but a line of a story. */
  emit(event: Told): void;
  end(result: { outcome: Outcome | null; diagnostics: readonly Diagnostic[] }): Promise<void>;
  /** The run's directory got another name. */
  moveTo(directory: string): void;
}

export const eventsIn = (directory: string) => `${directory}/events.jsonl`;

/** Where the end of a run is told when the disk takes nothing any more: /run is memory, see file-hierarchy(7). */
const inMemory = ({ uid }: Pick<Host, "uid">) =>
  uid === 0 ? "/run/hostkit" : `/run/user/${uid}/hostkit`;
const endInMemory = (host: Host, attempt: string) => `${inMemory(host)}/${attempt}.json`;

async function tellInMemory(
  host: Host,
  end: { readonly attempt: string; readonly seq: number },
): Promise<void> {
  try {
    await ensureDirectories(host, [inMemory(host)]);
    const path = endInMemory(host, end.attempt);
    await host.appendText(path, `${JSON.stringify(end)}\n`, { sync: false });
  } catch {
    // Nobody will hear of it; the next contact finds out by looking.
  }
}

/** The end that could not be told on disk, if there is one. */
export async function endToldInMemory(host: Host, attempt: string): Promise<EndRecord | undefined> {
  const path = endInMemory(host, attempt);
  const [bytes] = await host.readFiles([path], { limit: Number.MAX_SAFE_INTEGER });
  if (bytes === null || bytes === undefined) return undefined;
  await host.removeFile(path);
  return EndRecord.parse(JSON.parse(new TextDecoder().decode(bytes)));
}

/** `last`: the number of the last event there is. */
export function openEvents(
  host: Host,
  { directory, attempt, last }: { directory: string; attempt: string; last: number },
): Events {
  let append: Append = appendBatched(host, eventsIn(directory));
  let seq = last;
  const write = (record: object) =>
    append(`${JSON.stringify({ seq: ++seq, ...record })}\n`, { sync: false });
  return {
    emit: (event) => void write(event).catch(() => undefined),
    end: async ({ outcome, diagnostics }) => {
      const end = { type: "end", attempt, outcome, diagnostics };
      await write(end).catch(() => tellInMemory(host, { seq: ++seq, ...end }));
    },
    moveTo: (to) => {
      append = appendBatched(host, eventsIn(to));
    },
  };
}
