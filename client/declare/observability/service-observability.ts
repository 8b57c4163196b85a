import type * as z from "zod";
import type { ResourceId } from "../../../shared/brands.ts";
import type { Recorder, Scope } from "../recorder.ts";
import { UniqueNames } from "../unique-names.ts";
import { inherited, type Level } from "./levels.ts";
import { logDirectives, Logs, type LogsOptions } from "./logs.ts";
import { MonitorName, MonitorOptions } from "./monitor.ts";
import type { ProjectLevel } from "./project-observability.ts";
import { signalsOf, Telemetry, type TelemetryOptions } from "./telemetry.ts";

interface MonitorBuilder {
  /** Notes what is meant to be watched of the service: `s.monitor({ http: { url: "http://127.0.0.1:4000/health" } })`. */
  (options: MonitorOptions): void;
  /** One more, named after the service and itself: `s.monitor("queue", { tcp: "127.0.0.1:5672" })`. */
  (name: string, options: MonitorOptions): void;
}

/** What a service says of how it is watched. None of it changes a host, but for what \`logs\` says of daemons. */
export interface ServiceObservability {
  readonly monitor: MonitorBuilder;
  /** What becomes of what its daemons print, unless they say otherwise; \`false\` turns off what the project says. \`s.logs({ format: "json" })\` */
  readonly logs: (options: z.input<typeof Logs>) => void;
  /** Which of its signals are meant to be collected; \`false\` turns off what the project says. \`s.telemetry({ traces: true })\` */
  readonly telemetry: (options: z.input<typeof Telemetry>) => void;
}

interface Observed {
  readonly service: string;
  readonly recorder: Recorder;
  readonly scope: Scope;
  readonly project: ProjectLevel;
}

/** What a daemon or a job says of itself. */
interface ProgramLevel {
  readonly logs?: Level<LogsOptions>;
  readonly telemetry?: Level<TelemetryOptions>;
}

export function serviceObservability({ service, recorder, scope, project }: Observed) {
  let { logs, telemetry } = project;
  const daemons: ResourceId[] = [];
  /** The first one that what is said of the service holds for. */
  let first: ResourceId | undefined;
  const names = new UniqueNames(recorder, "monitor");

  /** Whether it comes in time for what it is to hold for. */
  const isInTime = (what: string): boolean => {
    if (first === undefined) return true;
    const detail = `service ${service} calls \`s.${what}\` after ${first}, which it would not hold for. Call it before \`s.daemon\`, or give it to the daemons: \`${what}: { … }\`.`;
    recorder.fault({ code: "HK1083", detail });
    return false;
  };

  const note = (subject: ResourceId | null, noted: ProjectLevel) => {
    const about = { subject, service };
    if (noted.logs) recorder.intent({ type: "logs", ...about, ...noted.logs }, scope);
    if (noted.telemetry) {
      const signals = signalsOf(noted.telemetry, service);
      recorder.intent({ type: "telemetry", ...about, ...signals }, scope);
    }
  };

  function monitor(given: string | MonitorOptions, second?: MonitorOptions): void {
    const input: unknown = typeof given === "string" ? second : given;
    const own =
      typeof given === "string"
        ? recorder.name(MonitorName, { what: "monitor name", input: given })
        : "";
    const name = own === "" ? service : `${service}-${own ?? ""}`;
    const parsed = recorder.parse(MonitorOptions, { name: `monitor ${name}`, input });
    if (own === undefined || parsed === undefined) return;
    names.add(name);
    const { of = daemons.length === 1 ? daemons[0] : undefined, group = service, ...rest } = parsed;
    const about = { type: "monitor", subject: of ?? null, service, name, group } as const;
    recorder.intent({ ...about, ...rest }, scope);
  }

  const scoped: ServiceObservability = {
    monitor,
    logs: (options) => {
      const parsed = recorder.parse(Logs, { name: `logs of service ${service}`, input: options });
      if (parsed === undefined || !isInTime("logs")) return;
      logs = inherited<LogsOptions>(logs, parsed);
      note(null, { logs, telemetry: undefined });
    },
    telemetry: (options) => {
      const name = `telemetry of service ${service}`;
      const parsed = recorder.parse(Telemetry, { name, input: options });
      if (parsed === undefined || !isInTime("telemetry")) return;
      telemetry = inherited<TelemetryOptions>(telemetry, parsed);
      note(null, { logs: undefined, telemetry });
    },
  };

  /** Notes what holds for a program, and gives the directives that follow from it. */
  const ofJob = (id: ResourceId, own: ProgramLevel): Record<string, unknown> => {
    first ??= id;
    const held = {
      logs: inherited<LogsOptions>(logs, own.logs),
      telemetry: inherited<TelemetryOptions>(telemetry, own.telemetry),
    };
    note(id, held);
    return logDirectives(held.logs);
  };

  return {
    scoped,
    ofJob,
    /** The same of one that runs all the time, and so is what a monitor of its service looks at. */
    ofDaemon: (id: ResourceId, own: ProgramLevel): Record<string, unknown> => {
      daemons.push(id);
      return ofJob(id, own);
    },
  };
}
