import { HostKitError } from "../../shared/diagnostic.ts";
import { EXIT, type ExitCode, worst } from "../cli/exit-code.ts";
import { checkTargetOptions, namesDeclaredHosts, resolveTargets } from "../cli/target.ts";
import type { LoadedProject } from "../compile/load.ts";
import { type Check, ok, skipped, unwell } from "../doctor/check.ts";
import { checkDeclaration, checkSecrets } from "../doctor/declaration.ts";
import { checkAgents, checkNode, checkTerminal, checkVariables, failures } from "../doctor/here.ts";
import { checkLogins } from "../doctor/logins.ts";
import { checkHost, ON_HOST } from "../doctor/on-host.ts";
import { goTo } from "../doctor/stages.ts";
import type { Surroundings } from "../doctor/surroundings.ts";
import { close } from "../operate/connect.ts";
import { eachOf } from "../operate/each-of.ts";
import type { Target } from "../operate/target.ts";
import type { Command, Context } from "./command.ts";
import { failedHost, resultOf } from "./hosts.ts";
import type { Result } from "./review.ts";

/** Looks for what would keep HostKit from working: here, and on the way to the hosts that are named. */
export const doctor: Command = async (context) => {
  const { options, view, services, interrupt } = context;
  const named =
    options.all || options.host.length > 0 || options.ssh !== undefined || options.local;
  if (named) checkTargetOptions(options);
  const surroundings = await services.surroundings();
  const here = await interrupt.race(checkHere(context, surroundings));
  view.checks({ host: null, checks: here.checks });
  const code = codeOf(here.checks);
  const { targets, problems } = named ? targetsOf(context, here.loaded) : NO_TARGETS;
  if (problems.length > 0) view.checks({ host: null, checks: problems });
  const working = eachOf(targets, (target) => checkTarget(target, { context, surroundings }));
  const results: Result[] = [];
  const all: Check[] = [];
  for (const [index, settling] of working.entries()) {
    const settled = await settling;
    const host = targets[index]?.name ?? "";
    if (settled.status === "rejected") {
      results.push(failedHost(host, settled.reason, view));
      continue;
    }
    const checks = settled.value;
    view.checks({ host, checks });
    all.push(...checks);
    results.push({ host, exitCode: codeOf(checks), result: resultText(checks) });
  }
  view.examined([...here.checks, ...problems, ...all]);
  const { exitCode, hosts } = resultOf(results, view);
  return { exitCode: worst([code, codeOf(problems), exitCode]), hosts };
};

const codeOf = (checks: readonly Check[]): ExitCode =>
  checks.some(({ health }) => health === "fail") ? EXIT.failed : EXIT.ok;

function resultText(checks: readonly Check[]): string {
  const bad = checks.find(({ health }) => health === "fail");
  if (bad !== undefined) return `${bad.name}: ${bad.found}`;
  const warnings = checks.filter(({ health }) => health === "warn").length;
  return warnings === 0 ? "well" : `well, ${warnings} to look at`;
}

interface Here {
  readonly checks: readonly Check[];
  readonly loaded: LoadedProject | undefined;
}

async function checkHere(context: Context, surroundings: Surroundings): Promise<Here> {
  const { options, services, cwd, env, view, secrets, version, ask } = context;
  const progress = view.progress(null);
  progress.phase({ name: "checking" });
  try {
    const required = options.config !== undefined || namesDeclaredHosts(options);
    const { loaded, checks: declaration } = await checkDeclaration(
      () => services.loadProject({ config: options.config, cwd }),
      { required },
    );
    const known = (loaded?.project.hosts ?? []).filter(
      ({ name }) => options.host.length === 0 || options.host.includes(name),
    );
    const targets = resolveTargets(
      { ...NOBODY, host: known.map(({ name }) => name) },
      known,
      context,
    );
    const checks = [
      checkNode(surroundings),
      ok("hostkit", version),
      ...(await checkAgents(surroundings)),
      ...declaration,
      ...(loaded === undefined ? [] : await checkSecrets(loaded, { hosts: known, secrets })),
      ...(await checkLogins({ surroundings, env, targets })),
      ...checkVariables(env),
      ...checkTerminal(env, { canAsk: ask !== undefined }),
    ];
    return { checks, loaded };
  } finally {
    progress.end();
  }
}

const NOBODY = { host: [], all: false, ssh: undefined, local: false } as const;

interface Targets {
  readonly targets: readonly Target[];
  readonly problems: readonly Check[];
}
const NO_TARGETS: Targets = { targets: [], problems: [] };

/** Where the declaration can't be read, nobody knows where its hosts are. */
function targetsOf(context: Context, loaded: LoadedProject | undefined): Targets {
  const { options } = context;
  if (loaded === undefined && namesDeclaredHosts(options)) {
    const names = options.host.length === 0 ? ["every host"] : options.host;
    return {
      targets: [],
      problems: names.map((name) => skipped(name, "not checked: the declaration says where it is")),
    };
  }
  try {
    return { targets: resolveTargets(options, loaded?.project.hosts ?? [], context), problems: [] };
  } catch (error) {
    if (!(error instanceof HostKitError)) throw error;
    return { targets: [], problems: error.diagnostics.map((each) => unwell("target", each)) };
  }
}

interface Checking {
  readonly context: Context;
  readonly surroundings: Surroundings;
}

async function checkTarget(
  target: Target,
  { context, surroundings }: Checking,
): Promise<readonly Check[]> {
  const { view, interrupt, connectTarget } = context;
  const progress = view.progress(target.name);
  progress.phase({ name: "connecting" });
  try {
    const going = goTo(target.reach, {
      surroundings,
      connectTarget,
      signal: interrupt.signal,
      onProgress: (phase) => progress.phase(phase),
      now: () => Date.now(),
    });
    const {
      checks,
      session,
      skew = 0,
    } = await interrupt.race(going).catch((error: unknown) => {
      // It may still arrive after nobody waits for it any more.
      void going.then((late) => late.session && close(late.session)).catch(() => undefined);
      throw error;
    });
    if (session === undefined) return [...checks, ...ON_HOST.map((name) => skipped(name))];
    try {
      progress.phase({ name: "checking" });
      return [...checks, ...checkHost(await interrupt.race(session.examine()), { skew })];
    } catch (error) {
      return [...checks, ...failures("host", error)];
    } finally {
      await close(session);
    }
  } finally {
    progress.end();
  }
}
