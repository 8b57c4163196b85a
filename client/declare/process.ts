import * as z from "zod";
import { PathRef } from "../../shared/brands.ts";
import { Group, Owner } from "../../shared/resources/path-fields.ts";
import { assignment } from "../../shared/systemd/environment.ts";
import { withoutSpecifiers } from "../../shared/systemd/quote.ts";
import { Timeout } from "../../shared/systemd/time-span.ts";
import type { Directives } from "./isolation/directives-made.ts";
import { Isolate } from "./isolation/options.ts";
import { Logs } from "./observability/logs.ts";
import { Telemetry } from "./observability/telemetry.ts";
import { isRecord } from "./resource-options.ts";
import type { Credential, EnvHandle } from "./service-files.ts";
import { Environment, Exec, Signal, UnitRef } from "./unit-fields.ts";

/** Options of everything that runs a program: daemons and jobs. */
export const ProcessOptions = z.strictObject({
  /** One line for people, in `systemctl status`: `description: "Example API"`. */
  description: z.string().optional(),
  /** Variables of the process; anybody on the host can read them: `environment: { PORT: 4000 }`. */
  environment: Environment.optional(),
  /** Variables from files of this service, which nobody else can read; later ones win: `env: [runtime]`, as s.env returned it. */
  env: z.custom<readonly EnvHandle[]>().optional(),
  /**
   * Secrets by name, which the program finds below `$CREDENTIALS_DIRECTORY`, in memory, and nobody else does:
   * `credentials: { "db-password": secret.env("DB") }`. See systemd.exec(5), LoadCredential=.
   */
  credentials: z.custom<Readonly<Record<string, Credential>>>().optional(),
  /** Where the process starts: `workingDirectory: data`. */
  workingDirectory: PathRef.optional(),
  /** Who runs it; the service's account unless set, root when it has none. `user: "www-data"` */
  user: Owner.removeDefault().optional(),
  /** The group it runs with; the account's unless set. `group: "www-data"` */
  group: Group.removeDefault().optional(),
  /**
   * Units that are started earlier, besides network.target; targets may be named without their type. What is named here is
   * not started for it, but for network-online, which nothing else would start: `after: ["postgresql.service", "network-online"]`.
   */
  after: z.array(UnitRef).optional(),
  /** Units that are started later: `before: ["nginx.service"]`. */
  before: z.array(UnitRef).optional(),
  /** Units that are started along with it: `wants: ["network-online"]`. */
  wants: z.array(UnitRef).optional(),
  /** Units it can't run without: `requires: [database]`. */
  requires: z.array(UnitRef).optional(),
  /** Units that are started when it fails, for all the restarts it is given: `onFailure: [alert]`. */
  onFailure: z.array(UnitRef).optional(),
  /** Commands that have to succeed first, in order, run by the same user: `execBefore: [argv("/opt/api/bin/migrate")]`. */
  execBefore: z.array(Exec).optional(),
  /** How long it may take to end once it was told to; `"infinity"` for ever, 90 s unless set. `stopTimeout: "5min"` */
  stopTimeout: Timeout.optional(),
  /** The signal that tells it to end; SIGTERM unless set. `signal: "SIGINT"` */
  signal: Signal.optional(),
  /** What becomes of what it prints; `false` turns off what its service says. `logs: { level: "info", identifier: "api" }` */
  logs: Logs.optional(),
  /** Which of its signals are meant to be collected; `false` turns off what its service says. `telemetry: { traces: true }` */
  telemetry: Telemetry.optional(),
  /**
   * What it may do and use; unset: the strict profile, which lets it read the system, write the service's storage and talk
   * over the network. `isolate: { memoryMax: "512M", network: "loopback" }`, `isolate: "web"`, `isolate: "none"`
   */
  isolate: Isolate.optional(),
});
type Process = z.output<typeof ProcessOptions>;

export interface ProcessDefaults {
  readonly description: string;
  readonly user: string | undefined;
  readonly group: string | undefined;
  /** Directives of [Service] for files that systemd reads for it. */
  readonly attached: Directives;
  /** Directives of [Service] that say what becomes of what it prints. */
  readonly logs: Readonly<Record<string, unknown>>;
  /** Directives of [Service] that confine it. */
  readonly isolation: Directives;
}

export type Passed = Readonly<Record<string, unknown>>;

/** Directives of [Unit]. */
export function unitDirectives(
  process: Process,
  defaults: ProcessDefaults,
): Record<string, unknown> {
  const { description = defaults.description, after = [], wants } = process;
  const online = after.includes(ONLINE) && wants?.includes(ONLINE) !== true;
  return given({
    Description: withoutSpecifiers(description),
    After: [...new Set(["network.target", ...after])],
    Before: process.before,
    Wants: online ? [ONLINE, ...(wants ?? [])] : wants,
    Requires: process.requires,
    OnFailure: process.onFailure,
  });
}

/** To come after it means nothing as long as nobody wants it, see systemd.special(7). */
const ONLINE = "network-online.target";

/** Directives of [Service] that say who runs the program, and how; not which one. */
export function processDirectives(process: Process, defaults: ProcessDefaults) {
  const { user = defaults.user } = process;
  // The account's group belongs to the account: another user brings a group of its own.
  const group = process.group ?? (process.user === undefined ? defaults.group : undefined);
  return {
    User: user,
    Group: group,
    WorkingDirectory: process.workingDirectory && withoutSpecifiers(process.workingDirectory),
    Environment: Object.entries(process.environment ?? {}).map(([name, value]) =>
      assignment(name, value),
    ),
    ...defaults.attached,
    ExecStartPre: process.execBefore,
    TimeoutStopSec: process.stopTimeout,
    KillSignal: process.signal,
  };
}

export function section(passed: unknown): object {
  return isRecord(passed) ? passed : {};
}

export function given(directives: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(directives).filter(([, value]) => value !== undefined));
}
