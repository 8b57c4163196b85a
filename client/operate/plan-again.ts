import type { Artifact } from "../../shared/artifact.ts";
import { HostKitError } from "../../shared/diagnostic.ts";
import { FORMAT_NAMES } from "../../shared/documents/format.ts";
import { loadFormats } from "../../shared/documents/formats.ts";
import { otherHost } from "../../shared/other-host.ts";
import type { Plan } from "../../shared/plan.ts";
import type { ResponseOf } from "../../shared/protocol/messages.ts";
import type { WholeArtifact } from "../../shared/read-artifact.ts";
import { savedContents } from "../artifact/saved-contents.ts";
import type { Session } from "../session.ts";
import { close, connect } from "./connect.ts";
import { createdTexts } from "./created-texts.ts";
import type { Operating } from "./operating.ts";
import type { PlannedHost } from "./planned-host.ts";
import { settleRun } from "./settle-run.ts";
import type { Target } from "./target.ts";

export interface PlanAgain extends WholeArtifact {
  /** Where relative paths of secrets start from. */
  readonly directory: string;
  /** Milliseconds to wait for another run on the host to end. */
  readonly wait: number;
}

/** The host is no longer as it was when the plan was reviewed. Nothing was changed. */
export class StalePlan extends Error {
  override readonly name = "StalePlan";
  readonly reviewed: Plan;
  /** What would be planned now. */
  readonly fresh: Plan;
  readonly session: Pick<Session, "label">;

  constructor(stale: Pick<StalePlan, "reviewed" | "fresh" | "session">) {
    super("The host has moved since the plan was made.");
    ({ reviewed: this.reviewed, fresh: this.fresh, session: this.session } = stale);
  }
}

/**
 * Takes a plan that was saved to the host that it is for, which makes it again and says whether it still holds; throws
 * `StalePlan` when it does not. The session stays open, and is the caller's to close.
 */
export async function planAgain(
  target: Target,
  { artifact, plan, directory, wait }: PlanAgain,
  operating: Operating,
): Promise<PlannedHost> {
  const { interrupt, talk } = operating;
  const progress = talk.progress(target.name);
  try {
    // Whoever compiles a declaration has loaded those it takes; this one was compiled elsewhere.
    if (artifact.secrets.length > 0) await loadFormats(FORMAT_NAMES);
    const contents = savedContents(artifact.contents);
    const { manifest } = artifact;
    const secrets = await interrupt.race(operating.secrets.neededBy(manifest, directory));
    const session = await connect(target, progress, operating);
    try {
      // Before any value of a secret is sent there.
      checkIdentity(artifact, plan, session);
      progress.phase({ name: "planning" });
      let answer = await interrupt.race(session.planAgain(artifact, contents, secrets));
      if (answer.pending?.state === "cut-off") {
        await settleRun(answer.pending.run, { target, session, progress, operating, wait });
        answer = await interrupt.race(session.planAgain(artifact, contents, secrets));
      }
      const { holds, fresh, diagnostics } = answer;
      if (!holds) throw new StalePlan({ reviewed: plan, fresh, session });
      const texts = await createdTexts(plan, contents);
      return { target, session, contents, plan, texts, diagnostics };
    } catch (error) {
      await close(session);
      throw error;
    }
  } finally {
    progress.end();
  }
}

/** The same as an answer to an apply: it was refused before the first change. */
export function staleResponse(reviewed: Plan, fresh: Plan): ResponseOf<"apply"> {
  const because = "nothing was changed";
  const changes = reviewed.changes.map(({ id }) => ({ id, result: "skipped" as const, because }));
  const planDigest = reviewed.digest;
  const outcome = { verdict: "stale" as const, planDigest, run: null, changes, milliseconds: 0 };
  return { outcome, diagnostics: [], fresh };
}

/** A plan is bound to a machine, and to the key that its sshd proved to have. */
function checkIdentity(
  { reach }: Artifact,
  { host }: Plan,
  { hello, hostKey, label }: Session,
): void {
  if (host.machineId !== hello.machineId) {
    throw new HostKitError(
      otherHost(
        `It was made on the machine ${host.machineId}, and ${label} is the machine ${hello.machineId}.`,
      ),
    );
  }
  if (reach.kind === "ssh" && hostKey !== undefined && reach.hostKey !== hostKey) {
    throw new HostKitError(
      otherHost(
        `It was made over a connection to the host key ${reach.hostKey}, and ${label} has ${hostKey}, although the machine id is the same: it is a copy of that machine, or got new keys since.`,
      ),
    );
  }
}
