import { callSite, type Frame } from "./call-site.ts";
import type { Recorder } from "./recorder.ts";

/** Names of hosts, services or monitors: each may be declared once. */
export class UniqueNames {
  readonly #recorder: Recorder;
  readonly #what: "host" | "service" | "monitor";
  readonly #seen = new Map<string, { readonly name: string; readonly frame: Frame | undefined }>();

  constructor(recorder: Recorder, what: "host" | "service" | "monitor") {
    this.#recorder = recorder;
    this.#what = what;
  }

  /** `identity` is what must be unique, `name` what the person wrote. Whether it is new. */
  add(name: string, identity = name): boolean {
    const first = this.#seen.get(identity);
    if (first === undefined) {
      this.#seen.set(identity, { name, frame: callSite() });
      return true;
    }
    const clash =
      first.name === name
        ? `The ${this.#what} ${name} is declared before. Give one of them another name, or declare it in one place.`
        : `The ${this.#what}s ${first.name} and ${name} would have the same users and units, since \`_\` is written as \`-\` there. Give one of them another name, or say \`user\` and \`unit\` in its options.`;
    this.#recorder.fault({ code: "HK1014", detail: clash, firstFrame: first.frame });
    return false;
  }

  has(name: string): boolean {
    return this.#seen.has(name);
  }
}
