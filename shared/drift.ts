import * as z from "zod";
import { ResourceId } from "./brands.ts";
import { Difference } from "./change.ts";
import { Change } from "./plan.ts";

/** How a host, what was last applied to it and what is declared for it stand to each other, resource by resource. */

export const Drift = z.enum([
  /** Somebody changed it on the host; it is declared as it was applied. */
  "outside",
  /** It is on the host as it was applied; the declaration moved on, or never was applied. */
  "pending",
  /** Both moved, and not to the same. */
  "both",
]);
export type Drift = z.output<typeof Drift>;

/** What is known of one resource. */
export interface Standing {
  /** What a push would do: change the host, change only what is written down of it, or nothing. */
  readonly push: "host" | "record" | "nothing";
  /** How it is on the host, against what was applied last; `never`: nothing was. */
  readonly found: "as-applied" | "otherwise" | "never";
  /** How it is declared, against what was applied last. */
  readonly declared: "as-applied" | "otherwise";
}

/** `undefined`: the host is as declared, however it came to be. */
export function driftOf({ push, found, declared }: Standing): Drift | undefined {
  if (push === "nothing") return undefined;
  // Nothing of the host would be lost.
  if (push === "record" || found !== "otherwise") return "pending";
  return declared === "as-applied" ? "outside" : "both";
}

/** One resource that is not as declared. */
export const Finding = z.strictObject({
  id: ResourceId,
  drift: Drift,
  /** What a push would do about it. */
  change: Change,
  /** What of it is not as it was applied last: `before` on the host, `after` as it was applied. */
  outside: z.array(Difference),
  /** What was applied is not on the host any more. */
  gone: z.literal(true).optional(),
  /** Who has it and since when, where something is there that was changed outside. */
  touched: z
    .strictObject({
      /** Milliseconds since the epoch, by the host's clock. */
      changed: z.number(),
      modified: z.number(),
      owner: z.string(),
    })
    .optional(),
});
export type Finding = z.output<typeof Finding>;

/** Counts for the last line of an audit. */
export type DriftCounts = Readonly<Record<Drift, number>>;

export function countDrift(findings: readonly Pick<Finding, "drift">[]): DriftCounts {
  const count = (drift: Drift) => findings.filter((each) => each.drift === drift).length;
  return { outside: count("outside"), pending: count("pending"), both: count("both") };
}
