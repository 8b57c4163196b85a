import type { UnitName } from "../../shared/brands.ts";
import type { Diagnostic } from "../../shared/diagnostic.ts";
import type { Host } from "../host/host.ts";
import type { Step } from "../resources/driver.ts";
import { tail } from "../resources/unit-failures.ts";
import { describeRun, type RunState } from "../resources/unit-state.ts";

/** One check at the last look; `refusal`: why it did not pass. */
export interface Look {
  readonly text: string;
  readonly refusal: string | undefined;
}

interface Story {
  readonly step: Step<"readiness">;
  readonly host: Host;
  /** Units whose journals may tell why. */
  readonly names: readonly UnitName[];
  readonly looks: number;
}

export async function notReady(last: readonly Look[], story: Story): Promise<Diagnostic> {
  const { resource, desired } = story.step;
  const told = last.map(({ text, refusal }) => `  ${text} ${refusal ?? "passed"}`).join("\n");
  const looks = story.looks === 1 ? "the only look" : `the last of ${story.looks} looks`;
  return {
    severity: "error",
    side: "host",
    code: "HK4085",
    summary: "What was waited for is not ready in time.",
    detail: `${resource.id} was not ready within ${desired.timeout}. At ${looks}:\n${told}${await tails(story)}\nCorrect the cause, or give it more time with \`timeout\`, then push again.`,
    ...about(resource),
  };
}

/** Nothing would come of waiting any longer. */
export async function failedWhileWaiting(state: RunState, story: Story): Promise<Diagnostic> {
  const { resource } = story.step;
  return {
    severity: "error",
    side: "host",
    code: "HK4086",
    summary: "What was waited for has failed.",
    detail: `${resource.id} waited for ${state.Id}, but ${describeRun(state)}, and nothing starts it again.${await tails(story)}\nCorrect the cause, then push again; \`systemctl status ${state.Id}\` on the host tells more.`,
    ...about(resource),
  };
}

function about({ id, source }: Step<"readiness">["resource"]) {
  return source === undefined ? { resource: id } : { resource: id, source };
}

/** What the units said last. */
async function tails({ host, names }: Story): Promise<string> {
  const told: string[] = [];
  for (const name of names) told.push(`\n${name}:${await tail(host, name)}`);
  return told.join("");
}
