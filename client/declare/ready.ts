import type { Handle } from "./handle.ts";
import type { Recorder } from "./recorder.ts";
import type { Options, ResourceBuilders } from "./resource-builders.ts";
import { isRecord } from "./resource-options.ts";

/** When a service can do its work. */
export interface ReadyBuilder {
  /**
   * Waits until the service's daemons can do their work, after a push has started or restarted them; a push that waits in vain
   * is taken back: `s.ready({ http: { url: "http://127.0.0.1:4000/health" }, timeout: "60s" })`. Several checks all have to
   * pass: `http`, `tcp`, `socket`, `unit`, `command`, `log`.
   */
  (options: Options<"readiness">): Handle<"readiness">;
  /** One more, named after the service and itself: `s.ready("cache", { tcp: "127.0.0.1:6379" })`. */
  (name: string, options: Options<"readiness">): Handle<"readiness">;
}

interface Own {
  readonly service: string;
  readonly recorder: Recorder;
  readonly readiness: ResourceBuilders["readiness"];
}

/** The builder, and a way to let it know the daemons of its service. */
export function readyBuilder({ service, recorder, readiness }: Own) {
  const daemons: Handle<"unit">[] = [];

  function ready(first: string | Options<"readiness">, second?: Options<"readiness">) {
    const name = typeof first === "string" ? `${service}-${first}` : service;
    const options: unknown = typeof first === "string" ? second : first;
    if (!isRecord(options)) return readiness(name, options as Options<"readiness">);
    const says = ["of", "unit", "log", "dependsOn"].some((option) =>
      Object.hasOwn(options, option),
    );
    if (daemons.length === 0 && !says) {
      const detail = `service ${service} declares when it is ready before its daemons, so there is nothing to wait for. Call \`s.daemon\` first, or name units with \`of\`.`;
      recorder.fault({ code: "HK1081", detail, resource: `readiness:${name}` });
      return recorder.broken("readiness", name, undefined);
    }
    return readiness(name, { of: daemons, ...options });
  }

  return {
    ready: ready as ReadyBuilder,
    /** The same builder of daemons, whose handles are what the service waits for. */
    following: <Build extends (...given: never[]) => Handle<"unit">>(daemon: Build): Build => {
      const build = (...given: Parameters<Build>) => {
        const handle = daemon(...given);
        daemons.push(handle);
        return handle;
      };
      // What it takes and gives is the same, which the type of a function that wraps another can't say: the one cast.
      return build as Build;
    },
  };
}
