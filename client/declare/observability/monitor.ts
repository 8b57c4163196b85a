import * as z from "zod";
import { ResourceId } from "../../../shared/brands.ts";
import { CHECKS, hasCheck, NO_CHECK } from "../../../shared/checks/checks.ts";
import { Interval, Severity } from "../../../shared/intents.ts";

/** What is meant to be watched, noted for a monitoring system. */
export const MonitorOptions = z
  .strictObject({
    ...CHECKS,
    /** What it is about; the service's daemon, where it has only one. `of: api` */
    of: z
      .union([ResourceId, z.looseObject({ id: ResourceId }).transform((handle) => handle.id)], {
        error: "must be a handle, or an id such as unit:api.service",
      })
      .optional(),
    /** How often it is meant to be asked; every minute unless set. `interval: "30s"` */
    interval: Interval.default("1m"),
    /** How bad it is when it fails; `warning` unless set. `severity: "critical"` */
    severity: Severity.default("warning"),
    /** Who is meant to be told, by the names that the monitoring system has for them: `alerts: ["telegram"]`. */
    alerts: z.array(z.string().min(1)).default([]),
    /** What it is listed under; the service's name unless set. `group: "shop"` */
    group: z.string().min(1).optional(),
  })
  .superRefine((monitor, context) => {
    if (!hasCheck(monitor)) context.addIssue({ code: "custom", message: NO_CHECK });
  });
export type MonitorOptions = z.input<typeof MonitorOptions>;

export const MonitorName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, "must be one word: letters, digits, `.`, `_` and `-`");
