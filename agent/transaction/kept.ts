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
      // Named after its content; a copy of the same content has a number behind it.
      return entry?.type !== "file" || entry.sha256 !== basename(place).split(".")[0];
    }),
  );
}
