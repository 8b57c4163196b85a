import type { Diagnostic } from "../../shared/diagnostic.ts";
import type { Duration } from "../../shared/duration.ts";
import { type Plan, type PlanSummary, summarise } from "../../shared/plan.ts";
import { close } from "../operate/connect.ts";
import { Interrupted } from "../operate/interrupt.ts";
import type { Operating } from "../operate/operating.ts";
import { planHost } from "../operate/plan-host.ts";
import type { PlannedHost } from "../operate/planned-host.ts";
import type { Services } from "../services.ts";
import { abortable } from "./abort.ts";
import { Hidden, milliseconds } from "./arguments.ts";
import { apiFault } from "./api-fault.ts";
import { compilations, compile, type Compiled } from "./compiled.ts";
import { type Declaration, declarations } from "./declaration.ts";
import type { HostKitListener } from "./events.ts";
import { guarded, talkTo, tellDiagnostics } from "./talk.ts";
import { checkWhere, hostOf, targetOf, type Where } from "./target.ts";

export type PlanOptions = Where & {
  /** Aborted when the plan is not wanted any more. */
  readonly signal?: AbortSignal | undefined;
  readonly onEvent?: HostKitListener | undefined;
  /**
   * Brings a run that was cut off to its end first, as its operator had wanted it, which may change the host. Without it
   * nothing is changed: a diagnostic tells of such a run, and applying settles it and finds the plan stale.
   */
  readonly settle?: boolean | undefined;
  /** With `settle`: how long to wait for another run on the host to end. Default: `"10s"`. */
  readonly wait?: Duration | undefined;
};

/** What would change on one host, and the session in which exactly that can be applied. */
export interface Planned extends AsyncDisposable {
  /** The declared name of the host. */
  readonly host: string;
  /** How it was reached: `root@app.example.com:22`. */
  readonly label: string;
  readonly plan: Plan;
  readonly summary: PlanSummary;
  /** Warnings that came with the plan. */
  readonly diagnostics: readonly Diagnostic[];
  /** Ends the session, and with it the agent on the host; an apply is waited for. Safe to call twice. Never rejects. */
  close(): Promise<void>;
}

/** What `apply` needs of a plan. */
export interface Appliable {
  readonly planned: PlannedHost;
  readonly operating: Pick<Operating, "connectTarget" | "secrets">;
  /** Does it, unless it was done, is being done, or the session is closed. One that rejects can be tried again. */
  readonly once: <T>(work: () => Promise<T>) => Promise<T>;
}

export const plans = new Hidden<Planned, Appliable>("`plan`");

export async function planWith(
  { connectTarget }: Pick<Services, "connectTarget">,
  of: Declaration | Compiled,
  options: PlanOptions,
): Promise<Planned> {
  const onEvent = guarded(options.onEvent);
  const wait = milliseconds("wait", options.wait, "10s");
  checkWhere(options);
  const { declaration, manifestFor, host } = await compiledFor(of, options);
  const { loaded, secrets, user } = declarations.get(declaration);
  const { hosts } = loaded.project;
  const target = targetOf(host, options, { hosts, context: { secrets, user } });
  const planned = await abortable(options.signal, async (interrupt) => {
    const operating = { connectTarget, interrupt, secrets, talk: talkTo(onEvent) };
    const how = { loaded: { manifestFor, configPath: loaded.configPath }, wait };
    const made = await planHost(target, { ...how, changes: options.settle === true }, operating);
    if (!interrupt.requested) return made;
    await close(made.session);
    throw new Interrupted("interrupted");
  });
  tellDiagnostics(host, planned.diagnostics, onEvent);
  return plannedOf(planned, { connectTarget, secrets });
}

/** A declaration is compiled here; what is compiled is planned as it is. */
async function compiledFor(of: Declaration | Compiled, { host: given }: PlanOptions) {
  const isCompiled = typeof of === "object" && of !== null && compilations.has(of);
  const declaration = isCompiled ? compilations.get(of as Compiled) : (of as Declaration);
  if (!isCompiled) declarations.get(declaration);
  const compiled = isCompiled
    ? (of as Compiled)
    : await compile(declaration, hostOf(declaration, given));
  if (given !== undefined && given !== compiled.host) {
    throw apiFault(
      "HK5040",
      `\`host\` names ${JSON.stringify(given)}, and what is to be planned was compiled for ${compiled.host}.`,
    );
  }
  return { declaration, host: compiled.host, manifestFor: async () => compiled };
}

function plannedOf(planned: PlannedHost, operating: Appliable["operating"]): Planned {
  const { session, target, plan, diagnostics } = planned;
  let isSpent = false;
  let applying: Promise<unknown> | undefined;
  const end = async () => {
    await applying?.catch(() => undefined);
    await close(session);
  };
  let ending: Promise<void> | undefined;
  const made: Planned = {
    host: target.declared ?? target.name,
    label: session.label,
    plan,
    summary: summarise(plan),
    diagnostics,
    close: () => (ending ??= end()),
    [Symbol.asyncDispose]: () => made.close(),
  };
  plans.put(made, {
    planned,
    operating,
    once: async (work) => {
      if (applying !== undefined) throw spent("It is being applied.");
      if (ending !== undefined) throw spent("Its session was closed.");
      if (isSpent) throw spent("It was handed over to the host already.");
      const doing = work();
      applying = doing;
      try {
        const result = await doing;
        isSpent = true;
        return result;
      } finally {
        applying = undefined;
      }
    },
  });
  return made;
}

const spent = (why: string) => apiFault("HK5042", `${why} Plan again to see what is left to do.`);
