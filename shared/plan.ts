import * as z from "zod";
import { Digest, ResourceId } from "./brands.ts";
import { Action, Difference, EdgeReason, Follow, Prediction, Reason } from "./change.ts";
import { ContentRef } from "./content.ts";
import { Resource } from "./resources/registry.ts";
import { RunId } from "./run.ts";
import { Selection } from "./selection.ts";

/** How something came to be HostKit's. */
export const Owned = z.strictObject({
  /** `adopted`: it was on the host before HostKit managed it. */
  origin: z.enum(["created", "adopted"]),
  /** Nobody declared it: it was made on the way to something that is in it, and goes when nothing is. */
  incidental: z.literal(true).optional(),
});
export type Owned = z.output<typeof Owned>;

export const Change = z.strictObject({
  id: ResourceId,
  action: Action,
  reason: Reason,
  differences: z.array(Difference),
  /** What a running thing will be made to do besides. */
  follow: Follow.nullable(),
  prediction: Prediction,
  /** Digest of what was observed; apply refuses when the host has moved since. */
  fingerprint: Digest,
  resource: Resource,
  /** How it could lock the operator out, if it could; such a plan has to be confirmed when it is done. */
  danger: z.string().optional(),
  /** What a person should know besides; nothing that is done depends on it. */
  remarks: z.array(z.string()).optional(),
  /** What the host's ledger says of something that is no longer declared, so that it can be said again. */
  owned: Owned.optional(),
});
export type Change = z.output<typeof Change>;

/** `to` happens after `from`. */
export const Edge = z.strictObject({ from: ResourceId, to: ResourceId, reason: EdgeReason });
export type Edge = z.output<typeof Edge>;

/** Which host a plan is for. */
export const HostIdentity = z.strictObject({
  /** machine-id(5), as it is. */
  machineId: z.string(),
});
export type HostIdentity = z.output<typeof HostIdentity>;

/**
 * What would change on one host, and the only thing that can drive an apply. Made by the agent, in the order in which
 * it will be done; what is as desired already is only counted.
 */
export const Plan = z.strictObject({
  version: z.literal(1),
  /** SHA-256 of the canonical form of all the other fields. */
  digest: Digest,
  host: HostIdentity,
  project: z.string(),
  manifestDigest: Digest,
  protocol: z.int(),
  changes: z.array(Change),
  /** Between changes only. */
  edges: z.array(Edge),
  unchanged: z.int().min(0),
  /** What the host will need the bytes of. */
  contents: z.array(ContentRef),
  /** The run that this plan takes back; absent in a plan that makes a declaration true. */
  reverts: RunId.optional(),
  /** Which part of the declaration was planned; absent: all of it. */
  selection: Selection.optional(),
});
export type Plan = z.output<typeof Plan>;

/** What in a plan could lock the operator out; each once. A plan that takes a run back is the way back in. */
export function dangersOf({ changes, reverts }: Pick<Plan, "changes" | "reverts">): string[] {
  if (reverts !== undefined) return [];
  return [...new Set(changes.flatMap(({ danger }) => danger ?? []))];
}

/** Counts for the last line of a plan. */
export interface PlanSummary {
  readonly create: number;
  readonly change: number;
  readonly remove: number;
  readonly restarts: number;
  readonly unknown: number;
}

export function summarise(plan: Pick<Plan, "changes">): PlanSummary {
  const count = (test: (change: Change) => boolean) => plan.changes.filter(test).length;
  return {
    create: count((c) => c.action === "create"),
    change: count((c) => c.action === "update" || c.action === "replace" || c.action === "run"),
    remove: count((c) => c.action === "delete"),
    restarts: count((c) => c.follow !== null || c.action === "restart" || c.action === "reload"),
    unknown: count((c) => c.prediction.class === "unknown"),
  };
}
