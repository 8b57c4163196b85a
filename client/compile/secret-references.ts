import { dirname, isAbsolute, relative, resolve } from "node:path";
import type { SecretReference } from "../../shared/secret.ts";
import type { Secret } from "../../shared/secret.ts";
import type { Fault } from "../declare/fault.ts";
import type { SourceMap } from "./source-map.ts";

interface Compiling {
  readonly sources: SourceMap;
  readonly configPath: string;
}

interface Place {
  /** `file:/etc/api/runtime.env#DATABASE_URL` */
  readonly place: string;
  readonly resource: string;
  readonly frame: Fault["frame"];
}

/** Gives each secret its final form: paths that start from the declaration, and a name for what is generated. */
export class SecretReferences {
  readonly faults: Fault[] = [];
  readonly #compiling: Compiling;
  readonly #project: string;
  readonly #firstPlace = new Map<Secret, string>();

  constructor(compiling: Compiling, project: string) {
    this.#compiling = compiling;
    this.#project = project;
  }

  referenceOf(secret: Secret, where: Place): SecretReference {
    const { reference } = secret;
    if (reference.from === "file") return { from: "file", path: this.#pathOf(secret) };
    if (reference.from !== "generate") return reference;
    // Another project on the same host has values of its own.
    const named = (name: string): SecretReference => ({
      ...reference,
      name: `${this.#project}:${name}`,
    });
    if (reference.name !== undefined) return named(reference.name);
    const first = this.#firstPlace.get(secret) ?? where.place;
    this.#firstPlace.set(secret, first);
    if (first !== where.place) {
      const detail = `The same generated secret is used in ${first} and in ${where.place}. Its value would depend on which comes first: give it a name, such as secret.generate({ name: "session-key" }).`;
      this.faults.push({ code: "HK1043", detail, resource: where.resource, frame: where.frame });
    }
    return named(first);
  }

  /** As the manifest has it: the same for every operator. */
  #pathOf({ reference, frame }: Secret): string {
    const { sources, configPath } = this.#compiling;
    const written = reference.from === "file" ? reference.path : "";
    const path = resolve(dirname(sources.place(frame)?.path ?? configPath), written);
    return isAbsolute(written) ? path : relative(dirname(configPath), path);
  }
}
