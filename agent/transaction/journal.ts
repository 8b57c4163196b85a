import type { Digest, ResourceId } from "../../shared/brands.ts";
import type { Kind, Observed } from "../../shared/resources/registry.ts";
import type { Host } from "../host/host.ts";
import type { Memory } from "../resources/driver.ts";

/**
 * The journal of one run: JSON lines, only ever added to. Everything an undo needs is on disk before the first change; what
 * happened afterwards is written as it happens, and found out again by looking where a line is missing.
 */
type JournalRecord =
  | {
      readonly type: "begin";
      readonly format: 1;
      readonly run: string;
      readonly plan: Digest;
      readonly agent: string;
      readonly boot: string;
      readonly at: string;
    }
  | {
      readonly type: "intent";
      readonly id: ResourceId;
      readonly kind: Kind;
      readonly before: Observed<Kind>;
      readonly fingerprint: Digest;
      readonly memory: Memory;
      /** Where files that were there before are kept, by their path. */
      readonly kept: Readonly<Record<string, string>>;
    }
  | { readonly type: "started" | "done" | "undone"; readonly id: ResourceId }
  | { readonly type: "rollback"; readonly because: string }
  | { readonly type: "end"; readonly verdict: string; readonly at: string };

/** What will be changed, and all that is needed to take it back. */
export type Intent = Extract<JournalRecord, { type: "intent" }>;

export interface Journal {
  /** On disk when it returns. */
  write(...records: readonly JournalRecord[]): Promise<void>;
  /** Soon on disk; lost at worst with the power. */
  note(record: JournalRecord): Promise<void>;
}

export function openJournal(host: Host, path: string): Journal {
  // One after another, so that lines stand in the order in which things happened.
  let last: Promise<void> = Promise.resolve();
  const append = (records: readonly JournalRecord[], sync: boolean) => {
    const text = records.map((record) => `${JSON.stringify(record)}\n`).join("");
    const next = last.then(() => host.appendText(path, text, { sync }));
    last = next.catch(() => undefined);
    return next;
  };
  return {
    write: (...records) => append(records, true),
    note: (record) => append([record], false),
  };
}
