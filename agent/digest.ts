import { createHash } from "node:crypto";
import type { Digest } from "../shared/brands.ts";
import { canonical } from "../shared/canonical.ts";

export function sha256(data: string | Uint8Array): Digest {
  return createHash("sha256").update(data).digest("hex") as Digest;
}

/** Digest of a value's canonical form: the same for equal values, whoever built them. */
export function digestOf(value: unknown): Digest {
  return sha256(canonical(value));
}
