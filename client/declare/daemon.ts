import * as z from "zod";
import { PathRef, UnitName } from "../../shared/brands.ts";
import { type Argv, isArgv } from "../../shared/systemd/argv.ts";
import { Owner, Group } from "../../shared/resources/path-fields.ts";
import { Logs } from "./observability/logs.ts";
import { Telemetry } from "./observability/telemetry.ts";
import type { Directives } from "./isolation/directives-made.ts";
import { Isolate } from "./isolation/options.ts";
import { COMMON_OPTIONS, isRecord } from "./resource-options.ts";
import type { CommonOptions, Options } from "./resource-builders.ts";

/** Units of types that HostKit does not manage can be named as well: `network-online.target`. */
const AnyUnitName = z
  .string()
  .max(255)
  .regex(
    /^[A-Za-z0-9:_.\\@-]+\.[a-z]+$/,
    "must be the name of a unit, such as network-online.target",
  );

const UnitRef = z.union(
  [AnyUnitName, z.looseObject({ unit: UnitName }).transform((h) => h.unit as string)],
  {
    error: "must be the name of a unit, such as network-online.target, or the handle of one",
  },
);

const Exec = z
  .union(
    [
      z.custom<Argv>((value) => isArgv(value)),
      z
        .tuple([z.string()], z.string())
        .readonly()
        .transform((words): Argv => ({ argv: words })),
    ],
    { error: "must be a command made with argv(…), or a list of words" },
  )
  .refine(
    ({ argv: [program] }) => program.startsWith("/") || !program.includes("/"),
    "must name its program by an absolute path, or by its name alone",
  );

const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;
const EnvironmentValue = z.union([
  z.string().refine((text) => !text.includes("\0"), "must not contain a NUL character"),
  z.number(),
  z.boolean(),
]);

const seconds = /^(?:\d+(?:us|ms|s|min|m|h|d)?\s*)+$/;

/** A long-running program of a service. */
export const DaemonOptions = z.strictObject({
  /** The command, started without a shell: `exec: argv("/opt/api/bin/server", { port: 4000 })`. */
  exec: Exec,
  /** One line for people, in `systemctl status`: `description: "Example API"`. */
  description: z.string().optional(),
  /** Variables of the process; anybody on the host can read them: `environment: { PORT: 4000 }`. */
  environment: z
    .record(
      z.string().regex(VARIABLE, "must be the name of a variable, such as PORT"),
      EnvironmentValue,
    )
    .optional(),
  /** Where the process starts: `workingDirectory: data`. */
  workingDirectory: PathRef.optional(),
  /** When it counts as started, see systemd.service(5); `exec` unless set. `type: "notify"` */
  type: z.enum(["simple", "exec", "notify", "notify-reload", "forking", "dbus"]).default("exec"),
  /** When it is started again, see systemd.service(5); `on-failure` unless set. `restart: "always"` */
  restart: z
    .enum(["no", "on-success", "on-failure", "on-abnormal", "on-watchdog", "on-abort", "always"])
    .default("on-failure"),
  /** How long to wait before that: `restartDelay: "5s"`. */
  restartDelay: z.string().regex(seconds, 'must be a time such as "5s"').optional(),
  /** Who runs it; the service's account unless set, root when it has none. `user: "www-data"` */
  user: Owner.removeDefault().optional(),
  /** The group it runs with; the account's unless set. `group: "www-data"` */
  group: Group.removeDefault().optional(),
  /** Units that are started earlier, besides network.target: `after: ["postgresql.service"]`. */
  after: z.array(UnitRef).optional(),
  /** Units that are started along with it: `wants: ["network-online.target"]`. */
  wants: z.array(UnitRef).optional(),
  /** Units it can't run without: `requires: [database]`. */
  requires: z.array(UnitRef).optional(),
  /** What starts it at boot; `multi-user.target` unless set. `wantedBy: ["graphical.target"]` */
  wantedBy: z.array(UnitRef).default(["multi-user.target"]),
  /** Started at boot; true unless set. `enabled: false` */
  enabled: z.boolean().default(true),
  /** Running now; true unless set. `active: false` */
  active: z.boolean().default(true),
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
export type DaemonOptions = z.input<typeof DaemonOptions> &
  Pick<Options<"unit">, "unit" | "service" | "install" | "inputs" | "onChange"> &
  CommonOptions;

/** Options that go to the unit as they are: directives without an option of their own, and what all builders take. */
export const PASSED_ON = [
  "unit",
  "service",
  "install",
  "inputs",
  "onChange",
  ...COMMON_OPTIONS,
] as const;

export interface DaemonDefaults {
  readonly description: string;
  readonly user: string | undefined;
  readonly group: string | undefined;
  /** Directives of [Service] that say what becomes of what it prints. */
  readonly logs: Readonly<Record<string, unknown>>;
  /** Directives of [Service] that confine it. */
  readonly isolation: Directives;
}

/** The options of the unit resource. Directives given by name win over those that follow from options. */
export function unitOptions(
  daemon: z.output<typeof DaemonOptions>,
  {
    defaults,
    passed,
  }: { readonly defaults: DaemonDefaults; readonly passed: Readonly<Record<string, unknown>> },
): Record<string, unknown> {
  const { description = defaults.description, user = defaults.user } = daemon;
  // The account's group belongs to the account: another user brings a group of its own.
  const group = daemon.group ?? (daemon.user === undefined ? defaults.group : undefined);
  return {
    ...passed,
    unit: given({
      Description: escaped(description),
      After: [...new Set(["network.target", ...(daemon.after ?? [])])],
      Wants: daemon.wants,
      Requires: daemon.requires,
      ...section(passed["unit"]),
    }),
    service: given({
      Type: daemon.type,
      User: user,
      Group: group,
      WorkingDirectory: daemon.workingDirectory && escaped(daemon.workingDirectory),
      Environment: Object.entries(daemon.environment ?? {}).map(([name, value]) =>
        assignment(name, value),
      ),
      ExecStart: daemon.exec,
      Restart: daemon.restart,
      RestartSec: daemon.restartDelay,
      ...defaults.logs,
      ...defaults.isolation,
      ...section(passed["service"]),
    }),
    install: { WantedBy: daemon.wantedBy, ...section(passed["install"]) },
    enabled: daemon.enabled,
    active: daemon.active,
  };
}

function section(passed: unknown): object {
  return isRecord(passed) ? passed : {};
}

function given(directives: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(directives).filter(([, value]) => value !== undefined));
}

/** `%` begins a specifier in every directive, see systemd.unit(5), SPECIFIERS. */
function escaped(text: string): string {
  return text.replaceAll("%", "%%");
}

/** One variable as systemd.exec(5), Environment=, reads it back unchanged; `$` means nothing there. */
function assignment(name: string, value: string | number | boolean): string {
  const text = escaped(`${name}=${String(value)}`)
    .replaceAll("\\", "\\\\")
    .replaceAll('"', '\\"')
    .replaceAll("\n", "\\n")
    .replaceAll("\r", "\\r")
    .replaceAll("\t", "\\t");
  return /[\s"'\\;]/.test(text) ? `"${text}"` : text;
}
