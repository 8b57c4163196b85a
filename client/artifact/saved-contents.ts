import type { SavedContent } from "../../shared/artifact.ts";
import type { ContentRef } from "../../shared/content.ts";
import type { HostKitError } from "../../shared/diagnostic.ts";
import { cliFault } from "../cli/faults.ts";
import { bytes } from "../view/quantity.ts";
import type { Contents } from "../session.ts";
import { sha256 } from "../sha256.ts";

/** Bytes; texts above it are of no use to a reader of the file, and are written as other bytes are. */
const TEXT_LIMIT = 64 * 1024;
/** Bytes of all contents of one artifact: what fits into memory a few times over, on either side. */
const LIMIT = 128 * 1024 * 1024;

/** The bytes of contents for a file: small texts as they are, everything else in base64. */
export async function saveContents(
  refs: readonly ContentRef[],
  contents: Contents,
): Promise<SavedContent[]> {
  const total = refs.reduce((sum, { size }) => sum + size, 0);
  if (total > LIMIT) throw tooLarge(refs, total);
  const saved: SavedContent[] = [];
  for (const ref of refs) {
    const pieces: Uint8Array[] = [];
    for await (const piece of contents.open(ref.sha256)) pieces.push(piece);
    const whole = Buffer.concat(pieces);
    saved.push(
      ref.text && ref.size <= TEXT_LIMIT
        ? { sha256: ref.sha256, text: whole.toString("utf8") }
        : { sha256: ref.sha256, base64: whole.toString("base64") },
    );
  }
  return saved;
}

/** The contents of a file that was read; each was found to be what its digest says. */
export function savedContents(saved: readonly SavedContent[]): Contents {
  const byDigest = new Map(saved.map((content) => [content.sha256 as string, bytesOf(content)]));
  return {
    async *open(digest) {
      const found = byDigest.get(digest);
      if (found === undefined) throw missing("the file", digest);
      yield found;
    },
  };
}

/** Refuses contents that are not what they are called, and files without some that the plan needs. */
export function checkContents(
  name: string,
  {
    saved,
    needed,
  }: { readonly saved: readonly SavedContent[]; readonly needed: readonly ContentRef[] },
): void {
  const there = new Set<string>();
  for (const content of saved) {
    if (sha256(bytesOf(content)) !== content.sha256) throw damaged(name, content.sha256);
    there.add(content.sha256);
  }
  const lost = needed.find((ref) => !there.has(ref.sha256));
  if (lost !== undefined) throw missing(name, lost.sha256);
}

const bytesOf = (content: SavedContent): Buffer =>
  "text" in content ? Buffer.from(content.text, "utf8") : Buffer.from(content.base64, "base64");

function tooLarge(refs: readonly ContentRef[], total: number): HostKitError {
  const largest = refs.reduce((most, { size }) => Math.max(most, size), 0);
  return cliFault(
    "HK5083",
    `The host needs ${bytes(total)} of contents for it (the largest is ${bytes(largest)}), and a plan file holds ${bytes(LIMIT)}. Push without a file, or bring large files to the host in another way.`,
  );
}

const damaged = (name: string, digest: string) =>
  cliFault(
    "HK5084",
    `${name} has a content ${digest.slice(0, 12)}… whose bytes are others than its digest says. Nothing was contacted. Make the plan again.`,
  );

const missing = (name: string, digest: string) =>
  cliFault(
    "HK5084",
    `${name} should hold the content ${digest.slice(0, 12)}…, which the plan needs, and does not. Nothing was changed. Take the file as \`hostkit plan --out\` wrote it, or make the plan again.`,
  );
