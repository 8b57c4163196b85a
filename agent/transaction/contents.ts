import { createHash } from "node:crypto";
import type { ContentRef } from "../../shared/content.ts";
import { HostKitError } from "../../shared/diagnostic.ts";
import type { Host, LookingHost } from "../host/host.ts";
import { writePrivate } from "./places.ts";

/** Where the bytes of a run's contents come from. */
export interface ContentSource {
  open(ref: ContentRef): AsyncIterable<Uint8Array>;
}

/** Bytes read at once. */
const PIECE = 256 * 1024;

/**
 * All contents of a run in one file, one behind the other as the plan lists them: one file to write and to wait for,
 * however many there are. A run that is cut off can be finished from it.
 */
export async function packContents(
  host: Host,
  path: string,
  { refs, source }: { readonly refs: readonly ContentRef[]; readonly source: ContentSource },
): Promise<void> {
  if (refs.length === 0) return;
  async function* all() {
    for (const ref of refs) yield* source.open(ref);
  }
  await writePrivate(host, path, all());
}

/** The contents of such a file, each checked against its digest while it is read. */
export function contentsIn(
  host: LookingHost,
  path: string,
  refs: readonly ContentRef[],
): ContentSource {
  const starts = new Map<string, number>();
  let end = 0;
  for (const { sha256, size } of refs) {
    starts.set(sha256, end);
    end += size;
  }
  return {
    async *open({ sha256, size }) {
      const first = starts.get(sha256);
      if (first === undefined) throw lost(path, sha256);
      const hash = createHash("sha256");
      for (let offset = 0; offset < size;) {
        const length = Math.min(PIECE, size - offset);
        const piece = await host.readRange(path, { start: first + offset, length });
        if (piece === null || piece.length === 0) throw lost(path, sha256);
        hash.update(piece);
        offset += piece.length;
        // Whoever writes it to a file gives it its name only after this has ended well.
        yield piece;
      }
      if (hash.digest("hex") !== sha256) throw lost(path, sha256);
    },
  };
}

function lost(path: string, sha256: string): HostKitError {
  return new HostKitError({
    severity: "error",
    side: "host",
    code: "HK4042",
    summary: "A content of the run is damaged or missing on the host.",
    detail: `${path} should hold the content ${sha256.slice(0, 12)}…, and does not. Nothing was written from it. Push again: contents are sent anew.`,
  });
}
