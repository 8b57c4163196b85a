import {
  checkTargetOptions,
  namesDeclaredHosts,
  resolveTargets,
  type Target,
} from "../cli/target.ts";
import type { Session } from "../session.ts";
import type { HostLabel, HostProgress } from "../view/view.ts";
import type { LoadedProject } from "../compile/load.ts";
import type { Context } from "./command.ts";
import { close, connect, eachOf, failedHost } from "./hosts.ts";
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
      const label = { host: target.name, label: session.label, target: target.flags };
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
  const results: Result[] = [];
  const working = eachOf(targets, (target) => withSession(target, context, work));
  for (const [index, settling] of working.entries()) {
    const settled = await settling;
    const host = targets[index]?.name ?? "";
    if (settled.status === "rejected") results.push(failedHost(host, settled.reason, context.view));
    else results.push({ host, ...settled.value() });
  }
  return results;
}
