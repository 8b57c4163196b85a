import type { Recorder, Scope } from "../recorder.ts";
import { isRecord } from "../resource-options.ts";
import type { Directives, ServiceSection } from "./directives-made.ts";
import { type Confined, faultsOf } from "./faults.ts";
import { Isolate } from "./options.ts";
import { directivesOf } from "./render.ts";
import { undeclaredPaths } from "./undeclared-paths.ts";

/** Confines the units of one service, and knows what they may write. */
export class ServiceIsolation {
  readonly #recorder: Recorder;
  readonly #scope: Scope;
  readonly #storage: string[] = [];
  /** The first unit that was given all storage there was then. */
  #takesAll: string | undefined;

  constructor(recorder: Recorder, scope: Scope) {
    this.#recorder = recorder;
    this.#scope = scope;
  }

  /** What the service's units may write unless they say what. */
  storage(name: string, path: string): void {
    if (name === "config") return;
    this.#storage.push(path);
    if (this.#takesAll === undefined) return;
    const detail = `storage ${name} (${path}) is declared after ${this.#takesAll}, which may write what storage there is and could not write this one. Declare the storage first, or say what the unit may write: \`isolate: { writable: […] }\`.`;
    this.#recorder.fault({ code: "HK1072", detail });
  }

  /** Directives of [Service]. `given`: those given by name, which win. */
  confine(unit: Confined, given: unknown): Directives {
    const isolate = unit.isolate ?? Isolate.parse("strict");
    const directives = directivesOf(isolate, this.#storage);
    const service: ServiceSection = { ...directives, ...(isRecord(given) ? given : {}) };
    const isReadOnly = service["ProtectSystem"] === "strict";
    if (isReadOnly && isolate.writable === undefined) this.#takesAll ??= unit.id;
    for (const fault of faultsOf(unit, { isolate, service, storage: this.#storage })) {
      this.#recorder.fault({ ...fault, resource: unit.id });
    }
    for (const option of ["writable", "readable"] as const) {
      const user = { option, id: unit.id, service, scope: this.#scope };
      const paths = isolate[option] ?? [];
      this.#recorder.whenComplete((declared) => undeclaredPaths(paths, user, declared));
    }
    return directives;
  }
}
