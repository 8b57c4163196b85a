import { setImmediate as turn } from "node:timers/promises";
import type { Host } from "../host/host.ts";

/** Adds text to a file; settles when it is there. */
export type Append = (text: string, options: { readonly sync: boolean }) => Promise<void>;

/**
 * Lines stand in the order in which they were given. Those of one turn of the event loop go into the file together: a run of
 * a thousand changes says four thousand things.
 */
export function appendBatched(host: Pick<Host, "appendText">, path: string): Append {
  let waiting: { text: string; sync: boolean; written: Promise<void> } | undefined;
  let last: Promise<void> = Promise.resolve();
  return (text, { sync }) => {
    if (waiting !== undefined) {
      waiting.text += text;
      waiting.sync ||= sync;
      return waiting.written;
    }
    const batch = { text, sync, written: last };
    batch.written = last.then(async () => {
      if (!sync) await turn();
      waiting = undefined;
      await host.appendText(path, batch.text, { sync: batch.sync });
    });
    waiting = batch;
    last = batch.written.catch(() => undefined);
    return batch.written;
  };
}
