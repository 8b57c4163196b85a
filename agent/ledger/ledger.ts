import * as z from "zod";
import { Digest, ResourceId } from "../../shared/brands.ts";
import { Due } from "../../shared/change.ts";
import type { Manifest } from "../../shared/manifest.ts";
import { Owned } from "../../shared/plan.ts";
import { OnRemove, type Resource } from "../../shared/resources/registry.ts";

/**
 * The host's own record of what HostKit owns there, and of what each service was last started with. Plain JSON, one
 * resource a line.
 */

/** Raised when an older agent could not understand a newer ledger. */
const FORMAT = 1;

/** Whose declaration a resource belongs to. */
export const Owner = z.strictObject({ project: z.string(), host: z.string() });
export type Owner = z.output<typeof Owner>;

type Recorded = Pick<Resource, "id" | "protect" | "onRemove">;

/** The rest is checked when it is needed, see `removals.ts`: of what is still declared nobody asks what it was. */
const Recorded = z.custom<Recorded>(
  (value) =>
    typeof value === "object" &&
    value !== null &&
    "id" in value &&
    ResourceId.safeParse(value.id).success &&
    (!("protect" in value) || value.protect === true) &&
    (!("onRemove" in value) || OnRemove.safeParse(value.onRemove).success),
  "must be a resource",
);

const Entry = z.strictObject({
  owner: Owner,
  ...Owned.shape,
  /** As last declared. */
  resource: Recorded,
  /** The run that last changed it or its declaration. */
  run: z.string(),
});
export type Entry = z.output<typeof Entry>;

/** What each input of a service was when it was started last. */
const Started = z.record(ResourceId, Digest);
export type Started = z.output<typeof Started>;

/** What a service still has to be made to do, since a run that changed what it reads did not come to it. */
const Owed = z.strictObject({
  follow: Due,
  /** What changed: its inputs, or itself. */
  inputs: z.array(ResourceId),
  run: z.string(),
});
export type Owed = z.output<typeof Owed>;

const Written = z.strictObject({
  format: z.literal(FORMAT),
  resources: z.record(ResourceId, Entry),
  started: z.record(ResourceId, Started),
  owed: z.record(ResourceId, Owed),
});

export interface Ledger {
  readonly resources: ReadonlyMap<ResourceId, Entry>;
  readonly started: ReadonlyMap<ResourceId, Started>;
  readonly owed: ReadonlyMap<ResourceId, Owed>;
}

export const EMPTY: Ledger = { resources: new Map(), started: new Map(), owed: new Map() };

export const ownerOf = ({ project, host }: Manifest): Owner => ({ project, host });

export const isSameOwner = (a: Owner, b: Owner): boolean =>
  a.project === b.project && a.host === b.host;

type Parsed = { readonly ledger: Ledger } | { readonly fault: string; readonly newer?: true };

/** What is written in a ledger, or why it can't be understood. */
export function parseLedger(text: string): Parsed {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { fault: `it is not whole JSON (${error instanceof Error ? error.message : ""})` };
  }
  const format: unknown =
    typeof value === "object" && value !== null && "format" in value ? value.format : undefined;
  if (typeof format === "number" && format > FORMAT) {
    return { fault: `its format is ${format}, and this agent knows ${FORMAT}`, newer: true };
  }
  const parsed = Written.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return { fault: `at ${issue?.path.join(" → ") || "the top"}: ${issue?.message ?? ""}` };
  }
  const { resources, started, owed } = parsed.data;
  const ledger = { resources: mapOf(resources), started: mapOf(started), owed: mapOf(owed) };
  const odd = [...ledger.resources].find(([id, { resource }]) => resource.id !== id);
  return odd === undefined ? { ledger } : { fault: `${odd[0]} stands for ${odd[1].resource.id}` };
}

const mapOf = <Value>(record: Readonly<Record<string, Value>>): Map<ResourceId, Value> =>
  new Map(Object.entries(record)) as Map<ResourceId, Value>;

/** One line for each entry, so that a person can read it, and tools that go by lines can. */
export function renderLedger({ resources, started, owed }: Ledger): string {
  return `{
"format": ${FORMAT},
"resources": ${section(resources)},
"started": ${section(started)},
"owed": ${section(owed)}
}
`;
}

function section(entries: ReadonlyMap<ResourceId, unknown>): string {
  const lines = [...entries].map(([id, one]) => ` ${JSON.stringify(id)}: ${JSON.stringify(one)}`);
  return lines.length === 0 ? "{}" : `{\n${lines.join(",\n")}\n}`;
}
