import { createTwoFilesPatch } from "diff";
import type { Difference } from "../shared/change.ts";
import { type ContentRef, DIFF_LIMIT } from "../shared/content.ts";
import type { Change } from "../shared/plan.ts";
import type { Kind, ResourceOf } from "../shared/resources/registry.ts";
import type { LookingHost } from "./host/host.ts";
import { driverOf } from "./resources/drivers.ts";
import { maskedPairs } from "./patch-masked.ts";
import { textOf } from "./text-of.ts";
import type { SecretValues } from "./secrets/secret-values.ts";

/** Gives the texts of contents by digest; the client is asked once for all of them. */
export type TextSource = (wanted: readonly ContentRef[]) => Promise<ReadonlyMap<string, string>>;

interface Pair {
  readonly change: Change;
  readonly difference: Difference;
  readonly ref: ContentRef;
  readonly path: string;
}

/** Milliseconds one diff may take; two large texts without a common line are told by size and digest instead. */
const DIFF_TIMEOUT = 1000;

/** Adds a unified diff to every difference between two texts. What the host has is read here and stays here. */
export async function addPatches(
  changes: readonly Change[],
  {
    host,
    texts,
    secrets,
  }: {
    readonly host: Pick<LookingHost, "readFiles">;
    readonly texts: TextSource;
    /** Unless given, no text that has some is shown. */
    readonly secrets?: SecretValues;
  },
): Promise<Change[]> {
  const pairs = changes.flatMap((change) =>
    change.differences.flatMap((d) => pairOf(change, d) ?? []),
  );
  const before = await host.readFiles(
    pairs.map((pair) => pair.path),
    { limit: DIFF_LIMIT },
  );
  const after =
    pairs.length === 0 ? new Map<string, string>() : await texts(pairs.map((pair) => pair.ref));
  const patches = new Map<Difference, string>();
  for (const [index, { difference, ref, path }] of pairs.entries()) {
    const found = before[index];
    const old = found == null ? undefined : textOf(found);
    const now = after.get(ref.sha256);
    const made = old === undefined || now === undefined ? undefined : unified(path, old, now);
    if (made !== undefined) patches.set(difference, made);
  }
  if (secrets !== undefined) {
    for (const { change, difference, before: old, after: now } of await maskedPairs(changes, {
      host,
      secrets,
    })) {
      const made = unified(change.id, old, now);
      if (made !== undefined) patches.set(difference, made);
    }
  }
  return changes.map((change) => ({
    ...change,
    differences: change.differences.map((d) => withPatch(change, d, patches.get(d))),
  }));
}

/** A difference between contents by reference, both small enough and the new one text. */
function pairOf(change: Change, difference: Difference): Pair | undefined {
  const { before, after } = difference;
  if (!isRef(before) || !isRef(after)) return undefined;
  if (!after.text || after.size > DIFF_LIMIT || before.size > DIFF_LIMIT) return undefined;
  const path = contentPath(change.resource);
  return path === undefined ? undefined : { change, difference, ref: after, path };
}

function withPatch(change: Change, difference: Difference, patch: string | undefined): Difference {
  if (patch !== undefined) return { ...difference, patch };
  const { before, after } = difference;
  const multiline = typeof after === "string" && after.includes("\n");
  if (typeof before !== "string" || !multiline) return difference;
  const made = unified(change.id, before, after);
  return made === undefined ? difference : { ...difference, patch: made };
}

function contentPath<K extends Kind>(resource: ResourceOf<K>): string | undefined {
  return driverOf(resource.kind).contentPath?.(resource.desired);
}

function isRef(value: Difference["before"]): value is ContentRef {
  return typeof value === "object" && value !== null && "sha256" in value;
}

function unified(name: string, before: string, after: string): string | undefined {
  return createTwoFilesPatch(name, name, before, after, "on the host", "declared", {
    context: 3,
    timeout: DIFF_TIMEOUT,
  });
}
