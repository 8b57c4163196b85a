import * as z from "zod";
import { argv } from "./argv.ts";
import type { Argv } from "../../shared/systemd/argv.ts";
import { PositiveSpan, Timeout, TimeSpan } from "../../shared/systemd/time-span.ts";
import { chosen } from "./chosen.ts";
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
import type { ListenerInput, ListenerOf } from "./listener-options.ts";
import { Exec, Signal, UnitRef } from "./unit-fields.ts";

/** `SIGHUP`, or a command. */
const Reload = chosen<z.input<typeof Signal> | z.input<typeof Exec>, string | Argv>((value) =>
  typeof value === "string" ? Signal : Exec,
);

export const ListenerName = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_-]*$/, "must be a word, such as http");

/** By name. */
export type ListenInput = Readonly<Record<string, ListenerInput>>;

/** Of a daemon that says nothing of it: there is no name that could be asked for. */
// oxlint-disable-next-line typescript/no-generated-empty-object-type
export type NoListeners = Record<never, never>;

export type ListenersOf<Listen extends ListenInput> = {
  readonly [Name in keyof Listen]: ListenerOf<Listen[Name]>;
};

/** A long-running program of a service. */
export const DaemonOptions = z.strictObject({
  /** The command, started without a shell: `exec: argv("/opt/api/bin/server", { port: 4000 })`. */
  exec: Exec,
  ...ProcessOptions.shape,
  /** When it counts as started, see systemd.service(5); `exec` unless set. `type: "notify"` */
  type: z.enum(["simple", "exec", "notify", "notify-reload", "forking", "dbus"]).default("exec"),
  /** When it is started again, see systemd.service(5); `on-failure` unless set. `restart: "always"` */
  restart: z
    .enum(["no", "on-success", "on-failure", "on-abnormal", "on-watchdog", "on-abort", "always"])
    .default("on-failure"),
  /** How long to wait before that; 100 ms unless set. `restartDelay: "5s"` */
  restartDelay: TimeSpan.optional(),
  /**
   * How often it may be started within a time before systemd gives it up; 5 times in 10 s unless set, `false` for no limit.
   * `startLimit: { times: 3, within: "1min" }`
   */
  startLimit: z
    .union([z.literal(false), z.strictObject({ times: z.int().min(1), within: PositiveSpan })], {
      error: 'must be false, or how often within which time: { times: 3, within: "1min" }',
    })
    .optional(),
  /** How long it may take to start; `"infinity"` for ever, 90 s unless set. `startTimeout: "5min"` */
  startTimeout: Timeout.optional(),
  /**
   * What makes it read its configuration again, a command or a signal for its main process: `execReload: "SIGHUP"`. With
   * `onChange: "reload"` that is what a push does, instead of a restart, when something it reads has changed.
   */
  execReload: Reload.optional(),
  /** What tells it to end, before the signal does; it finds the main process in its environment, as MAINPID. `execStop: argv("/opt/api/bin/stop")` */
  execStop: Exec.optional(),
  /**
   * The longest it may be silent: it is killed, and started again, unless it calls sd_notify(3) with WATCHDOG=1 at least so
   * often. For programs that do so alone. `watchdog: "30s"`
   */
  watchdog: PositiveSpan.optional(),
  /**
   * What it listens on, by name, for those who want to reach it: `listen: { http: 4000 }` is `api.listener.http`. A port is bound
   * to the loopback address unless it says otherwise: `{ port: 4000, host: "any" }`. `{ socket: "api.sock" }` is one in a
   * directory below /run, named after the unit, which it is given. The program itself has to be told by `exec` or `environment`.
   */
  listen: z.record(ListenerName, z.unknown()).optional(),
  /** What starts it at boot; `multi-user.target` unless set. `wantedBy: ["graphical"]` */
  wantedBy: z.array(UnitRef).default(["multi-user.target"]),
  /** Started at boot; true unless set. `enabled: false` */
  enabled: z.boolean().default(true),
  /** Running now; true unless set. `active: false` */
  active: z.boolean().default(true),
});
export type DaemonOptions<Listen extends ListenInput = ListenInput> = Omit<
  z.input<typeof DaemonOptions>,
  "listen"
> & { readonly listen?: Listen } & Pick<
    Options<"unit">,
    "unit" | "service" | "install" | "inputs" | "onChange"
  > &
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

/** The options of the unit resource. Directives given by name win over those that follow from options. */
export function unitOptions(
  daemon: z.output<typeof DaemonOptions>,
  {
    defaults,
    passed,
    directories,
  }: {
    readonly defaults: ProcessDefaults;
    readonly passed: Passed;
    /** Names of those below /run that it is given. */
    readonly directories: readonly string[];
  },
): Record<string, unknown> {
  const { startLimit } = daemon;
  return {
    ...passed,
    unit: {
      ...unitDirectives(daemon, defaults),
      ...given({
        StartLimitIntervalSec: startLimit === false ? 0 : startLimit?.within,
        StartLimitBurst: startLimit === false ? undefined : startLimit?.times,
      }),
      ...section(passed["unit"]),
    },
    service: {
      ...given({
        Type: daemon.type,
        ...processDirectives(daemon, defaults),
        RuntimeDirectory: directories.length === 0 ? undefined : directories,
        ExecStart: daemon.exec,
        ExecReload: reloadCommand(daemon.execReload),
        ExecStop: daemon.execStop,
        Restart: daemon.restart,
        RestartSec: daemon.restartDelay,
        TimeoutStartSec: daemon.startTimeout,
        WatchdogSec: daemon.watchdog,
        ...defaults.logs,
        ...defaults.isolation,
      }),
      ...section(passed["service"]),
    },
    install: { WantedBy: daemon.wantedBy, ...section(passed["install"]) },
    enabled: daemon.enabled,
    active: daemon.active,
  };
}

/** By the shell's own kill: not every host has /bin/kill. */
function reloadCommand(reload: string | Argv | undefined): Argv | undefined {
  if (typeof reload !== "string") return reload;
  return argv("/bin/sh", "-c", `kill -s ${reload.replace(/^SIG/, "")} "$MAINPID"`);
}
