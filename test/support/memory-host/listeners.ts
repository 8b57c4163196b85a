import type { Probe, ProbeAnswer } from "../../../agent/host/host.ts";

/** What answers on a memory host: by URL, `host:port` or the path of a socket. Nobody else does. */
export class Listeners {
  readonly #answers = new Map<string, ProbeAnswer[]>();

  /** Answers one question after the other; the last answer is given again and again. */
  put(where: string, ...answers: readonly ProbeAnswer[]): void {
    this.#answers.set(where, [...answers]);
  }

  ask(probe: Probe): ProbeAnswer {
    const answers = this.#answers.get(placeOf(probe)) ?? [];
    const [first = REFUSED] = answers;
    if (answers.length > 1) answers.shift();
    return first;
  }
}

const REFUSED: ProbeAnswer = { type: "none", code: "ECONNREFUSED" };

export function placeOf(probe: Probe): string {
  if (probe.type === "http") return probe.socket ?? probe.url;
  return "path" in probe.to ? probe.to.path : `${probe.to.host}:${probe.to.port}`;
}
