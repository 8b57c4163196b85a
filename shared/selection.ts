import * as z from "zod";
import { ResourceId } from "./brands.ts";

/** Which part of a declaration a manifest or a plan is. A part never removes anything: what is not in it may well be declared. */
export const Selection = z.strictObject({
  /** What was asked for: services by name, and resources. */
  services: z.array(z.string()),
  only: z.array(ResourceId),
  /** What was to be left out. */
  except: z.array(ResourceId),
  /** What came along, since something that was asked for relies on it. */
  needed: z.array(ResourceId),
  /** What was left out too, since it relies on something that was to be left out. */
  dependants: z.array(ResourceId),
  /** How many of the declaration's resources are not in it. */
  left: z.int().min(0),
});
export type Selection = z.output<typeof Selection>;
