import type { Digest, ResourceId } from "../../shared/brands.ts";
import type { Verdict } from "../../shared/outcome.ts";
import type { Kind, Observed } from "../../shared/resources/registry.ts";
import type { RunId } from "../../shared/run.ts";
import type { Host } from "../host/host.ts";
import type { Memory } from "../resources/driver.ts";
import { appendBatched } from "./append-batched.ts";

/**
 * The journal of one run: JSON lines, only ever added to. Everything an undo needs is on disk before the first change; what
 * happened afterwards is written as it happens, and found out again by looking where a line is missing.
 */
export type JournalRecord =
  | {
      readonly type: "begin";
      readonly format: 1;
      readonly run: RunId;
      /** Counts up on each host: what came after what, whatever the clock says. */
      readonly sequence: number;
      readonly plan: Digest;
      readonly project: string;
      readonly host: string;
      readonly by: string;
      readonly changes: number;
      readonly reverts: RunId | null;
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
      /** What is kept may hold secrets. */
      readonly secret?: true;
    }
  | { readonly type: "started" | "done" | "undone"; readonly id: ResourceId }
  | { readonly type: "rollback"; readonly because: string }
  /** Somebody else went on with it, after it had been cut off or stopped. */
  | {
      readonly type: "recovered";
      readonly goal: "settle" | "finish";
      readonly agent: string;
      readonly boot: string;
      readonly at: string;
    }
  | { readonly type: "end"; readonly verdict: Verdict; readonly at: string };

export type Begin = Extract<JournalRecord, { type: "begin" }>;
/** What will be changed, and all that is needed to take it back. */
export type Intent = Extract<JournalRecord, { type: "intent" }>;

export interface Journal {
  /** On disk when it returns. */
  write(...records: readonly JournalRecord[]): Promise<void>;
  /** Soon on disk; lost at worst with the power. */
  note(...records: readonly JournalRecord[]): Promise<void>;
}

export function openJournal(host: Host, path: string): Journal {
  const append = appendBatched(host, path);
  return {
    write: (...records) => append(text(records), { sync: true }),
    note: (...records) => append(text(records), { sync: false }),
  };
}

const text = (records: readonly JournalRecord[]) =>
  records.map((record) => `${JSON.stringify(record)}\n`).join("");
