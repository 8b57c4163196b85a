import * as z from "zod";
import type { Recorder } from "../recorder.ts";
import type { ResourceBuilders } from "../resource-builders.ts";
import { declareJournal, JournalOptions } from "./journal.ts";
import { inherited } from "./levels.ts";
import { Logs, type LogsOptions } from "./logs.ts";
import { signalsOf, Telemetry, type TelemetryOptions } from "./telemetry.ts";

export const ObservabilityOptions = z.strictObject({
  /** What becomes of what all services print, unless they say otherwise: `logs: { format: "json", ship: true }`. */
  logs: Logs.optional(),
  /** Which signals of all services are meant to be collected: `telemetry: { traces: true }`. */
  telemetry: Telemetry.optional(),
  /** How much the journal of each host keeps: `journal: { maxUse: "1G", retention: "30d" }`. */
  journal: JournalOptions.optional(),
});
export type ObservabilityOptions = z.input<typeof ObservabilityOptions>;

/** What holds for all services that say nothing else. */
export interface ProjectLevel {
  readonly logs: LogsOptions | false | undefined;
  readonly telemetry: TelemetryOptions | false | undefined;
}

/** The builder of the project, and what services learn of it. */
export function projectObservability(recorder: Recorder, builders: ResourceBuilders) {
  let level: ProjectLevel | undefined;
  let isUsed = false;

  function observability(options: ObservabilityOptions): void {
    if (level !== undefined) {
      const detail = "p.observability was called before. Put all of it into one call.";
      recorder.fault({ code: "HK1084", detail });
      return;
    }
    if (isUsed) {
      const detail =
        "p.observability is called after services were declared, which it would not hold for. Call it before them.";
      recorder.fault({ code: "HK1083", detail });
    }
    const parsed = recorder.parse(ObservabilityOptions, { name: "observability", input: options });
    level = {
      logs: inherited<LogsOptions>(undefined, parsed?.logs),
      telemetry: inherited<TelemetryOptions>(undefined, parsed?.telemetry),
    };
    const about = { subject: null, service: null } as const;
    const everywhere = { hosts: null } as const;
    if (level.logs) recorder.intent({ type: "logs", ...about, ...level.logs }, everywhere);
    if (level.telemetry) {
      const signals = signalsOf(level.telemetry, null);
      recorder.intent({ type: "telemetry", ...about, ...signals }, everywhere);
    }
    if (parsed?.journal !== undefined) declareJournal(parsed.journal, builders);
  }

  return {
    observability,
    /** Asked by each service, once. */
    levelForService: (): ProjectLevel => {
      isUsed = true;
      return level ?? { logs: undefined, telemetry: undefined };
    },
  };
}
