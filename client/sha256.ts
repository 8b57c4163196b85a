import { createHash } from "node:crypto";
import type { Digest } from "../shared/brands.ts";

export function sha256(data: string | Uint8Array): Digest {
  return createHash("sha256").update(data).digest("hex") as Digest;
}
