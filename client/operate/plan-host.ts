import { dirname } from "node:path";
import { HostKitError } from "../../shared/diagnostic.ts";
import type { CompiledHost, LoadedProject } from "../compile/load.ts";
import { close, connect } from "./connect.ts";
import { createdTexts } from "./created-texts.ts";
import type { Operating } from "./operating.ts";
import type { DeclaredPlan } from "./planned-host.ts";
import { settleRun } from "./settle-run.ts";
import type { DeclaredTarget } from "./target.ts";

export interface PlanHost {
  readonly loaded: Pick<LoadedProject, "configPath"> & {
    manifestFor(host: string): Promise<Pick<CompiledHost, "manifest" | "contents">>;
  };
  /** Whether the plan is to be applied; then a run that was cut off comes to its end first. */
  readonly changes: boolean;
  /** Milliseconds to wait for another run on the host to end. */
  readonly wait: number;
}

/** Compiles, connects and plans. The session stays open, and is the caller's to close. */
export async function planHost(
  target: DeclaredTarget,
  { loaded, changes, wait }: PlanHost,
  operating: Operating,
): Promise<DeclaredPlan> {
  const { interrupt, talk } = operating;
  const progress = talk.progress(target.name);
  try {
    const compiling = loaded.manifestFor(target.declared);
    const { manifest, contents } = await interrupt.race(compiling);
    // Before anybody is contacted: most of what can be wrong with a secret is on this side.
    const directory = dirname(loaded.configPath);
    const secrets = await interrupt.race(operating.secrets.neededBy(manifest, directory));
    const session = await connect(target, progress, operating);
    try {
      progress.phase({ name: "planning" });
      let answer = await interrupt.race(session.plan(manifest, contents, secrets));
      if (changes && answer.pending?.state === "cut-off") {
        await settleRun(answer.pending.run, { target, session, progress, operating, wait });
        progress.phase({ name: "planning" });
        answer = await interrupt.race(session.plan(manifest, contents, secrets));
      }
      const { plan, diagnostics } = answer;
      if (plan === null) throw new HostKitError(diagnostics);
      const texts = await createdTexts(plan, contents);
      return { target, session, manifest, contents, plan, texts, diagnostics };
    } catch (error) {
      await close(session);
      throw error;
    }
  } finally {
    progress.end();
  }
}
