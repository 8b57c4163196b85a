import * as z from "zod";
import type { UnitName } from "../brands.ts";
import { CHECKS, hasCheck, NO_CHECK, UnitRef } from "../checks/checks.ts";
import { describeChecks } from "../checks/describe-checks.ts";
import { bounded } from "../change.ts";
import { durationText } from "../duration-text.ts";
import { defineKind, type Need } from "./define-kind.ts";

/** Waits until what was started can do its work. It has nothing on the host: it is run after what it waits for has changed. */
export const readiness = defineKind({
  kind: "readiness",
  key: "name",
  desired: z
    .strictObject({
      /** What it is called, for plans and messages: `"api"`. */
      name: z
        .string()
        .regex(
          /^[A-Za-z0-9][A-Za-z0-9._-]*$/,
          "must be one word: letters, digits, `.`, `_` and `-`",
        )
        .max(128),
      /**
       * The units it is about: it is run after they were started or restarted, and tells their journal when it fails; units
       * that a check names are among them anyway. `of: [api]`
       */
      of: z
        .array(UnitRef)
        .transform((names) => [...new Set(names)])
        .default([]),
      ...CHECKS,
      /** How long to wait; 60 s unless set. Afterwards the run fails, and is taken back. `timeout: "2m"` */
      timeout: durationText({ from: "100ms", to: "1h" }).default("1m"),
      /** How long to wait before the second look, half as long again before each further one, at most 2 s; 100 ms unless set. `interval: "1s"` */
      interval: durationText({ from: "10ms", to: "10m" }).default("100ms"),
      /** How often in a row all checks have to pass; once unless set. `successes: 3` */
      successes: z.int().min(1).max(100).default(1),
    })
    .superRefine((desired, context) => {
      if (!hasCheck(desired)) context.addIssue({ code: "custom", message: NO_CHECK });
      const { log, of } = desired;
      if (log === undefined || log.unit !== undefined || of.length === 1) return;
      context.addIssue({
        code: "custom",
        path: ["log"],
        message: "must say of which `unit`, since the readiness is not of one alone",
      });
    })
    .transform((desired) => {
      const { log, of } = desired;
      const [only] = of;
      return log === undefined || log.unit !== undefined || only === undefined
        ? desired
        : { ...desired, log: { ...log, unit: only } };
    }),
  observed: z.looseObject({}),
  contentFields: [],
  removal: "keep",
  triggered: { doing: "waiting for" },
  handle: ({ name }) => ({ name }),
  provides: () => [],
  needs: (desired) => [
    ...unitsOf(desired).map((name): Need => ({
      claim: `unit:${name}`,
      reason: "readiness",
      match: "exact",
      declared: true,
    })),
    // A program of the declaration's own has to be there.
    ...(desired.command ?? [])
      .filter((word) => word.startsWith("/"))
      .map((path): Need => ({ claim: `path:${path}`, reason: "readiness", match: "exact" })),
  ],
  contents: () => [],
  diff: () => [],
  created: (desired) => [
    ...describeChecks(desired).map(({ field, text }) => ({ field, before: null, after: text })),
    { field: "timeout", before: null, after: desired.timeout },
  ],
  removed: () => [],
  follow: () => null,
  predict: ({ timeout }) =>
    bounded({ done: `ready within ${timeout}`, failed: "not ready by then, and the run fails" }),
});

interface Waiting {
  readonly of: readonly UnitName[];
  readonly unit?: UnitName | undefined;
  readonly log?: { readonly unit?: UnitName | undefined } | undefined;
}

/** All units it has to do with, each once. */
export function unitsOf({ of, unit, log }: Waiting): UnitName[] {
  return [...new Set([...of, unit, log?.unit].filter((name) => name !== undefined))];
}
