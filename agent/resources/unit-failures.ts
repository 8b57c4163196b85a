import { type Diagnostic, HostKitError } from "../../shared/diagnostic.ts";
import { isTemplate } from "../../shared/resources/unit-rules.ts";
import { UNIT_DIRECTORY } from "../../shared/resources/unit.ts";
import type { CommandResult, Host } from "../host/host.ts";
import { journalTail, loadMessage, said as readable, showUnits } from "../host/systemctl.ts";
import type { Step } from "./driver.ts";
import { pathFailure } from "./path-problems.ts";
import { describeRun, type RunState } from "./unit-state.ts";

/** What went wrong while units were changed, in words for a person. */

export const failure = (
  { resource: { id, source } }: Step<"unit">,
  code: Diagnostic["code"],
  text: Pick<Diagnostic, "summary" | "detail">,
): Diagnostic => {
  const plain = { severity: "error", side: "host", code, ...text, resource: id } as const;
  return source === undefined ? plain : { ...plain, source };
};

/** A unit file could not be written; files of the batch that were are not in force yet. */
export function writeFailure(
  step: Step<"unit">,
  { error, story }: { error: unknown; story: string },
): unknown {
  const refusal = pathFailure(step.resource.id, error);
  if (!(refusal instanceof HostKitError)) return refusal;
  const told = refusal.diagnostics.map((d) => ({
    ...d,
    detail: `${d.detail} ${story} systemd was not told to read any of it.`,
  }));
  return new HostKitError(told, { cause: error });
}

/** systemctl stopped answering in the middle. */
export function noAnswer(steps: readonly Step<"unit">[], why: string, story: string): Diagnostic[] {
  return steps.map((step) =>
    failure(step, "HK4310", {
      summary: "systemd does not answer any more.",
      detail: `${step.resource.id} could not be changed to the end: ${why}. ${story} See to systemd on the host (systemctl is-system-running), then push again.`,
    }),
  );
}

/** One call for several units was refused or took too long. Its message names those it is about. */
export function toolFailure(
  steps: readonly Step<"unit">[],
  { verb, result, story }: { verb: string; result: CommandResult; story: string },
): Diagnostic[] {
  const said = readable(result.stderr) || "nothing";
  const named = steps.filter((step) => said.includes(step.desired.name));
  return (named.length > 0 ? named : steps).map((step) =>
    result.status === null
      ? failure(step, "HK4311", {
          summary: "systemd did not finish in time.",
          detail: `${step.resource.id}: \`systemctl ${verb}\` was given up after its time limit; it said: ${said}. What it asked for may still be carried out. ${story} Look at systemctl list-jobs on the host, then push again.`,
        })
      : failure(step, "HK4312", {
          summary: "systemd refused a change of units.",
          detail: `${step.resource.id}: \`systemctl ${verb}\` ended with status ${result.status} and said: ${said}. ${story} Correct what it names, then push again.`,
        }),
  );
}

/** Units that systemd can't load after the reload, or that it still knows by an older file. */
export async function loadFailures(
  steps: readonly Step<"unit">[],
  { host, story }: { host: Host; story: () => string },
): Promise<Diagnostic[]> {
  const units = steps.filter((step) => !isTemplate(step.desired.name));
  const properties = ["LoadState", "LoadError", "NeedDaemonReload"] as const;
  const states = await showUnits(
    host,
    units.map((step) => step.desired.name),
    properties,
  );
  const failures: Diagnostic[] = [];
  for (const [index, step] of units.entries()) {
    const state = states[index] ?? { LoadState: "", LoadError: "", NeedDaemonReload: "" };
    if (state.LoadState === "loaded" && state.NeedDaemonReload !== "yes") continue;
    const { name } = step.desired;
    const why =
      state.LoadState === "loaded"
        ? "its file or a drop-in of it changed again meanwhile."
        : `${loadMessage(state)}.${await loadReasons(host, name)}`;
    failures.push(
      failure(step, "HK4313", {
        summary: "systemd does not accept the unit's new file.",
        detail: `${step.resource.id}: systemd read ${UNIT_DIRECTORY}/${name} and did not accept it: ${why}\nNothing of this batch was started, stopped or restarted. ${story()} Correct the declaration, then push again.`,
      }),
    );
  }
  return failures;
}

/** The load error says that something is wrong; the journal's last lines about the file say what. */
async function loadReasons(host: Host, name: string): Promise<string> {
  const lines = (await journalTail(host, name))
    .filter((line) => line.startsWith("/") || line.startsWith(`${name}:`))
    .slice(-REASONS);
  return lines.length === 0 ? "" : `\n${indent(lines)}`;
}

/** Lines of the journal that are passed on as reasons. */
const REASONS = 3;

const indent = (lines: readonly string[]) => lines.map((line) => `  ${line}`).join("\n");

/** Units that do not run although they were started, or still run although they were stopped. */
export async function runFailures(
  failed: readonly { readonly step: Step<"unit">; readonly state: RunState }[],
  { host, said, story }: { host: Host; said: string; story: string },
): Promise<Diagnostic[]> {
  const failures: Diagnostic[] = [];
  for (const { step, state } of failed)
    failures.push(await runFailure(step, { state, host, said, story }));
  return failures;
}

async function runFailure(
  step: Step<"unit">,
  { state, host, said, story }: { state: RunState; host: Host; said: string; story: string },
): Promise<Diagnostic> {
  const { name } = step.desired;
  const { id } = step.resource;
  const about = readable(said)
    .split("\n")
    .filter((line) => line.includes(name) && !line.startsWith("See "));
  const answer = about.length === 0 ? "" : ` systemctl said: ${about.join(" ")}`;
  if (state.ActiveState === "active" && step.follow === "reload") {
    return failure(step, "HK4314", {
      summary: "The unit did not reload.",
      detail: `${id}: ${name} still runs, with the configuration it had before.${answer}${await tail(host, name)}\n${story} Correct what it says, then run \`systemctl reload ${name}\` on the host.`,
    });
  }
  if (step.desired.active === false) {
    return failure(step, "HK4315", {
      summary: "The unit did not stop.",
      detail: `${id}: ${name} was told to stop, but ${describeRun(state)}.${answer} ${story} Another unit or a timer may start it again (systemctl list-dependencies --reverse ${name}). Then push again.`,
    });
  }
  if (state.Result === "start-limit-hit") {
    return failure(step, "HK4316", {
      summary: "The unit was started too often.",
      detail: `${id}: ${name} failed so often in a short time that systemd refuses to start it again (StartLimitBurst=).${answer}${await tail(host, name)}\n${story} Correct the cause, then push again.`,
    });
  }
  return failure(step, "HK4317", {
    summary: "The unit does not run.",
    detail: `${id}: ${name} was started, but ${describeRun(state)}.${answer}${await tail(host, name)}\n${story} Correct the cause, then push again; \`systemctl status ${name}\` on the host tells more.`,
  });
}

/** What the unit said last, to be put behind a sentence. */
export async function tail(host: Host, name: string): Promise<string> {
  const lines = await journalTail(host, name);
  return lines.length === 0
    ? " Its journal has nothing."
    : ` The last lines of its journal:\n${indent(lines)}`;
}
