import * as z from "zod";
import { Digest, ResourceId } from "../brands.ts";
import { Finding } from "../drift.ts";
import { Examination } from "../examination.ts";
import { Facts, FactSection, InitSystem, OsFacts } from "../facts.ts";
import { Found } from "../found.ts";
import { Held } from "../held.ts";
import { Manifest } from "../manifest.ts";
import { Outcome } from "../outcome.ts";
import { Plan } from "../plan.ts";
import { OperatorSecret } from "../secret.ts";
import { OnFailure, PendingRun, RunEvent, RunId, RunSummary } from "../run.ts";
import { WireDiagnostics } from "./wire-diagnostic.ts";

/**
 * Every message between client and agent. The agent says `Hello` first; then the client sends requests, each
 * answered by any number of events and one response or error under the request's id. Contents travel as `Blob`
 * frames under the id of the request that needs them.
 */

/** Raised when an older peer could not understand a newer one. */
export const PROTOCOL = 1;

export const Hello = z.strictObject({
  protocol: z.strictObject({ min: z.int(), max: z.int() }),
  version: z.string(),
  agentId: z.string(),
  uid: z.int(),
  hostname: z.string(),
  machineId: z.string(),
  bootId: z.string(),
  kernel: z.string(),
  arch: z.string(),
  os: OsFacts,
  init: InitSystem,
  /** Milliseconds since the epoch, by the host's clock. */
  time: z.number(),
});
export type Hello = z.output<typeof Hello>;

const diagnostics = WireDiagnostics;

/** Milliseconds to wait for another run on the host to end. */
const wait = z.int().min(0);

/** How a run ended; without an outcome it never began, and the diagnostics say why. */
const runEnded = z.strictObject({
  outcome: Outcome,
  diagnostics,
  /** Made when the host had moved. */
  fresh: Plan.nullable(),
});

/** One page: each verb with what is asked, what is said meanwhile, and what is answered. */
const VERBS = {
  facts: {
    request: z.strictObject({ only: z.array(FactSection) }),
    event: z.never(),
    response: Facts.partial(),
  },
  plan: {
    /** With the values of the secrets that the operator's side looks up. */
    request: z.strictObject({ manifest: Manifest, secrets: z.array(OperatorSecret) }),
    /** Texts the agent needs for its diffs; the client sends them as blobs under this request's id. */
    event: z.strictObject({ type: z.literal("need"), contents: z.array(Digest) }),
    response: z.strictObject({
      plan: Plan.nullable(),
      diagnostics,
      /** An earlier run that has to be finished or taken back. */
      pending: PendingRun.nullable(),
    }),
  },
  /** Plans what was reviewed as an artifact once more, to see whether it still holds. Changes nothing. */
  planAgain: {
    /** The artifact without its contents, as it was read: the agent checks it for itself. */
    request: z.strictObject({ artifact: z.unknown(), secrets: z.array(OperatorSecret) }),
    /** As for `plan`; none that the artifact does not list is asked for. */
    event: z.strictObject({ type: z.literal("need"), contents: z.array(Digest) }),
    response: z.strictObject({
      /** Whether exactly the reviewed changes would be planned now; then `apply` may name the reviewed plan. */
      holds: z.boolean(),
      /** What would be planned now. */
      fresh: Plan,
      diagnostics,
      pending: PendingRun.nullable(),
    }),
  },
  /** How the host, what was applied and what is declared stand to each other. Nothing that comes of it can be applied. */
  audit: {
    request: z.strictObject({ manifest: Manifest, secrets: z.array(OperatorSecret) }),
    event: z.strictObject({ type: z.literal("need"), contents: z.array(Digest) }),
    response: z.strictObject({
      findings: z.array(Finding),
      asDeclared: z.int().min(0),
      /** Errors: what could not be looked at. */
      diagnostics,
      pending: PendingRun.nullable(),
    }),
  },
  /** Whether the host can be worked on. */
  examine: {
    request: z.strictObject({}),
    event: z.never(),
    response: Examination,
  },
  /** What the host has of all that is declared. */
  read: {
    request: z.strictObject({ manifest: Manifest, secrets: z.array(OperatorSecret) }),
    event: z.never(),
    response: z.strictObject({
      found: z.array(Found),
      diagnostics,
      pending: PendingRun.nullable(),
    }),
  },
  apply: {
    /** A plan this agent made in this session; its contents follow as blobs, all of them, without being asked. */
    request: z.strictObject({
      run: RunId,
      planDigest: Digest,
      onFailure: OnFailure,
      wait,
      /** Milliseconds there are to confirm a plan that could lock the operator out, when all of it is done. */
      confirmWithin: z.int().min(0),
    }),
    event: RunEvent,
    response: runEnded,
  },
  /** The events of a run from the one behind `after` on, and its end. */
  attach: {
    request: z.strictObject({ run: RunId, after: z.int().min(0) }),
    event: RunEvent,
    response: runEnded,
  },
  /** The word that the operator can still come in; said over a connection made after the run had done all. */
  confirm: {
    request: z.strictObject({ run: RunId }),
    event: z.never(),
    response: z.strictObject({}),
  },
  /** Brings a run that has not come to an end to one: by its own policy, or by finishing it; `null`: the one there is. */
  recover: {
    request: z.strictObject({
      run: RunId.nullable(),
      goal: z.enum(["settle", "finish"]),
      /** As many as are known; what is finished may need some. */
      secrets: z.array(OperatorSecret),
      wait,
    }),
    event: RunEvent,
    response: runEnded,
  },
  /** A plan that takes a run back, for `apply`; `null`: the last one that changed something. */
  planRollback: {
    request: z.strictObject({ run: RunId.nullable() }),
    event: z.never(),
    response: z.strictObject({ plan: Plan.nullable(), diagnostics, pending: z.null() }),
  },
  runs: {
    request: z.strictObject({ run: RunId.nullable() }),
    event: z.never(),
    /** Newest first; with `run`, that one with what it planned and what became of it. */
    response: z.strictObject({
      runs: z.array(RunSummary),
      plan: Plan.nullable(),
      outcome: Outcome.nullable(),
      diagnostics,
      pending: PendingRun.nullable(),
    }),
  },
  /** Removes the records of all finished runs but the newest `keep`. */
  prune: {
    request: z.strictObject({ keep: z.int().min(0) }),
    event: z.never(),
    response: z.strictObject({ removed: z.array(RunId) }),
  },
  /** What the ledger says of resources, to be reviewed before they are let go of. */
  held: {
    request: z.strictObject({ ids: z.array(ResourceId).min(1) }),
    event: z.never(),
    response: z.strictObject({ held: z.array(Held) }),
  },
  /** Lets go of resources that were reviewed, all or none. Nothing but the ledger is changed. */
  forget: {
    request: z.strictObject({ reviewed: z.array(Held).min(1), wait }),
    event: z.never(),
    response: z.strictObject({}),
  },
} as const;

export type Verb = keyof typeof VERBS;
export type RequestOf<V extends Verb> = z.output<(typeof VERBS)[V]["request"]>;
export type EventOf<V extends Verb> = z.output<(typeof VERBS)[V]["event"]>;
export type ResponseOf<V extends Verb> = z.output<(typeof VERBS)[V]["response"]>;

/** What leaves a host as it is by construction: the agent answers it with a door that only looks. */
export const LOOKS: readonly Verb[] = ["audit", "examine", "read"];

/** The schemas of what an agent says for a verb; indexing by a type parameter loses their types, hence the cast. */
export function answersOf<V extends Verb>(verb: V) {
  const { event, response } = VERBS[verb];
  return { event, response } as unknown as {
    readonly event: z.ZodType<EventOf<V>>;
    readonly response: z.ZodType<ResponseOf<V>>;
  };
}

const [firstVerb, ...otherVerbs] = (Object.keys(VERBS) as Verb[]).map((verb) =>
  z.strictObject({ verb: z.literal(verb), body: VERBS[verb].request }),
);
/** A request frame's payload. */
export const Request = z.discriminatedUnion("verb", [
  firstVerb as NonNullable<typeof firstVerb>,
  ...otherVerbs,
]) as unknown as z.ZodType<{ [V in Verb]: { verb: V; body: RequestOf<V> } }[Verb]>;

/** Payload of a frame that ends a request with problems instead of a response. */
export const Failure = z.strictObject({ diagnostics });

/** A piece of a content. `offset` in bytes; pieces of one content come in order. */
export const Blob = z.strictObject({
  sha256: Digest,
  offset: z.int().min(0),
  bytes: z.instanceof(Uint8Array),
  last: z.boolean(),
});
export type Blob = z.output<typeof Blob>;

export const Empty = z.strictObject({});
