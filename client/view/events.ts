import * as z from "zod";
import { ResourceId } from "../../shared/brands.ts";
import { Artifact } from "../../shared/artifact.ts";
import { Finding } from "../../shared/drift.ts";
import { Facts } from "../../shared/facts.ts";
import { Found } from "../../shared/found.ts";
import { Held } from "../../shared/held.ts";
import { Manifest } from "../../shared/manifest.ts";
import { Outcome } from "../../shared/outcome.ts";
import { Plan } from "../../shared/plan.ts";
import { DiagnosticFields } from "../../shared/protocol/wire-diagnostic.ts";
import { RunSummary } from "../../shared/run.ts";
import { Selection } from "../../shared/selection.ts";
import { EVENTS_VERSION } from "./events-version.ts";

/**
 * What `--json` writes: one of these objects on each line of stdout, whatever the command. No secret is in any of them: plans and
 * outcomes have none, and what is rendered is masked. Lines have no time of their own: a run's are those that the host took
 * (`outcome.changes[].milliseconds`), so that the same plan gives the same lines.
 */

function event<Name extends string, Shape extends z.core.$ZodLooseShape>(name: Name, shape: Shape) {
  return z.strictObject({
    version: z.literal(EVENTS_VERSION),
    event: z.literal(name),
    ...shape,
  });
}

/** As it is named on the command line; absent where something is about no host. */
const about = { host: z.string().optional() };
/** `label`: how it was reached, such as `root@app.example.com:22`. */
const on = { host: z.string(), label: z.string() };
const count = z.int().min(0);
/** Which part of the declaration was looked at; absent: all of it. */
const part = { selection: Selection.optional() };

/** Counts of a plan, as its last line tells them to people. */
const PlanCounts = z.strictObject({
  create: count,
  change: count,
  remove: count,
  restarts: count,
  unknown: count,
});

/** What tells a plan file from others. */
const PlanFile = {
  ...on,
  file: z.string(),
  ...Artifact.pick({
    digest: true,
    hostkit: true,
    created: true,
    reach: true,
    secrets: true,
    signatures: true,
  }).shape,
  project: z.string(),
  /** Who signed it, of those who may, and what is wrong with the rest; where that was looked at. */
  verified: z
    .strictObject({
      signers: z
        .array(
          z.strictObject({
            principal: z.string(),
            fingerprint: z.string(),
            keyType: z.string(),
          }),
        )
        .readonly(),
      refused: z
        .array(z.strictObject({ why: z.string(), fingerprint: z.string().optional() }))
        .readonly(),
      faults: z.array(z.strictObject({ line: z.int(), why: z.string() })).readonly(),
    })
    .optional(),
};

/** Every event by its name. */
export const EVENTS = {
  /** Said whatever was asked for: it changes what a person must do. */
  warning: event("warning", { message: z.string() }),
  help: event("help", { text: z.string() }),
  diagnostic: event("diagnostic", { ...about, ...DiagnosticFields.shape }),
  /** Something was thrown that no person could cause. */
  bug: event("bug", { ...about, message: z.string(), stack: z.string() }),

  version: event("version", { hostkit: z.string(), runtime: z.string() }),
  /** All that is known of one code. */
  explanation: event("explanation", {
    code: z.string(),
    area: z.string(),
    summary: z.string(),
    means: z.string(),
    causes: z.array(z.string()).readonly(),
    steps: z.array(z.string()).readonly(),
    /** The state that the host is in. */
    host: z.string(),
    exitCodes: z.array(z.int()).readonly(),
    see: z.array(z.string()).readonly(),
  }),
  code: event("code", { code: z.string(), summary: z.string(), area: z.string() }),
  /** A script for a shell to read. */
  completion: event("completion", { shell: z.string(), script: z.string() }),
  initialised: event("initialised", { path: z.string(), next: z.array(z.string()).readonly() }),
  checked: event("checked", {
    configPath: z.string(),
    hosts: z.array(z.string()).readonly(),
    resources: count,
  }),
  schema: event("schema", { name: z.string(), schema: z.looseObject({}) }),
  manifest: event("manifest", { host: z.string(), manifest: Manifest }),
  /** The content that a resource will have. */
  rendered: event("rendered", {
    id: z.string(),
    kind: z.string(),
    hosts: z.array(z.string()).readonly(),
    masked: z.boolean(),
    /** Where it is text. */
    text: z.string().optional(),
    /** Of the bytes, unless some are masked. */
    size: count.optional(),
    sha256: z.string().optional(),
    notes: z.array(z.string()).readonly(),
  }),
  facts: event("facts", { ...on, facts: Facts.partial() }),
  /** With the edges between its changes and their reasons. */
  plan: event("plan", { ...on, summary: PlanCounts, plan: Plan }),
  /** What a plan file is; its plan is an event of its own. */
  artifact: event("artifact", PlanFile),
  /** A plan file was written. */
  saved: event("saved", PlanFile),
  /** What is not as declared, and whose doing it is. */
  audit: event("audit", {
    ...on,
    summary: z.strictObject({ outside: count, pending: count, both: count, asDeclared: count }),
    ...part,
    findings: z.array(Finding).readonly(),
  }),
  /** What a host has of what is declared. */
  read: event("read", { ...on, ...part, resources: z.array(Found).readonly() }),
  /** One thing that doctor looked at; with a host where it is of one. */
  check: event("check", {
    ...about,
    check: z.string(),
    health: z.enum(["ok", "warn", "fail", "skipped"]),
    found: z.string(),
    milliseconds: z.number().optional(),
    /** Why it is not well and what to do. */
    diagnostic: DiagnosticFields.optional(),
  }),
  /** What it came to. */
  doctor: event("doctor", {
    summary: z.strictObject({ ok: count, warn: count, fail: count, skipped: count }),
  }),
  /** `fresh`: the plan as it would be now, where the host had moved since the review. */
  outcome: event("outcome", { ...on, outcome: Outcome, fresh: Plan.nullable() }),
  runs: event("runs", { ...on, runs: z.array(RunSummary).readonly() }),
  run: event("run", {
    ...on,
    run: RunSummary,
    plan: Plan.nullable(),
    outcome: Outcome.nullable(),
    /** How many changes came out as the plan had said, of those of which it is known. */
    predictions: z.strictObject({ tested: count, asPredicted: count }).nullable(),
  }),
  pruned: event("pruned", { ...on, removed: z.array(z.string()).readonly() }),
  held: event("held", { ...on, held: z.array(Held).readonly() }),
  forgotten: event("forgotten", { ...on, forgotten: z.array(ResourceId).readonly() }),

  /** Where a host's work is. */
  phase: event("phase", {
    ...about,
    phase: z.enum([
      "compiling",
      "connecting",
      "checking",
      "uploading",
      "reading",
      "recovering",
      "planning",
      "forgetting",
      "applying",
    ]),
    /** Of an upload: 0 to 1. */
    fraction: z.number().min(0).max(1).optional(),
    /** Of an apply: how many changes will be made. */
    changes: count.optional(),
  }),
  /** A change that begins or ends. */
  step: event("step", {
    ...about,
    resource: ResourceId,
    state: z.enum(["started", "done", "failed"]),
  }),
  /** The last of all: what the process ends with, and what became of each host. */
  summary: event("summary", {
    exitCode: z.int(),
    hosts: z
      .array(z.strictObject({ host: z.string(), exitCode: z.int(), result: z.string() }))
      .readonly(),
  }),
} as const;

/** Any line of `--json`. */
export const AnyEvent = z.discriminatedUnion(
  "event",
  Object.values(EVENTS) as [(typeof EVENTS)["plan"], ...(typeof EVENTS)[keyof typeof EVENTS][]],
);

export type EventName = keyof typeof EVENTS;

/** What an event says besides its name and version. */
export type EventBody<Name extends EventName> = Omit<
  z.input<(typeof EVENTS)[Name]>,
  "version" | "event"
>;
