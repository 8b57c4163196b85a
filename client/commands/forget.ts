import type { ResourceId } from "../../shared/brands.ts";
import type { Diagnostic } from "../../shared/diagnostic.ts";
import type { Held } from "../../shared/held.ts";
import { EXIT, worst } from "../cli/exit-code.ts";
import { cliFault } from "../cli/faults.ts";
import { Interrupted } from "../operate/interrupt.ts";
import type { Target } from "../operate/target.ts";
import type { LoadedProject } from "../compile/load.ts";
import { count } from "../view/quantity.ts";
import { oneLine } from "../view/text.ts";
import type { Command, Context } from "./command.ts";
import { failedHost } from "./hosts.ts";
import { agrees, checkAsking, declined, type Result } from "./review.ts";
import { type Connected, loadTargetsOf, withSession } from "./sessions.ts";

/** Lets go of resources without touching them. One host after the other: each may need an answer. */
export const forget: Command = async (context) => {
  const { interrupt, options, view } = context;
  const ids = [...new Set(options.id)];
  if (ids.length === 0) {
    throw cliFault(
      "HK5011",
      "forget needs to know what to let go of: name each resource with --id, such as --id file:/etc/motd.",
    );
  }
  checkAsking("forget", context, "");
  const { targets, loaded } = await loadTargetsOf(context);
  const results: Result[] = [];
  for (const target of targets) {
    try {
      // What Ctrl-C stopped was another host's turn: this one's has not come.
      if (interrupt.requested) throw new Interrupted("interrupted");
      const declared = await interrupt.race(stillDeclared(target, { ids, loaded }));
      const work = (connected: Connected) => letGo(connected, { ids, declared, context });
      results.push(await withSession(target, context, work));
    } catch (error) {
      results.push(failedHost(target.name, error, view));
    }
  }
  const left = results.filter(({ exitCode }) => exitCode === EXIT.interrupted);
  if (left.length > 0) {
    view.warn(`Interrupted. Left as before: ${left.map(({ host }) => oneLine(host)).join(", ")}.`);
  }
  return { exitCode: worst(results.map(({ exitCode }) => exitCode)), hosts: results };
};

interface LettingGo {
  readonly ids: readonly ResourceId[];
  /** A warning for each that is still declared; `null`: no declaration was read. */
  readonly declared: readonly Diagnostic[] | null;
  readonly context: Context;
}

async function letGo(connected: Connected, { ids, declared, context }: LettingGo): Promise<Result> {
  const { session, label, progress } = connected;
  const { view, options, interrupt } = context;
  const { host } = label;
  progress.phase({ name: "reading" });
  const { held } = await interrupt.race(session.held(ids));
  // A line that is redrawn would take the question away.
  progress.end();
  view.held(label, held);
  if (declared === null) {
    view.warn(
      `${oneLine(host)}: no declaration was read. What one still has is taken up again by its next push.`,
    );
  } else if (declared.length > 0) view.diagnostics(declared, host);
  if (!options.yes && !(await agrees(context, question(host, held)))) {
    view.warn("Nothing was changed.");
    return declined(host);
  }
  await doForget(connected, held, context);
  view.forgotten(label, ids);
  return { host, exitCode: EXIT.ok, result: `${count(ids.length, "resource")} forgotten` };
}

/** Ctrl-C ends the wait for a run that is at work; whether it came too late is told by the answer. */
async function doForget(
  { session, label: { host } }: Connected,
  held: readonly Held[],
  { view, options, interrupt }: Context,
): Promise<void> {
  const progress = view.progress(host);
  progress.phase({ name: "forgetting" });
  try {
    await interrupt.whileChanging(
      (stop) => session.forget(held, { wait: options.wait, stop }),
      () => undefined,
    );
  } finally {
    progress.end();
  }
}

function question(host: string, held: readonly Held[]): string {
  const [first, ...others] = held;
  const what =
    first !== undefined && others.length === 0
      ? oneLine(first.id)
      : `these ${count(held.length, "resource")}`;
  return `Let go of ${what} on ${oneLine(host)}? [y/N] `;
}

/** Warnings for what the next push would take up again. */
async function stillDeclared(
  { declared: host }: Target,
  {
    ids,
    loaded,
  }: { readonly ids: readonly ResourceId[]; readonly loaded: LoadedProject | undefined },
): Promise<Diagnostic[] | null> {
  if (loaded === undefined || host === undefined) return null;
  const { manifest } = await loaded.manifestFor(host);
  return manifest.resources
    .filter(({ id }) => ids.includes(id))
    .map(({ id, source }) => ({
      severity: "warning",
      side: "config",
      code: "HK1040",
      summary: "What is to be let go of is still declared.",
      detail: `${id} is declared for the host ${host}, so its next push takes it up again, as something that was there before HostKit. To let go of it for good, take it out of the declaration first.`,
      resource: id,
      ...(source === undefined ? {} : { source }),
    }));
}
