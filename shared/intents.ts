import * as z from "zod";
import { ResourceId } from "./brands.ts";
import { CHECKS } from "./checks/checks.ts";
import { durationText } from "./duration-text.ts";

/**
 * What is declared beside the resources and makes nothing on the host: notes for programs that read a manifest, such as a
 * monitoring system. Agents read over them, and no plan depends on them.
 */

const about = {
  /** The resource that it is about; `null`: all of the service. */
  subject: ResourceId.nullable(),
  /** The service that it belongs to; `null`: all of the project. */
  service: z.string().nullable(),
};

export const Attributes = z.record(
  z.string().min(1),
  z.union([z.string(), z.number(), z.boolean()]),
);

export const Interval = durationText({ from: "1s", to: "7d" });
export const Severity = z.enum(["info", "warning", "critical"]);

const Monitor = z.strictObject({
  type: z.literal("monitor"),
  ...about,
  name: z.string().min(1),
  ...CHECKS,
  interval: Interval,
  severity: Severity,
  alerts: z.array(z.string()),
  group: z.string().optional(),
});

const Target = z.union([
  z.enum(["journal", "null", "kmsg", "inherit"]),
  z.strictObject({ append: z.string() }),
  z.strictObject({ truncate: z.string() }),
]);

const Logs = z.strictObject({
  type: z.literal("logs"),
  ...about,
  stdout: Target.optional(),
  stderr: Target.optional(),
  identifier: z.string().optional(),
  level: z.string().optional(),
  rateLimit: z
    .union([z.literal(false), z.strictObject({ lines: z.int().min(1), within: z.string() })])
    .optional(),
  format: z.string().optional(),
  ship: z.boolean().optional(),
  sensitive: z.boolean().optional(),
  retention: z.string().optional(),
  attributes: Attributes.optional(),
});

const Telemetry = z.strictObject({
  type: z.literal("telemetry"),
  ...about,
  logs: z.boolean(),
  metrics: z.boolean(),
  traces: z.boolean(),
  /** As OpenTelemetry's `service.name`. */
  serviceName: z.string().optional(),
  attributes: Attributes.optional(),
});

/** What a service answers on: a port, or a socket. */
const Listener = z.strictObject({
  type: z.literal("listener"),
  ...about,
  name: z.string().min(1),
  protocol: z.enum(["http", "https", "tcp", "udp"]).optional(),
  host: z.string().optional(),
  port: z.int().min(1).max(65_535).optional(),
  path: z.string().optional(),
  /** The units that were declared to answer on it. */
  by: z.array(ResourceId).optional(),
});

/** A directory that a service keeps something in. */
const Storage = z.strictObject({
  type: z.literal("storage"),
  ...about,
  name: z.string().min(1),
  path: z.string(),
  /** Belongs into a backup. */
  backup: z.boolean(),
  /** What is in it is confidential. */
  secret: z.boolean(),
});

/** Versions of a program, of which one is in use. */
const Release = z.strictObject({
  type: z.literal("release"),
  ...about,
  version: z.string().min(1),
  /** The link that leads to it. */
  path: z.string(),
  /** Where all versions are. */
  releasesPath: z.string(),
  /** How many are worth keeping. */
  keep: z.int().min(1),
});

export const Intent = z.discriminatedUnion("type", [
  Monitor,
  Logs,
  Telemetry,
  Listener,
  Storage,
  Release,
]);
export type Intent = z.output<typeof Intent>;
