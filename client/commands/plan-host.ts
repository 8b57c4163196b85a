import { dirname } from "node:path";
import { HostKitError } from "../../shared/diagnostic.ts";
import { DIFF_LIMIT } from "../../shared/content.ts";
import { type Plan, summarise } from "../../shared/plan.ts";
import type { Diagnostic } from "../../shared/diagnostic.ts";
import {
  checkTargetOptions,
  type DeclaredTarget,
  resolveTargets,
  type Target,
  withDeclaration,
} from "../cli/target.ts";
import type { Contents, Session } from "../session.ts";
import { count } from "../view/quantity.ts";
import type { PlanShown } from "../view/view.ts";
import type { LoadedProject } from "../compile/load.ts";
import type { Context } from "./command.ts";
import { close, connect } from "./hosts.ts";
import { settleRun } from "./settle-run.ts";
import { load } from "./load.ts";

/** A host that was planned, with the session that its plan can be applied in. */
export interface PlannedHost {
  readonly target: Target;
  readonly session: Session;
  readonly contents: Contents;
  readonly shown: PlanShown;
  /** Warnings that came with the plan. */
  readonly diagnostics: readonly Diagnostic[];
}

/** The declaration and the hosts that are meant. */
export async function loadTargets(
  context: Context,
): Promise<{ readonly loaded: LoadedProject; readonly targets: readonly DeclaredTarget[] }> {
  checkTargetOptions(context.options);
  const loaded = await load(context);
  const { hosts } = loaded.project;
  const targets = resolveTargets(context.options, hosts, context);
  return { loaded, targets: targets.map((target) => withDeclaration(target, hosts)) };
}

/**
 * Compiles, connects and plans. The session stays open, and is the caller's to close. `changes`: whether the plan is to be
 * applied; then a run that was cut off comes to its end first.
 */
export async function planHost(
  target: DeclaredTarget,
  loaded: LoadedProject,
  { context, changes }: { readonly context: Context; readonly changes: boolean },
): Promise<PlannedHost> {
  const progress = context.view.progress(target.name);
  const { interrupt, options } = context;
  try {
    const compiling = loaded.manifestFor(target.declared);
    const { manifest, contents } = await interrupt.race(compiling);
    // Before anybody is contacted: most of what can be wrong with a secret is on this side.
    const directory = dirname(loaded.configPath);
    const secrets = await interrupt.race(context.secrets.neededBy(manifest, directory));
    const session = await connect(target, progress, context);
    try {
      progress.phase({ name: "planning" });
      let answer = await interrupt.race(session.plan(manifest, contents, secrets));
      if (changes && answer.pending?.state === "cut-off") {
        await settleRun(answer.pending.run, { target, session, progress, context });
        progress.phase({ name: "planning" });
        answer = await interrupt.race(session.plan(manifest, contents, secrets));
      }
      const { plan, diagnostics } = answer;
      if (plan === null) throw new HostKitError(diagnostics);
      const shown = {
        host: target.name,
        label: session.label,
        target: target.flags,
        plan,
        summary: summarise(plan),
        texts: await createdTexts(plan, contents),
        full: options.full,
      };
      return { target, session, contents, shown, diagnostics };
    } catch (error) {
      await close(session);
      throw error;
    }
  } finally {
    progress.end();
  }
}

/** What new files will hold: the host has nothing to compare with, so the client shows what it has. */
async function createdTexts(plan: Plan, contents: Contents): Promise<ReadonlyMap<string, string>> {
  const texts = new Map<string, string>();
  for (const { differences } of plan.changes) {
    for (const { before, after } of differences) {
      if (before !== null || typeof after !== "object" || after === null || !("sha256" in after))
        continue;
      if (!after.text || after.size > DIFF_LIMIT || texts.has(after.sha256)) continue;
      const decoder = new TextDecoder();
      let text = "";
      for await (const piece of contents.open(after.sha256)) {
        text += decoder.decode(piece, { stream: true });
      }
      texts.set(after.sha256, text + decoder.decode());
    }
  }
  return texts;
}

/** `3 changes`, `no changes`. */
export function changesText(plan: Plan): string {
  return plan.changes.length === 0 ? "no changes" : count(plan.changes.length, "change");
}
