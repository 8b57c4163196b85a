import * as z from "zod";
import { isArgv } from "../../shared/systemd/argv.ts";
import { TimeSpan, Timeout } from "../../shared/systemd/time-span.ts";
import {
  given,
  type Passed,
  processDirectives,
  type ProcessDefaults,
  ProcessOptions,
  section,
  unitDirectives,
} from "./process.ts";
import { COMMON_OPTIONS } from "./resource-options.ts";
import type { CommonOptions, Options } from "./resource-builders.ts";
import { oneOrMore } from "./chosen.ts";
import { Exec } from "./unit-fields.ts";

/** A list of words is one command. */
const isCommand = (value: unknown) =>
  isArgv(value) ||
  !Array.isArray(value) ||
  value.length === 0 ||
  value.some((each) => typeof each !== "object");

/** A program of a service that does its work and ends. */
export const JobOptions = z.strictObject({
  /**
   * The command, started without a shell, or several that are run one after the other as long as they succeed:
   * `exec: ["/opt/app/bin/backup"]`, `exec: [argv("/opt/app/bin/dump"), argv("/opt/app/bin/upload")]`.
   */
  exec: oneOrMore(Exec, isCommand),
  ...ProcessOptions.shape,
  /** How long it may run before it is stopped; `"infinity"` for ever, which it is unless set. `timeout: "2h"` */
  timeout: Timeout.optional(),
  /** Whether it is started again when it failed; `no` unless set. systemd knows no other values for jobs. `restart: "on-failure"` */
  restart: z.enum(["no", "on-failure", "on-abnormal", "on-watchdog", "on-abort"]).optional(),
  /** How long to wait before that; 100 ms unless set. `restartDelay: "1min"` */
  restartDelay: TimeSpan.optional(),
});
export type JobOptions = z.input<typeof JobOptions> &
  Pick<Options<"unit">, "unit" | "service"> &
  CommonOptions;

export const PASSED_ON_BY_JOBS = ["unit", "service", ...COMMON_OPTIONS] as const;

/**
 * The options of the unit resource. Nothing starts it but a schedule, another unit or a person; so it is never enabled, and
 * whether it runs right now is nobody's wish.
 */
export function jobUnitOptions(
  job: z.output<typeof JobOptions>,
  { defaults, passed }: { readonly defaults: ProcessDefaults; readonly passed: Passed },
): Record<string, unknown> {
  return {
    ...passed,
    unit: { ...unitDirectives(job, defaults), ...section(passed["unit"]) },
    service: {
      ...given({
        Type: "oneshot",
        ...processDirectives(job, defaults),
        ExecStart: job.exec,
        Restart: job.restart,
        RestartSec: job.restartDelay,
        TimeoutStartSec: job.timeout,
        ...defaults.logs,
        ...defaults.isolation,
      }),
      ...section(passed["service"]),
    },
    enabled: false,
  };
}
