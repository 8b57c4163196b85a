import { basename } from "node:path";
import type { Host } from "../host/host.ts";
import type { Intent } from "./journal.ts";

/** Forgets kept files that were never replaced, or were put back: no second link may stay on what is in use. */
export async function forgetUnused(
  host: Pick<Host, "forgetKept">,
  intents: readonly Intent[],
): Promise<void> {
  for (const [path, kept] of intents.flatMap((intent) => Object.entries(intent.kept))) {
    await host.forgetKept(kept, path);
  }
}

/**
 * Keeps once more what was forgotten since it had not been replaced, for a run that goes on. What is there by now is kept only
 * where it is still what was kept before.
 */
export async function keepAgain(
  host: Pick<Host, "inspect" | "keepFile">,
  intents: readonly Intent[],
): Promise<void> {
  const pairs = intents.flatMap((intent) => Object.entries(intent.kept));
  const live = await host.inspect(
    pairs.map(([path]) => path),
    { digest: true },
  );
  const kept = await host.inspect(
    pairs.map(([, place]) => place),
    { digest: false },
  );
  for (const [index, [path, place]] of pairs.entries()) {
    const entry = live[index];
    if (
      kept[index]?.type === "absent" &&
      entry?.type === "file" &&
      entry.sha256 === digestIn(place)
    )
      await host.keepFile(path, place);
  }
}

const lockedOf = (place: string) => `${place}.locked`;

/** Kept files that may hold secrets, and whether each is there open, locked, or both. */
async function secretKept(host: Pick<Host, "inspect">, intents: readonly Intent[]) {
  const places = intents.flatMap(({ secret, kept }) =>
    secret === true ? Object.values(kept) : [],
  );
  if (places.length === 0) return [];
  const entries = await host.inspect([...places, ...places.map(lockedOf)], { digest: false });
  const isThere = (index: number) => entries[index]?.type === "file";
  return places.map((place, index) => ({
    place,
    isOpen: isThere(index),
    isLocked: isThere(index + places.length),
  }));
}

/** When a run is over: what it replaced can still be put back, and no copy of the disk tells what it was. */
export async function lockKept(
  host: Pick<Host, "inspect" | "lockFile">,
  intents: readonly Intent[],
): Promise<void> {
  for (const { place, isOpen } of await secretKept(host, intents)) {
    if (isOpen) await host.lockFile(place, lockedOf(place));
  }
}

/** Before anything is put back. One that can't be unlocked is missed later, and told as not kept whole. */
export async function unlockKept(
  host: Pick<Host, "inspect" | "unlockFile">,
  intents: readonly Intent[],
): Promise<void> {
  for (const { place, isOpen, isLocked } of await secretKept(host, intents)) {
    if (isLocked && !isOpen) await host.unlockFile(lockedOf(place), place).catch(() => undefined);
  }
}

/** Named after its content; a copy of the same content has a number behind it. */
export const digestIn = (place: string) => basename(place).split(".")[0];

/**
 * Kept files that are not what was kept any more: removed, or written to by a process that still had the old file open. None
 * of them is put in anybody's place.
 */
export async function damagedKept(
  host: Pick<Host, "inspect">,
  intents: readonly Intent[],
): Promise<ReadonlySet<string>> {
  const places = intents.flatMap((intent) => Object.values(intent.kept));
  const entries = await host.inspect(places, { digest: true });
  return new Set(
    places.filter((place, index) => {
      const entry = entries[index];
      return entry?.type !== "file" || entry.sha256 !== digestIn(place);
    }),
  );
}
