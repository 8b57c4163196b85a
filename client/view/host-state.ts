import type { StepEvent } from "../../shared/run.ts";
import type { Phase } from "../operate/talk.ts";
import type { Paint } from "./paint.ts";
import { duration } from "./quantity.ts";
import { doingOf } from "./step-words.ts";
import { oneLine } from "./text.ts";

/** Milliseconds after which a step is named as slow. */
export const SLOW = 10_000;

/** What is known of one host's work while it goes on. */
export class HostState {
  readonly host: string;
  readonly #startedAt: number;
  #phase: Phase | undefined;
  #phaseAt: number;
  #total = 0;
  #finished = 0;
  /** Resources being worked on and since when, oldest first. */
  readonly #running = new Map<string, number>();

  constructor(host: string, now: number) {
    this.host = oneLine(host);
    this.#startedAt = now;
    this.#phaseAt = now;
  }

  /** Whether this is another phase than before. */
  enter(phase: Phase, now: number): boolean {
    const entered = phase.name !== this.#phase?.name;
    if (entered) this.#phaseAt = now;
    this.#phase = phase;
    return entered;
  }

  expect(total: number): void {
    this.#total = total;
  }

  /** How long a finished step took, in milliseconds. */
  step({ type, id }: StepEvent, now: number): number {
    const since = this.#running.get(id) ?? now;
    if (type === "started") {
      this.#running.set(id, now);
    } else {
      this.#running.delete(id);
      this.#finished += 1;
    }
    return now - since;
  }

  /** What has gone on longest: a resource, or else the phase itself. `key` tells one from the next. */
  oldest(): { readonly key: string; readonly words: string; readonly since: number } | undefined {
    for (const [id, since] of this.#running) {
      return { key: id, words: doingOf(id) ?? `working on ${oneLine(id)}`, since };
    }
    if (this.#phase === undefined) return undefined;
    return { key: this.#phase.name, words: this.phaseText(), since: this.#phaseAt };
  }

  phaseText(): string {
    if (this.#phase === undefined) return "";
    if (this.#phase.name === "uploading") {
      return `uploading agent ${Math.floor(this.#phase.fraction * 100)} %`;
    }
    if (this.#phase.name !== "applying" || this.#total === 0) return this.#phase.name;
    return `applying, ${this.#finished} of ${this.#total} done`;
  }

  /** The line of a live display. */
  liveLine(now: number, paint: Paint): string {
    const parts = [paint.strong(this.host), this.phaseText()];
    for (const [id, since] of this.#running) {
      const slow = now - since >= SLOW ? ` (${duration(now - since)})` : "";
      parts.push(`${doingOf(id) ?? oneLine(id)}${slow}`);
      break;
    }
    return [...parts, paint.faint(duration(now - this.#startedAt))].join("  ");
  }
}
