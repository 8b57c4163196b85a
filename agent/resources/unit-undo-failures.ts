import type { Diagnostic } from "../../shared/diagnostic.ts";
import { type Host } from "../host/host.ts";
import { said as readable } from "../host/systemctl.ts";
import type { Step } from "./driver.ts";
import { failure, tail } from "./unit-failures.ts";
import { describeRun, type RunState } from "./unit-state.ts";

/** What could not be taken back of units, in words for a person. */

export interface After {
  readonly step: Step<"unit">;
  readonly state: RunState;
}

const answerOf = (said: string, name: string) => {
  const about = readable(said)
    .split("\n")
    .filter((line) => line.includes(name) && !line.startsWith("See "));
  return about.length === 0 ? "" : ` systemctl said: ${about.join(" ")}`;
};

/** systemctl does not answer, while changes are taken back: files and links still are. */
export const noAnswerToUndo = (steps: readonly Step<"unit">[], why: string): Diagnostic[] =>
  steps.map((step) =>
    failure(step, "HK4330", {
      summary: "systemd does not answer, and was not told what was taken back.",
      detail: `${step.resource.id}: its file and links were put back; what systemd makes of it was not: ${why}. See to systemd on the host, then run \`systemctl daemon-reload\` and look at \`systemctl status ${step.desired.name}\`.`,
    }),
  );

export const notReread = (steps: readonly Step<"unit">[], said: string): Diagnostic[] =>
  steps.map((step) =>
    failure(step, "HK4331", {
      summary: "systemd did not read the units again that were put back.",
      detail: `${step.resource.id}: its file and links are as before, and \`systemctl daemon-reload\` failed; it said: ${readable(said) || "nothing"}. Run it on the host, then look at \`systemctl status ${step.desired.name}\`.`,
    }),
  );

export const stillRuns = ({ step, state }: After, said: string): Diagnostic =>
  failure(step, "HK4332", {
    summary: "A unit that did not run before could not be stopped again.",
    detail: `${step.resource.id}: ${step.desired.name} did not run before, and ${describeRun(state)}.${answerOf(said, step.desired.name)} Another unit or a timer may start it again (systemctl list-dependencies --reverse ${step.desired.name}). Stop it on the host.`,
  });

/** It was up before the run, and is not. */
export async function downNow(
  { step, state }: After,
  { host, said }: { readonly host: Host; readonly said: string },
): Promise<Diagnostic> {
  const { name } = step.desired;
  const gone =
    step.observed.state === "present" && step.observed.content === null
      ? " Its file is not HostKit's: a package has it, or it had been removed before the run while the unit ran."
      : " Its file is as before.";
  return failure(step, "HK4333", {
    summary: "A unit that ran before does not run any more.",
    detail: `${step.resource.id}: ${name} was started again as it was before the run, but ${describeRun(state)}.${gone}${answerOf(said, name)}${await tail(host, name)}\nSee to what it says, then run \`systemctl restart ${name}\` on the host.`,
  });
}

export const notReloaded = (step: Step<"unit">, said: string): Diagnostic =>
  failure(step, "HK4334", {
    summary: "A unit did not reload what was put back.",
    detail: `${step.resource.id}: its file is as before, and ${step.desired.name} may still go by what it reloaded during the run.${answerOf(said, step.desired.name)} Correct what it says, then run \`systemctl reload ${step.desired.name}\` on the host.`,
  });

export const linksUnknown = (steps: readonly Step<"unit">[], why: string): Diagnostic[] =>
  steps.map((step) =>
    failure(step, "HK4335", {
      summary: "The links that make units enabled could not be read.",
      detail: `${step.resource.id} would be enabled or disabled, which can be taken back only when its links are known, and they are not: ${why} See that find(1) works there, then push again.`,
    }),
  );
