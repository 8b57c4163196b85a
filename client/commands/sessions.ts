import {
  checkTargetOptions,
  namesDeclaredHosts,
  resolveTargets,
  withDeclaration,
} from "../cli/target.ts";
import { close, connect } from "../operate/connect.ts";
import { eachOf } from "../operate/each-of.ts";
import type { HostProgress } from "../operate/talk.ts";
import type { DeclaredTarget, Target } from "../operate/target.ts";
import type { Session } from "../session.ts";
import type { HostLabel } from "../view/view.ts";
import type { LoadedProject } from "../compile/load.ts";
import type { Context } from "./command.ts";
import { hostLabel } from "./host-label.ts";
import { failedHost } from "./hosts.ts";
import type { Result } from "./review.ts";
import { load } from "./load.ts";

/** A host that is connected to, and nothing else known of it. */
export interface Connected {
  readonly target: Target;
  readonly session: Session;
  readonly label: HostLabel;
  readonly progress: HostProgress;
}

/** The hosts that are meant, and the declaration, which is read only to know where a declared host is. */
export async function loadTargetsOf(
  context: Context,
): Promise<{ readonly targets: Target[]; readonly loaded: LoadedProject | undefined }> {
  const { options } = context;
  checkTargetOptions(options);
  const loaded = namesDeclaredHosts(options) ? await load(context) : undefined;
  return { targets: resolveTargets(options, loaded?.project.hosts ?? [], context), loaded };
}

/** The hosts that are meant. */
export const targetsOf = async (context: Context): Promise<Target[]> =>
  (await loadTargetsOf(context)).targets;

/** The declaration and the hosts that are to be as it says. */
export async function loadTargets(
  context: Context,
): Promise<{ readonly loaded: LoadedProject; readonly targets: readonly DeclaredTarget[] }> {
  checkTargetOptions(context.options);
  const loaded = await load(context);
  const { hosts } = loaded.project;
  const targets = resolveTargets(context.options, hosts, context);
  return { loaded, targets: targets.map((target) => withDeclaration(target, hosts)) };
}

/** Connects to a host for as long as the work takes. */
export async function withSession<Result>(
  target: Target,
  context: Context,
  work: (connected: Connected) => Promise<Result>,
): Promise<Result> {
  const progress = context.view.progress(target.name);
  try {
    const session = await connect(target, progress, context);
    try {
      const label = hostLabel({ target, session });
      return await work({ target, session, label, progress });
    } finally {
      await close(session);
    }
  } finally {
    progress.end();
  }
}

/** Works on every host that is meant, a few at a time, and shows what each has to show in the order of the hosts. */
export async function onEachHost(
  context: Context,
  work: (connected: Connected) => Promise<() => Omit<Result, "host">>,
): Promise<Result[]> {
  const targets = await targetsOf(context);
  return showEach(targets, context, (target) => withSession(target, context, work));
}

/** Works on targets, a few at a time, and shows what each has to show in the order given. */
export async function showEach<Each extends Target>(
  targets: readonly Each[],
  context: Context,
  work: (target: Each) => Promise<() => Omit<Result, "host">>,
): Promise<Result[]> {
  const results: Result[] = [];
  const working = eachOf(targets, work);
  for (const [index, settling] of working.entries()) {
    const settled = await settling;
    const host = targets[index]?.name ?? "";
    if (settled.status === "rejected") results.push(failedHost(host, settled.reason, context.view));
    else results.push({ host, ...settled.value() });
  }
  return results;
}
