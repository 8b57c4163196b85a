import * as z from "zod";
import { deepFreeze } from "./freeze.ts";
import { HostOptions, type HostHandle } from "./host.ts";
import { Listeners } from "./listeners.ts";
import { type Naming, ServiceName, WordName } from "./names.ts";
import {
  type ObservabilityOptions,
  projectObservability,
} from "./observability/project-observability.ts";
import type { Recorder } from "./recorder.ts";
import { type ResourceBuilders, resourceBuilders } from "./resource-builders.ts";
import { isRecord } from "./resource-options.ts";
import { runScope } from "./run-scope.ts";
import { ServiceNames, serviceNames, type ServiceOptions } from "./service.ts";
import { type ServiceHandle, type ServiceScope, serviceScope } from "./service-scope.ts";
import { UniqueNames } from "./unique-names.ts";

/** What belongs to one host: every resource builder. */
export interface HostScope extends ResourceBuilders {
  readonly name: string;
  readonly at: string;
}

/** What comes before everything else: every resource builder. */
export type BootstrapScope = ResourceBuilders;

type ServiceFunction<Root extends string> = (s: ServiceScope<Root>) => void;

/** What a project can declare: every resource builder, for all hosts, and these. */
export interface ProjectScope<Root extends string = never> extends ResourceBuilders {
  readonly name: string;
  /** A host, and with a function what it alone has: `p.host("app", { at: "app.example.com" })`. */
  readonly host: (name: string, options: HostOptions, fn?: (h: HostScope) => void) => HostHandle;
  /**
   * What comes first on each host: nothing else is begun before all of it is done. What bootstrap resources rely on
   * (the account that owns a file, say) comes with them, wherever it is declared. `p.bootstrap((b) => { … })`
   */
  readonly bootstrap: (fn: (b: BootstrapScope) => void) => void;
  /**
   * What holds for the logs and signals of all services that say nothing else, and how much the journals of all hosts keep; before
   * the services: `p.observability({ logs: { format: "json" }, journal: { maxUse: "1G", retention: "30d" } })`.
   */
  readonly observability: (options: ObservabilityOptions) => void;
  /** Resources under a name that paths, users and units are derived from: `p.service("api", (s) => { … })`. */
  readonly service: {
    (name: string, fn: ServiceFunction<Root>): ServiceHandle;
    (name: string, options: ServiceOptions, fn: ServiceFunction<Root>): ServiceHandle;
  };
}

interface ProjectContext {
  readonly name: string;
  readonly naming: Naming;
  readonly recorder: Recorder;
}

export function projectScope({ name, naming, recorder }: ProjectContext): ProjectScope<string> {
  const hosts = new UniqueNames(recorder, "host");
  const services = new UniqueNames(recorder, "service");
  const everywhere = resourceBuilders(recorder, { hosts: null, phase: "main" });
  const { observability, levelForService } = projectObservability(recorder, everywhere);
  const users = new UniqueNames(recorder, "service");
  const listeners = new Listeners(recorder);

  const on = z
    .array(
      z.custom<HostHandle>(
        (value) => isRecord(value) && typeof value["host"] === "string" && hosts.has(value["host"]),
        {
          error: "must be what p.host of this project returned",
        },
      ),
    )
    .min(1, "must name at least one host; leave it out for every host");
  const options = z.strictObject({ on: on.optional(), ...ServiceNames });

  function host(hostName: string, given: HostOptions, fn?: (h: HostScope) => void): HostHandle {
    const subject = `host ${quoted(hostName)}`;
    const parsedName = recorder.name(WordName, { what: "host name", input: hostName });
    const parsed = recorder.parse(HostOptions, { name: subject, input: given });
    const handle = Object.freeze({ host: parsedName ?? "", at: parsed?.at ?? "" });
    // A name counts as declared even where its options are refused: references to it are not wrong.
    hosts.add(handle.host);
    if (parsedName !== undefined && parsed !== undefined) {
      recorder.host(deepFreeze({ name: parsedName, ...parsed }));
    }
    if (fn !== undefined) {
      const builders = resourceBuilders(recorder, { hosts: [handle.host], phase: "main" });
      runScope(fn, Object.freeze({ ...builders, name: handle.host, at: handle.at }), {
        recorder,
        subject,
      });
    }
    return handle;
  }

  function service(
    serviceName: string,
    ...rest: readonly [ServiceFunction<string>] | readonly [ServiceOptions, ServiceFunction<string>]
  ): ServiceHandle {
    const [given, fn] = rest.length === 1 ? [{}, rest[0]] : rest;
    const subject = `service ${quoted(serviceName)}`;
    const parsedName = recorder.name(ServiceName, { what: "service name", input: serviceName });
    const { on: bound, ...names } = recorder.parse(options, { name: subject, input: given }) ?? {};
    if (parsedName !== undefined) {
      const { stem, user } = serviceNames(parsedName, { given: names, naming });
      // Who says which user a service has may well mean that of another one.
      if (services.add(parsedName, stem) && names.user === undefined) users.add(parsedName, user);
    }
    const hosts = bound?.map((handle) => handle.host) ?? null;
    const scope = { hosts, phase: "main", service: parsedName } as const;
    const service = { name: parsedName ?? "unnamed", given: names, project: levelForService() };
    const s = serviceScope({ ...service, naming, recorder, scope, listeners });
    runScope(fn, s, { recorder, subject });
    return Object.freeze({ service: s.name, user: s.user });
  }

  function bootstrap(fn: (b: BootstrapScope) => void): void {
    const builders = resourceBuilders(recorder, { hosts: null, phase: "bootstrap" });
    runScope(fn, Object.freeze(builders), { recorder, subject: "bootstrap" });
  }

  return Object.freeze({ ...everywhere, name, host, bootstrap, service, observability });
}

function quoted(name: unknown): string {
  return typeof name === "string" && name !== "" ? name : "without a name";
}
