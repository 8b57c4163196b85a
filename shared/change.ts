import * as z from "zod";
import { ContentRef } from "./content.ts";

/** What will be done to one resource. */
export const Action = z.enum([
  "create",
  "update",
  "replace",
  "delete",
  "restart",
  "reload",
  "run",
  "none",
]);
export type Action = z.output<typeof Action>;

/** Why. */
export const Reason = z.enum([
  "missing",
  "drift",
  "content-changed",
  "metadata-changed",
  "inputs-changed",
  "not-declared",
  "forced",
  /** As it was before a run that is taken back. */
  "rollback",
  "in-sync",
]);
export type Reason = z.output<typeof Reason>;

/** What happens to a running thing because its inputs change, besides the change itself. */
export const Follow = z.enum(["restart", "reload"]);
export type Follow = z.output<typeof Follow>;

/** What a change may owe besides the difference it makes: it is not seen on the host whether it was done. */
export const Due = z.enum([...Follow.options, "run"]);
export type Due = z.output<typeof Due>;

export const DifferenceValue = z.union([
  z.string(),
  z.number(),
  z.boolean(),
  z.null(),
  z.array(z.string()),
  ContentRef,
]);
export type DifferenceValue = z.output<typeof DifferenceValue>;

/** Stands where something is not shown, since it is a secret or may hold one. */
export const NOT_SHOWN = "(not shown)";

const KeyValue = z.union([z.string(), z.number(), z.boolean(), z.null()]).optional();

/** One value of a document, before and after; left out where there was or will be none. */
export const KeyDifference = z.strictObject({
  key: z.string(),
  before: KeyValue,
  after: KeyValue,
  /** Neither value is shown. */
  masked: z.literal(true).optional(),
});
export type KeyDifference = z.output<typeof KeyDifference>;

/** One field, before and after. `null` before: there was nothing; `null` after: there will be nothing. */
export const Difference = z.strictObject({
  field: z.string(),
  before: DifferenceValue,
  after: DifferenceValue,
  /** Unified diff, where both sides are text. */
  patch: z.string().optional(),
  /** Where the field is a document: what differs in it, key by key. */
  keys: z.array(KeyDifference).optional(),
});
export type Difference = z.output<typeof Difference>;

/** How one change can end: made as wished, refused before anything is changed, or begun and failed. */
export const End = z.enum(["done", "refused", "failed"]);
export type End = z.output<typeof End>;

/** How sure the plan is of a change's result. */
export const Prediction = z.discriminatedUnion("class", [
  z.strictObject({ class: z.literal("exact") }),
  z.strictObject({
    class: z.literal("bounded"),
    outcomes: z.array(z.string()),
    /** Which end each outcome is; absent in plans from before there was a record of what came. */
    ends: z.array(End).optional(),
  }),
  z.strictObject({ class: z.literal("unknown"), why: z.string() }),
]);
export type Prediction = z.output<typeof Prediction>;

/** A prediction of one of several outcomes, each told in few words. */
export function bounded(outcomes: { readonly [E in End]?: string }): Prediction {
  const ends = End.options.filter((end) => outcomes[end] !== undefined);
  return { class: "bounded", outcomes: ends.map((end) => outcomes[end] as string), ends };
}

/** Why one resource comes after another. */
export const EdgeReason = z.enum([
  "declared",
  "parent-directory",
  "owner",
  "group",
  "link-target",
  "path-used-by-unit",
  "source-input",
  "unit-user",
  "unit-order",
  "timer-service",
  "readiness",
]);
export type EdgeReason = z.output<typeof EdgeReason>;
