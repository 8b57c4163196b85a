import type * as z from "zod";
import type { ResourceId } from "../../shared/brands.ts";
import type { Directives } from "./isolation/directives-made.ts";
import {
  DaemonOptions,
  type ListenInput,
  ListenerName,
  type ListenersOf,
  type NoListeners,
  PASSED_ON,
  unitOptions,
} from "./daemon.ts";
import type { Handle } from "./handle.ts";
import { JobOptions, jobUnitOptions, PASSED_ON_BY_JOBS } from "./job.ts";
import type { Listener, ListenerOf, ListenerOptions } from "./listener-options.ts";
import { identityOf } from "./names.ts";
import type { Passed } from "./process.ts";
import { isRecord } from "./resource-options.ts";
import { PASSED_ON_BY_SCHEDULES, ScheduleOptions, timerOptions, whyNever } from "./schedule.ts";
import type { Service } from "./service.ts";
import { attach } from "./service-files.ts";

/** A daemon's unit, and what it listens on. */
export type DaemonHandle<Listen extends ListenInput = NoListeners> = Handle<"unit"> & {
  /** By the names given in `listen`: `api.listener.http.url`. */
  readonly listener: ListenersOf<Listen>;
};

interface DaemonBuilder {
  /** The service's unit, named after it, enabled and running: `s.daemon({ exec: argv("/opt/api/bin/server") })`. */
  <const Listen extends ListenInput = NoListeners>(
    options: DaemonOptions<Listen>,
  ): DaemonHandle<Listen>;
  /** One more unit, named after the service and itself: `s.daemon("worker", { exec: … })` is `api-worker.service`. */
  <const Listen extends ListenInput = NoListeners>(
    name: string,
    options: DaemonOptions<Listen>,
  ): DaemonHandle<Listen>;
}

/** What runs something, at once, by the clock or when it is asked for. */
export interface ServiceUnits {
  readonly daemon: DaemonBuilder;
  /**
   * A program that does its work and ends, run by the service's account when a schedule, another unit or a person starts it:
   * `s.job("backup", { exec: ["/opt/app/bin/backup"] })` is `api-backup.service`.
   */
  readonly job: (name: string, options: JobOptions) => Handle<"unit">;
  /** When a job is started: `s.schedule("backup", { run: backup, daily: "02:30" })` is `api-backup.timer`, enabled and set. */
  readonly schedule: (name: string, options: ScheduleOptions) => Handle<"unit">;
  /**
   * Something the service listens on, for a command that wants to know it, or a service whose unit is not a daemon of this
   * scope: `const http = s.listen("http", 4000)`. A daemon takes it as well: `listen: { http }`.
   */
  readonly listen: <const Options extends ListenerOptions>(
    name: string,
    options: Options,
  ) => ListenerOf<Options>;
}

export function serviceUnits(service: Service): ServiceUnits {
  const { name, stem, recorder, scope, listeners } = service;
  /** Directories below /run that units of the service are given, and whose they are. */
  const runtime = new Map<string, string>();
  const run = service.naming.roots["run"] ?? "/run";

  function daemon(first: unknown, second?: unknown): DaemonHandle<ListenInput> {
    const own = typeof first === "string" ? `${stem}-${identityOf(first)}` : stem;
    const unit = `${own}.service`;
    const { options, passed, input } = apart(typeof first === "string" ? second : first, PASSED_ON);
    const owner = service.owner(options["user"] === undefined ? `unit:${unit}` : undefined);
    const subjectOfUnit = { name: `unit:${unit}`, input, alsoKnown: PASSED_ON };
    const parsed = recorder.parse(DaemonOptions, subjectOfUnit, `unit:${unit}`);
    const attached = attach(options, unit, service);
    const given = isRecord(options["listen"]) ? options["listen"] : {};
    const answering = { unit: `unit:${unit}` as ResourceId, owner: own, service: name };
    const listener = listeners.ofDaemon(given, { ...answering, scope, run });
    const directories = ownDirectories(Object.values(listener), unit);
    if (parsed === undefined) {
      return recorder.extended(recorder.broken("unit", unit, undefined), { listener });
    }
    const description = typeof first === "string" ? `${name} ${first}` : name;
    const logs = service.observability.ofDaemon(`unit:${unit}` as ResourceId, parsed);
    const isolation = confined(unit, parsed, { passed, directories });
    const who = { description, user: owner?.user, group: owner?.group };
    const defaults = { ...who, logs, attached, isolation };
    const made = recorder.resource(
      {
        kind: "unit",
        key: unit,
        options: unitOptions(parsed, { defaults, passed, directories }),
      },
      scope,
    );
    return recorder.extended(made, { listener });
  }

  /** Directives that confine all that a unit runs. */
  function confined(
    unit: string,
    parsed: z.output<typeof DaemonOptions> | z.output<typeof JobOptions>,
    { passed, directories }: { readonly passed: Passed; readonly directories: readonly string[] },
  ): Directives {
    const exec = [parsed.exec, parsed.execBefore ?? []].flat();
    const given = isRecord(passed["service"]) ? passed["service"] : {};
    return service.isolation.confine(
      { id: `unit:${unit}`, ...parsed, exec },
      { RuntimeDirectory: directories, ...given },
    );
  }

  /** systemd makes them when the unit starts, and removes them when it stops: two units can't have one. */
  function ownDirectories(answered: readonly Listener[], unit: string): string[] {
    const names = answered.flatMap((each) => listeners.directoryOf(each) ?? []);
    for (const directory of new Set(names)) {
      const other = runtime.get(directory) ?? unit;
      runtime.set(directory, other);
      if (other === unit) continue;
      const detail = `${unit} and ${other} both have a socket in /run/${directory}, which is removed when one of them stops. Give the sockets of one of them whole paths, in a directory that you declare.`;
      recorder.fault({ code: "HK1052", detail, resource: `unit:${unit}` });
    }
    return [...new Set(names)];
  }

  function job(jobName: string, given: unknown): Handle<"unit"> {
    const unit = `${stem}-${identityOf(wordIn(jobName))}.service`;
    const { options, passed, input } = apart(given, PASSED_ON_BY_JOBS);
    const owner = service.owner(options["user"] === undefined ? `unit:${unit}` : undefined);
    const subjectOfUnit = { name: `unit:${unit}`, input, alsoKnown: PASSED_ON_BY_JOBS };
    const parsed = recorder.parse(JobOptions, subjectOfUnit, `unit:${unit}`);
    const attached = attach(options, unit, service);
    if (parsed === undefined) return recorder.broken("unit", unit, undefined);
    const logs = service.observability.ofJob(`unit:${unit}` as ResourceId, parsed);
    const isolation = confined(unit, parsed, { passed, directories: [] });
    const who = { user: owner?.user, group: owner?.group };
    const defaults = { description: `${name} ${jobName}`, ...who, logs, attached, isolation };
    return recorder.resource(
      { kind: "unit", key: unit, options: jobUnitOptions(parsed, { defaults, passed }) },
      scope,
    );
  }

  function schedule(scheduleName: string, given: unknown): Handle<"unit"> {
    const timer = `${stem}-${identityOf(wordIn(scheduleName))}.timer`;
    const { passed, input } = apart(given, PASSED_ON_BY_SCHEDULES);
    const subjectOfUnit = { name: `unit:${timer}`, input, alsoKnown: PASSED_ON_BY_SCHEDULES };
    const parsed = recorder.parse(ScheduleOptions, subjectOfUnit, `unit:${timer}`);
    if (parsed === undefined) return recorder.broken("unit", timer, undefined);
    const never = whyNever(parsed, isRecord(passed["timer"]) ? passed["timer"] : {});
    if (never !== undefined) {
      const detail = `The schedule unit:${timer} ${never}`;
      recorder.fault({ code: "HK1050", detail, resource: `unit:${timer}` });
      return recorder.broken("unit", timer, undefined);
    }
    const description = `Schedule of ${name} ${scheduleName}`;
    return recorder.resource(
      { kind: "unit", key: timer, options: timerOptions(parsed, { timer, description, passed }) },
      scope,
    );
  }

  function listen(listenerName: string, input: unknown): Listener {
    const parsed = recorder.name(ListenerName, { what: "listener name", input: listenerName });
    return listeners.declare({
      name: parsed ?? "unnamed",
      input,
      owner: stem,
      service: name,
      scope,
      run,
    });
  }

  // What a listener is follows from what was given, which the implementation need not know: the one cast.
  return { daemon, job, schedule, listen } as unknown as ServiceUnits;
}

/** For the name of a unit, which is refused as such where it is none. */
function wordIn(name: unknown): string {
  return typeof name === "string" ? name : "";
}

/** Options for the unit resource as they are, and those that are read here. */
function apart(
  given: unknown,
  passedOn: readonly string[],
): { readonly options: Passed; readonly passed: Passed; readonly input: unknown } {
  const options = isRecord(given) ? given : {};
  const entries = Object.entries(options);
  const passed = Object.fromEntries(entries.filter(([option]) => passedOn.includes(option)));
  const own = Object.fromEntries(entries.filter(([option]) => !passedOn.includes(option)));
  return { options, passed, input: isRecord(given) ? own : given };
}
