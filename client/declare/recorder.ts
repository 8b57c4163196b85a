import type * as z from "zod";
import { HostKitError } from "../../shared/diagnostic.ts";
import type { Intent } from "../../shared/intents.ts";
import { idOf, type Kind, kindOf } from "../../shared/resources/registry.ts";
import { callSite } from "./call-site.ts";
import type { DeclaredIntent, DeclaredResource, Project } from "./declared.ts";
import { describe } from "./describe.ts";
import { diagnosticOf, type Fault } from "./fault.ts";
import { deepFreeze } from "./freeze.ts";
import type { Handle } from "./handle.ts";
import type { HostDeclaration } from "./host.ts";
import { findings, type Subject } from "./issues.ts";
import type { Naming } from "./names.ts";
import { COMMON_OPTIONS, isRecord, splitOptions } from "./resource-options.ts";

/** Where a resource was declared: which hosts it is for, when it comes, and which service it is of. */
export type Scope = Pick<DeclaredResource, "hosts" | "phase" | "service">;

/** All that was declared. */
type Complete = Pick<Project, "hosts" | "resources" | "faults">;

export interface Declaration {
  readonly kind: Kind;
  readonly key: string;
  readonly options: unknown;
}

interface UnknownRoot {
  readonly root: unknown;
  readonly subject: string;
  readonly naming: Naming;
}

/**
 * Takes down what the builders of one project declare. Nothing here throws because of a bad value: faults are
 * collected, and the builder still returns a handle, so that one evaluation finds them all.
 */
export class Recorder {
  readonly #hosts: HostDeclaration[] = [];
  readonly #resources: DeclaredResource[] = [];
  readonly #intents: (() => DeclaredIntent)[] = [];
  readonly #faults: Fault[] = [];
  /** Handles of things that were refused: what is wrong with them is said already, once. */
  readonly #broken = new WeakSet<object>();
  readonly #checks: ((declared: Complete) => readonly Fault[])[] = [];
  #open = true;

  fault(fault: Fault): void {
    this.#faults.push(Object.freeze({ frame: callSite(), ...fault }));
  }

  /** The parsed input, or `undefined` with the faults recorded. */
  parse<S extends z.ZodType>(
    schema: S,
    subject: Omit<Subject, "schema">,
    resource?: string,
  ): z.output<S> | undefined {
    const result = schema.safeParse(subject.input);
    if (result.success) return result.data;
    for (const { code, detail, value } of findings(result.error.issues, { ...subject, schema })) {
      if (typeof value === "object" && value !== null && this.#broken.has(value)) continue;
      this.fault({ code, detail, resource });
    }
    return undefined;
  }

  /** The parsed name of something, or `undefined` with the faults recorded. `what`: `host name`. */
  name(
    schema: z.ZodType<string>,
    { what, input }: { readonly what: string; readonly input: unknown },
  ): string | undefined {
    return this.parse(schema, { name: what, input, key: { what } });
  }

  /** Looks at all that was declared once nothing more can be; what is found is told of the place this was called from. */
  whenComplete(check: (declared: Complete) => readonly Fault[]): void {
    const frame = callSite();
    this.#checks.push((declared) => check(declared).map((fault) => ({ frame, ...fault })));
  }

  /** Of something that asks for a path in a root which the project does not have. `subject`: `service api`. */
  unknownRoot({ root, subject, naming }: UnknownRoot): void {
    const known = Object.keys(naming.roots).map((each) => `\`${each}\``);
    const detail = `${subject} asks for a path in the root ${JSON.stringify(root)}, which the project does not have. Known: ${known.join(", ")}. Add it to \`roots\` of \`project\`.`;
    this.fault({ code: "HK1026", detail });
  }

  host(host: HostDeclaration): void {
    this.#assertOpen();
    this.#hosts.push(host);
  }

  /** Asked for when all is declared: what comes later may still belong to it. */
  intent(intent: Intent | (() => Intent), { hosts }: Pick<Scope, "hosts">): void {
    this.#assertOpen();
    const made = typeof intent === "function" ? intent : () => intent;
    this.#intents.push(() => deepFreeze({ intent: made(), hosts }));
  }

  resource<K extends Kind>(
    { kind, key, options }: Declaration & { readonly kind: K },
    scope: Scope,
  ): Handle<K> {
    this.#assertOpen();
    const definition = kindOf(kind);
    const frame = callSite();
    const name = typeof key === "string" ? key : "";
    const id = idOf(kind, name === "" ? "(unnamed)" : name);
    const { input, contents, dependsOn, fate, faults } = splitOptions(options, {
      definition,
      key,
      name: id,
    });
    for (const { code, detail } of faults) this.fault({ code, detail, resource: id, frame });
    const desired = this.parse(
      definition.desired,
      {
        name: id,
        input,
        alsoKnown: COMMON_OPTIONS,
        key: { field: definition.key, what: `${kind} ${definition.key}` },
        contentFields: definition.contentFields,
      },
      id,
    );
    if (desired === undefined || faults.length > 0) return this.broken(kind, key, input);
    this.#resources.push({
      id,
      kind,
      desired: deepFreeze(desired as Record<string, unknown>),
      contents: Object.freeze(contents),
      dependsOn: Object.freeze(dependsOn),
      ...fate,
      ...scope,
      frame,
    });
    return Object.freeze({ id, kind, ...definition.handle(desired) }) as Handle<K>;
  }

  /** A handle of something that was refused, as good as it can be made, so that evaluation can go on. */
  broken<K extends Kind>(kind: K, key: string, input: unknown): Handle<K> {
    const definition = kindOf(kind);
    let fields: object = {};
    try {
      fields = definition.handle(isRecord(input) ? input : { [definition.key]: key });
    } catch {
      // The definition may rely on what is missing; then the handle has its id only.
    }
    const handle = Object.freeze({
      id: idOf(kind, describeKey(key)),
      kind,
      ...fields,
    }) as Handle<K>;
    this.#broken.add(handle);
    return handle;
  }

  /** What is refused as a whole, wherever it is used afterwards. */
  markBroken<T extends object>(value: T): T {
    const frozen = Object.freeze(value);
    this.#broken.add(frozen);
    return frozen;
  }

  /** A handle with more to it. */
  extended<H extends object, More extends object>(handle: H, more: More): H & More {
    const made = Object.freeze({ ...handle, ...more });
    if (this.#broken.has(handle)) this.#broken.add(made);
    return made;
  }

  finish(name: string): Project {
    this.#open = false;
    const complete = { hosts: this.#hosts, resources: this.#resources, faults: [...this.#faults] };
    const found = this.#checks.flatMap((check) => check(complete));
    this.#faults.push(...found.map((fault) => Object.freeze(fault)));
    return Object.freeze({
      type: "hostkit.project",
      name,
      hosts: Object.freeze(this.#hosts),
      resources: Object.freeze(this.#resources.map((resource) => Object.freeze(resource))),
      intents: Object.freeze(this.#intents.map((made) => made())),
      faults: Object.freeze(this.#faults),
    });
  }

  /** What was found wrong so far, for when the declaration itself fails half way. */
  abandon(): readonly Fault[] {
    this.#open = false;
    return this.#faults;
  }

  #assertOpen(): void {
    if (this.#open) return;
    const detail =
      "A builder was called after its project was complete, from a timer, a promise or a callback kept for later, so what it declares would be lost. Call builders only while the function given to `project` runs.";
    throw new HostKitError(diagnosticOf({ code: "HK1027", detail }));
  }
}

function describeKey(key: unknown): string {
  return typeof key === "string" && key !== "" ? key : describe(key, { quote: false });
}
