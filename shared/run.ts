import * as z from "zod";
import { ResourceId } from "./brands.ts";
import { Verdict } from "./outcome.ts";

/** One apply on one host, as both sides talk of it. */

/** `20260102T030405-a1b2c3`: when it was asked for, by the host's clock, and a random part. Chosen by the client. */
export const RunId = z
  .string()
  .regex(/^\d{8}T\d{6}-[0-9a-f]{6}$/, "must be the id of a run, such as 20260102T030405-a1b2c3")
  .brand<"RunId">();
export type RunId = z.output<typeof RunId>;

/** `random`: 24 bits. */
export function runId(now: Date, random: number): RunId {
  const time = now.toISOString().replaceAll(/[-:]/g, "").slice(0, 15);
  return `${time}-${random.toString(16).padStart(6, "0").slice(-6)}` as RunId;
}

/** What becomes of a run that fails or is cut off: undone, or left as it is for the operator. */
export const OnFailure = z.enum(["rollback", "stop"]);
export type OnFailure = z.output<typeof OnFailure>;

const event = { seq: z.int().min(1) };
/** What a run says while it goes on. `seq` counts from 1, without gaps, over the whole run. */
export const RunEvent = z.discriminatedUnion("type", [
  z.strictObject({ ...event, type: z.literal("started"), id: ResourceId }),
  z.strictObject({ ...event, type: z.literal("done"), id: ResourceId }),
  z.strictObject({ ...event, type: z.literal("failed"), id: ResourceId }),
  /** Everything an undo needs is on disk; from here on the host is changed. */
  z.strictObject({ ...event, type: z.literal("begun") }),
  z.strictObject({ ...event, type: z.literal("rolling-back"), because: z.string() }),
  /** All is done, and is taken back unless it is confirmed over a new connection within so many milliseconds. */
  z.strictObject({ ...event, type: z.literal("confirm"), milliseconds: z.number() }),
]);
export type RunEvent = z.output<typeof RunEvent>;

/** A change that begins or ends. */
export type StepEvent = Pick<Extract<RunEvent, { readonly id: string }>, "type" | "id">;

export function isStep(event: RunEvent): event is Extract<RunEvent, { readonly id: string }> {
  return "id" in event;
}

/** A run that has not come to an end, although nobody is at work on it. */
export const PendingRun = z.strictObject({
  run: RunId,
  onFailure: OnFailure,
  /** `cut-off`: its process or its host ended in the middle; `stopped`: it failed, and was told to leave things as they are. */
  state: z.enum(["cut-off", "stopped"]),
});
export type PendingRun = z.output<typeof PendingRun>;

/** `running`: somebody is at work on it; `unreadable`: its record is damaged, or a newer agent's. */
export const RunState = z.union([z.enum(["running", "cut-off", "unreadable"]), Verdict]);
export type RunState = z.output<typeof RunState>;

/** One line of a list of runs. */
export const RunSummary = z.strictObject({
  run: RunId,
  /** Counts up on each host, whatever its clock does. */
  sequence: z.int().min(0),
  state: RunState,
  project: z.string(),
  /** Whose declaration it applied. */
  host: z.string(),
  /** Whoever logged in, and from where: `root from 192.0.2.7`. */
  by: z.string(),
  /** When it began, by the host's clock: ISO 8601, UTC. */
  at: z.string(),
  changes: z.int().min(0),
  done: z.int().min(0),
  /** `null` while it has no outcome. */
  milliseconds: z.number().nullable(),
  /** The run that this one took back. */
  reverts: RunId.nullable(),
});
export type RunSummary = z.output<typeof RunSummary>;
