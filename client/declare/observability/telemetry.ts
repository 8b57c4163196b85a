import * as z from "zod";
import { Attributes } from "../../../shared/intents.ts";

/** Which signals are meant to be collected, noted for whoever does that. */
export const TelemetryOptions = z.strictObject({
  /** Whether logs are; true unless set. `logs: false` */
  logs: z.boolean().optional(),
  /** Whether metrics are; true unless set. `metrics: false` */
  metrics: z.boolean().optional(),
  /** Whether traces are; false unless set. `traces: true` */
  traces: z.boolean().optional(),
  /** What it is called there, OpenTelemetry's `service.name`; the service's name unless set. `serviceName: "shop-api"` */
  serviceName: z.string().min(1).optional(),
  /** Notes of your own: `attributes: { "deployment.environment": "prod" }`. */
  attributes: Attributes.optional(),
});
export type TelemetryOptions = z.output<typeof TelemetryOptions>;

export const Telemetry = z.union([z.boolean(), TelemetryOptions]);

/** All that was left out, filled in. */
export function signalsOf(telemetry: TelemetryOptions, service: string | null) {
  const { logs = true, metrics = true, traces = false, serviceName = service } = telemetry;
  const { attributes } = telemetry;
  return {
    logs,
    metrics,
    traces,
    ...(serviceName === null ? {} : { serviceName }),
    ...(attributes === undefined ? {} : { attributes }),
  };
}
