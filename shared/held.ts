import * as z from "zod";
import { ResourceId } from "./brands.ts";
import { Owned } from "./plan.ts";

/** What a host's ledger says of a resource, as far as it matters to whoever lets go of it. */
export const Held = z.strictObject({
  id: ResourceId,
  origin: Owned.shape.origin,
  protect: z.boolean(),
  /** Whose declaration it belongs to: project and host. */
  project: z.string(),
  host: z.string(),
  /** The run that declared it last. */
  run: z.string(),
});
export type Held = z.output<typeof Held>;
