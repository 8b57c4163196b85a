import * as z from "zod";
import { PathRef } from "../../../shared/brands.ts";
import { durationText } from "../../../shared/duration-text.ts";
import { Attributes } from "../../../shared/intents.ts";

const TARGET_MESSAGE =
  'must be "journal", "null", "kmsg" or "inherit", or a file: { append: "/var/log/api.log" }';

/** See systemd.exec(5), StandardOutput=. */
const Target = z.union(
  [
    z.enum(["journal", "null", "kmsg", "inherit"]),
    z.strictObject({ append: PathRef }),
    z.strictObject({ truncate: PathRef }),
  ],
  { error: TARGET_MESSAGE },
);

export const RateLimit = z.union(
  [
    z.literal(false),
    z.strictObject({ lines: z.int().min(1), within: durationText({ from: "1ms", to: "7d" }) }),
  ],
  { error: 'must be false, or how many lines within which time: { lines: 1000, within: "30s" }' },
);

const LEVELS = ["emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"] as const;

/** What becomes of what programs print. */
export const LogsOptions = z.strictObject({
  /** Where the standard output goes; the journal unless set. `stdout: "null"` */
  stdout: Target.optional(),
  /** Where the standard error goes; with the output unless set. `stderr: { append: "/var/log/api.err" }` */
  stderr: Target.optional(),
  /** What lines are marked with in the journal, for `journalctl -t`; the program's name unless set. `identifier: "api"` */
  identifier: z
    .string()
    .regex(/^[A-Za-z0-9._@/-]+$/, "must be one word, such as api")
    .max(255)
    .optional(),
  /** The least important level that is kept; all unless set. `level: "info"` */
  level: z.enum(LEVELS).optional(),
  /**
   * How much may be logged within a time, the rest is dropped; 10 000 lines in 30 s unless the host says otherwise, `false` for no
   * limit. `rateLimit: { lines: 1000, within: "30s" }`
   */
  rateLimit: RateLimit.optional(),
  /** What a line is, noted for whoever reads the logs: `format: "json"`. */
  format: z.enum(["text", "json", "logfmt"]).optional(),
  /** Whether they are meant to be sent to a central place, noted for whoever does that: `ship: true`. */
  ship: z.boolean().optional(),
  /** Whether they may hold what not everybody may read, noted for whoever ships them: `sensitive: true`. */
  sensitive: z.boolean().optional(),
  /** How long they are meant to be kept where they are shipped to, noted for that place: `retention: "90d"`. */
  retention: durationText({ from: "1m", to: "36500d" }).optional(),
  /** Notes of your own: `attributes: { team: "payments" }`. */
  attributes: Attributes.optional(),
});
export type LogsOptions = z.output<typeof LogsOptions>;

export const Logs = z.union([z.boolean(), LogsOptions]);

/** The directives of [Service] that make it so; see systemd.exec(5), LOGGING AND STANDARD INPUT/OUTPUT. */
export function logDirectives(logs: LogsOptions | false | undefined): Record<string, unknown> {
  if (logs === false || logs === undefined) return {};
  const { stdout, stderr, identifier, level, rateLimit } = logs;
  return Object.fromEntries(
    Object.entries({
      StandardOutput: targetOf(stdout),
      StandardError: targetOf(stderr),
      SyslogIdentifier: identifier,
      LogLevelMax: level,
      LogRateLimitIntervalSec: rateLimit === false ? 0 : rateLimit?.within,
      LogRateLimitBurst: rateLimit === false ? undefined : rateLimit?.lines,
    }).filter(([, value]) => value !== undefined),
  );
}

function targetOf(target: LogsOptions["stdout"]): string | undefined {
  if (typeof target !== "object") return target;
  const [how, path] =
    "append" in target ? ["append", target.append] : ["truncate", target.truncate];
  return `${how}:${path.replaceAll("%", "%%")}`;
}
