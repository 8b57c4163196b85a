import * as z from "zod";
import { ResourceId } from "../../shared/brands.ts";
import { Verdict } from "../../shared/outcome.ts";
import { isKind } from "../../shared/resources/registry.ts";
import { RunId } from "../../shared/run.ts";
import type { LookingHost } from "../host/host.ts";
import type { Begin, Intent, JournalRecord } from "./journal.ts";
import { damaged, newer } from "./run-files.ts";

/** What a journal tells, however it was cut off. */
export interface JournalRead {
  readonly begin: Begin | undefined;
  readonly intents: readonly Intent[];
  readonly started: ReadonlySet<ResourceId>;
  readonly done: ReadonlySet<ResourceId>;
  /** Taking it back had begun. */
  readonly rollingBack: boolean;
  readonly verdict: Verdict | undefined;
  /** The text up to the last whole line; a torn line behind it was being written when it was cut off. */
  readonly whole: string;
  readonly torn: boolean;
}

const id = { id: ResourceId };
/** What is told of a run in a list. */
export const BeginRecord = z.looseObject({
  type: z.literal("begin"),
  format: z.literal(1),
  run: RunId,
  sequence: z.int().min(0),
  project: z.string(),
  host: z.string(),
  by: z.string(),
  changes: z.int().min(0),
  reverts: RunId.nullable(),
  boot: z.string(),
  at: z.string(),
});
/** What recovery relies on; drivers check their own memories, and observations are compared, not trusted. */
const Record = z.discriminatedUnion("type", [
  BeginRecord,
  z.looseObject({
    type: z.literal("intent"),
    ...id,
    kind: z.string().refine(isKind),
    before: z.looseObject({ state: z.enum(["absent", "present"]) }),
    fingerprint: z.string(),
    memory: z.record(z.string(), z.unknown()).nullable(),
    kept: z.record(z.string(), z.string()),
  }),
  z.looseObject({ type: z.literal("started"), ...id }),
  z.looseObject({ type: z.literal("done"), ...id }),
  z.looseObject({ type: z.literal("undone"), ...id }),
  z.looseObject({ type: z.literal("rollback"), because: z.string() }),
  z.looseObject({ type: z.literal("recovered") }),
  z.looseObject({ type: z.literal("end"), verdict: Verdict }),
]);

const LIMIT = 256 * 1024 * 1024;

/** A journal that is not there is one of a run that has not begun. What can't be read is refused, never guessed. */
export async function readJournal(host: LookingHost, path: string): Promise<JournalRead> {
  const [bytes] = await host.readFiles([path], { limit: LIMIT });
  const text = bytes === null || bytes === undefined ? "" : new TextDecoder().decode(bytes);
  const end = text.lastIndexOf("\n") + 1;
  const whole = text.slice(0, end);
  const records = whole
    .split("\n")
    .slice(0, -1)
    .map((line, index) => parse(line, `${path}:${index + 1}`));
  const ids = (type: "started" | "done") =>
    new Set(records.flatMap((record) => (record.type === type ? [record.id] : [])));
  return {
    begin: records.find((record) => record.type === "begin"),
    intents: records.filter((record) => record.type === "intent"),
    started: ids("started"),
    done: ids("done"),
    rollingBack: records.some((record) => record.type === "rollback"),
    verdict: verdictOf(records),
    whole,
    torn: end < text.length,
  };
}

/** How it ended, unless somebody went on with it and did not come to an end. */
function verdictOf(records: readonly JournalRecord[]): Verdict | undefined {
  const last = records.findLast(({ type }) => type === "end" || type === "recovered");
  return last?.type === "end" ? last.verdict : undefined;
}

function parse(line: string, where: string): JournalRecord {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw damaged(where, "the line is not whole JSON, although others follow it");
  }
  const { type, format } = (value ?? {}) as { type?: unknown; format?: unknown };
  if (type === "begin" && typeof format === "number" && format > 1) throw newer(where, format);
  const parsed = Record.safeParse(value);
  // Loose objects keep what the schema does not name, which is why the record is whole.
  if (parsed.success) return parsed.data as unknown as JournalRecord;
  const issue = parsed.error.issues[0];
  throw damaged(where, `${issue?.path.join(".") ?? ""}: ${issue?.message ?? ""}`);
}
