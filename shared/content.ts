import * as z from "zod";
import { Digest } from "./brands.ts";

/**
 * The content of a file, by reference. Manifests and plans carry references; the bytes travel apart, and only when
 * the host does not have them.
 */
export const ContentRef = z.strictObject({
  sha256: Digest,
  /** Bytes. */
  size: z.int().min(0),
  /** Whether the bytes are text a person can read in a diff. */
  text: z.boolean(),
});
export type ContentRef = z.output<typeof ContentRef>;

/** Texts above this size are compared by digest only: a diff of them helps nobody. Bytes. */
export const DIFF_LIMIT = 256 * 1024;
