import * as z from "zod";
import { canonical } from "./canonical.ts";
import { Intent } from "./intents.ts";
import { Resource } from "./resources/registry.ts";
import { Selection } from "./selection.ts";

/** The project compiled for one host: desired resources in declaration order, plain JSON. */
export const Manifest = z.strictObject({
  version: z.literal(1),
  project: z.string().min(1),
  host: z.string().min(1),
  resources: z.array(Resource),
  /** What is noted beside them. */
  intents: z.array(Intent).optional(),
  /** Which part of the declaration the resources are; absent: all of it. */
  selection: Selection.optional(),
});
export type Manifest = z.output<typeof Manifest>;

/** The form a manifest's digest is taken of: where a resource was declared, and what is noted beside it, change nothing. */
export function manifestForDigest({ intents: _intents, ...manifest }: Manifest): string {
  const resources = manifest.resources.map(({ source: _source, ...resource }) => resource);
  return canonical({ ...manifest, resources });
}
