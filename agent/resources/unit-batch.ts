import { isTemplate } from "../../shared/resources/unit-rules.ts";
import type { ApplyContext, Step } from "./driver.ts";

export type Job = "start" | "stop" | "restart" | "reload";

/** What one step asks for, in the order in which a batch does it. */
export interface Work {
  readonly step: Step<"unit">;
  readonly name: string;
  readonly write: boolean;
  /** systemd goes by an older file than the one that is there. */
  readonly stale: boolean;
  /** What it reads is another by now. */
  readonly inputs: boolean;
  /** `enabled` changes to this. */
  readonly enablement: "enable" | "disable" | undefined;
  readonly job: Job | undefined;
}

/** What is known of a batch while it runs, so that a failure can say how far it got. */
export class Batch {
  readonly works: readonly Work[];
  readonly context: ApplyContext;
  readonly #said = new Map<Work, string[]>();
  readonly #done = new Set<Work>();

  constructor(steps: readonly Step<"unit">[], context: ApplyContext) {
    this.works = steps.map(workOf);
    this.context = context;
  }

  begin(work: Work): void {
    if (this.#said.has(work)) return;
    this.#said.set(work, []);
    this.context.started(work.step);
  }

  /** Notes a change that took place: `written`, `started`. */
  note(work: Work, what: string): void {
    this.#said.get(work)?.push(what);
  }

  finish(work: Work): void {
    this.#done.add(work);
    this.context.done(work.step);
  }

  /** Steps begun and not complete; all that are not complete when none was begun. */
  open(): Step<"unit">[] {
    const left = this.works.filter((work) => !this.#done.has(work));
    const begun = left.filter((work) => this.#said.has(work));
    return (begun.length > 0 ? begun : left).map((work) => work.step);
  }

  /** Which units were changed how, and which were not, in a sentence. */
  story(): string {
    const changed = this.works.flatMap((work) => {
      const what = this.#said.get(work) ?? [];
      return what.length > 0 ? [`${work.name} (${what.join(", ")})`] : [];
    });
    const untouched = this.works
      .filter((work) => (this.#said.get(work) ?? []).length === 0)
      .map((work) => work.name);
    return [
      changed.length > 0 ? `Changed so far: ${changed.join(", ")}.` : "No unit was changed.",
      untouched.length > 0 ? `Not changed: ${untouched.join(", ")}.` : "",
    ]
      .join(" ")
      .trim();
  }
}

function jobOf({ observed, follow }: Step<"unit">, active: unknown): Job | undefined {
  if (active === "inactive") return "stop";
  // A restart starts what does not run, and a reload of what does not run would fail.
  if (active !== "active" || follow === "restart") return follow ?? undefined;
  // systemd would make a start wait for RestartSec= of what is about to be started again anyway.
  return observed.state === "present" && observed.active === "restarting" ? "restart" : "start";
}

const wished = ({ name, enabled }: Step<"unit">["desired"]) =>
  enabled === undefined || isTemplate(name) ? undefined : enabled ? "enable" : "disable";

/** All that there is of it goes: its file, its links, and what runs. */
function workOfRemoval(step: Step<"unit">): Work {
  const { observed } = step;
  const { name } = step.desired;
  const runs = observed.state === "present" && !["inactive", "failed"].includes(observed.active);
  return {
    step: { ...step, desired: { ...step.desired, active: false } },
    name,
    write: observed.state === "present" && observed.content !== null,
    stale: false,
    inputs: false,
    // Without a file systemctl refuses.
    enablement: observed.state === "present" && observed.content !== null ? "disable" : undefined,
    job: runs && !isTemplate(name) ? "stop" : undefined,
  };
}

export function workOf(step: Step<"unit">): Work {
  if (step.removal) return workOfRemoval(step);
  const { desired, observed, differences } = step;
  const after = (field: string) =>
    differences.find((difference) => difference.field === field)?.after;
  // Whether a unit is enabled is known for what systemd has read. Of the rest, links may be left from an earlier unit.
  const unsure = observed.state === "absent" || observed.loaded === "stale";
  const enablement = unsure || after("enabled") !== undefined ? wished(desired) : undefined;
  return {
    step,
    name: desired.name,
    write: after("content") !== undefined,
    stale: after("loaded") !== undefined,
    inputs: after("inputs") !== undefined,
    enablement,
    job: jobOf(step, after("active")),
  };
}
