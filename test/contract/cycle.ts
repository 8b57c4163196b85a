import { createHash } from "node:crypto";
import { SecretValues } from "../../agent/secrets/secret-values.ts";
import { readNames } from "../../agent/host/names.ts";
import type {
  ApplyContext,
  Driver,
  ReadContext,
  Reading,
  Step,
} from "../../agent/resources/driver.ts";
import type { Digest } from "../../shared/brands.ts";
import type { Difference } from "../../shared/change.ts";
import type { ContentRef } from "../../shared/content.ts";
import type { Claim } from "../../shared/resources/define-kind.ts";
import {
  type Desired,
  type DesiredInput,
  idOf,
  type Kind,
  kindOf,
  type ResourceOf,
} from "../../shared/resources/registry.ts";
import type { MemoryHost } from "../support/memory-host/memory-host.ts";

/** Read, diff and apply for one driver alone: what plan and apply do, without the engine around it. */

/** Text contents by digest; `contentOf` of the same text finds them again. */
const CONTENTS = new Map<string, Uint8Array>();

export function contentOf(text: string): ContentRef {
  const bytes = new TextEncoder().encode(text);
  const sha256 = createHash("sha256").update(bytes).digest("hex") as Digest;
  CONTENTS.set(sha256, bytes);
  return { sha256, size: bytes.length, text: true };
}

export function resourceOf<K extends Kind>(kind: K, input: DesiredInput<K>): ResourceOf<K> {
  const definition = kindOf(kind);
  const desired = definition.desired.parse(input) as Desired<K>;
  const key = (desired as unknown as Record<string, string>)[definition.key] ?? "";
  return { id: idOf(kind, key), kind, desired, dependsOn: [] };
}

export interface ReadOptions {
  /** What other resources of the manifest bring. */
  readonly provided?: readonly Claim[];
}

export async function read<K extends Kind>(
  driver: Driver<K>,
  resources: readonly ResourceOf<K>[],
  { host, provided = [] }: ReadOptions & { host: MemoryHost },
): Promise<Reading<K>[]> {
  const names = await readNames(host);
  const context: ReadContext = {
    host,
    names,
    later: names,
    links: new Map(),
    provided: (claim) => provided.includes(claim),
  };
  return driver.read(resources, context);
}

/** The step a plan would hold, of what is run as if something before it had changed; `undefined` when there is nothing to do. A problem is thrown. */
export function stepFor<K extends Kind>(
  resource: ResourceOf<K>,
  reading: Reading<K>,
): Step<K> | undefined {
  if ("problem" in reading)
    throw new Error(`problem: ${reading.problem.code} ${reading.problem.detail}`);
  const { observed, notes = [] } = reading;
  const kind = kindOf(resource.kind);
  const isNew = observed.state === "absent" || kind.triggered !== undefined;
  const differences: readonly Difference[] = isNew
    ? [...notes, ...kind.created(resource.desired)]
    : kind.diff(resource.desired, observed);
  if (observed.state === "present" && differences.length === 0) return undefined;
  const follow = kind.follow(resource.desired, observed, differences);
  return { resource, desired: resource.desired, observed, differences, follow, removal: false };
}

/** What a driver said of its steps, in order: `started file:/etc/motd`. */
type Events = string[];

export function applyContext(
  host: MemoryHost,
  events: Events,
  signal: AbortSignal = new AbortController().signal,
): ApplyContext {
  return {
    host,
    names: () => readNames(host),
    secrets: new SecretValues(host),
    async *content({ sha256 }) {
      const bytes = CONTENTS.get(sha256);
      if (bytes === undefined) throw new Error(`no content ${sha256}`);
      yield bytes;
    },
    started: (step) => void events.push(`started ${step.resource.id}`),
    done: (step) => void events.push(`done ${step.resource.id}`),
    stays: () => false,
    leave: (step) => void events.push(`left ${step.resource.id}`),
    signal,
  };
}

/** Reads, and makes what differs; gives the steps that were made and what the driver said of them. */
export async function cycle<K extends Kind>(
  driver: Driver<K>,
  resources: readonly ResourceOf<K>[],
  options: ReadOptions & { host: MemoryHost },
): Promise<{ steps: Step<K>[]; events: Events }> {
  const readings = await read(driver, resources, options);
  const steps = resources.flatMap(
    (resource, index) => stepFor(resource, readings[index] as Reading<K>) ?? [],
  );
  return { steps, events: await applySteps(driver, steps, options.host) };
}

export async function applySteps<K extends Kind>(
  driver: Driver<K>,
  steps: readonly Step<K>[],
  host: MemoryHost,
): Promise<Events> {
  const events: Events = [];
  if (steps.length > 0) await driver.apply(steps, applyContext(host, events));
  return events;
}
