import * as z from "zod";
import { ResourceId } from "./brands.ts";
import { Difference } from "./change.ts";
import { WireDiagnostic } from "./protocol/wire-diagnostic.ts";

/** One declared resource as its host has it. */
export const Found = z.discriminatedUnion("state", [
  z.strictObject({ id: ResourceId, state: z.literal("absent") }),
  z.strictObject({
    id: ResourceId,
    state: z.literal("present"),
    /** What may be told of it; contents by size and digest. */
    fields: z.array(
      Difference.pick({ field: true, keys: true }).extend({ value: Difference.shape.before }),
    ),
  }),
  /** Something is there, or may be, that can't be managed as it is declared. */
  z.strictObject({ id: ResourceId, state: z.literal("problem"), problem: WireDiagnostic }),
]);
export type Found = z.output<typeof Found>;
