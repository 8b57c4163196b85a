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
