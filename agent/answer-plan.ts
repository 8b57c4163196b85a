import type { Digest } from "../shared/brands.ts";
import { type Diagnostic, HostKitError } from "../shared/diagnostic.ts";
import type { Manifest } from "../shared/manifest.ts";
import type { Plan } from "../shared/plan.ts";
import type { Hello, RequestOf, ResponseOf } from "../shared/protocol/messages.ts";
import type { RunId } from "../shared/run.ts";
import type { OperatorSecret } from "../shared/secret.ts";
import type { Channel } from "./channel.ts";
import type { ContentStore } from "./content-store.ts";
import type { Executor } from "./executor/executor.ts";
import type { TextSource } from "./patch.ts";
import { makePlan } from "./plan.ts";
import { planRollback } from "./plan-rollback.ts";
import { foreseenRefusals, mustBeAllowed } from "./policy/enforce.ts";
import { runTask, type RunTaskContext } from "./run-task.ts";
import { SecretValues } from "./secrets/secret-values.ts";
import { UNKNOWN_PLAN } from "./serve-failures.ts";
import { tellPending } from "./transaction/pending.ts";
import type { Root } from "./transaction/places.ts";
import { submitRun } from "./transaction/request.ts";

/** Answers with plans, and applies them. */

/** What a session planned last: an apply names it by its digest. */
export interface Planned {
  readonly plan: Plan;
  readonly manifest: Manifest;
  /** What the operator's side sent for it. */
  readonly secrets: readonly OperatorSecret[];
  /** What it was reviewed as, unless in this session. */
  readonly artifact?: ReviewedArtifact | undefined;
  /** Plans the same once more, from what is there by then. */
  readonly again: (texts: TextSource) => Promise<Made>;
}

/** What tells an artifact from others, and who vouches for it. */
interface ReviewedArtifact {
  readonly digest: Digest;
  readonly signatures: readonly string[];
}

interface Made {
  readonly plan: Plan | null;
  readonly diagnostics: readonly Diagnostic[];
}

export interface Planning extends Root {
  readonly hello: Pick<Hello, "machineId">;
  /** The user who logged in. */
  readonly login: string;
  readonly executor: Executor;
  readonly id: number;
  readonly channel: Channel;
  readonly contents: ContentStore;
}

export interface Answered<Verb extends "plan" | "planAgain" | "planRollback"> {
  readonly response: ResponseOf<Verb>;
  readonly planned?: Planned;
}

export async function answerPlan(
  { manifest: declared, secrets }: RequestOf<"plan">,
  context: Planning,
): Promise<Answered<"plan">> {
  const make = maker(declared, secrets, context);
  const result = await make(asking(context));
  const { pending, told } = await pendingRun(context);
  const refusals = await foreseenRefusals(context.host, result);
  const diagnostics = [...result.diagnostics, ...refusals, ...told];
  const response = { plan: result.plan, diagnostics, pending };
  if (result.plan === null) return { response };
  const { plan, manifest } = result;
  return { response, planned: { plan, manifest, secrets, again: make } };
}

/** Makes a plan of a declaration, as often as it is asked. */
export function maker(
  declared: Manifest,
  secrets: readonly OperatorSecret[],
  { host, root, login, hello: { machineId } }: Planning,
) {
  return (texts: TextSource) =>
    makePlan(declared, {
      host,
      root,
      login,
      identity: { machineId },
      secrets: new SecretValues(host, secrets),
      texts,
    });
}

/** Asks the client for texts; once for all of them. */
export function asking({ channel, contents, id }: Planning): TextSource {
  return async (wanted) => {
    const missing = [...new Set(wanted.map((ref) => ref.sha256))];
    await channel.send("event", id, { type: "need", contents: missing });
    await contents.wait(wanted);
    return stored(contents)(wanted);
  };
}

/** The run that has to come to its end first, and what is told of it. */
export const pendingRun = ({ host, root, hello: { machineId }, executor }: Planning) =>
  tellPending({ host, root, machineId }, (run) => executor.isAlive(run));

export async function answerPlanRollback(
  { run }: RequestOf<"planRollback">,
  { host, root, hello: { machineId }, executor }: Planning,
): Promise<Answered<"planRollback">> {
  const isAlive = (one: RunId) => executor.isAlive(one);
  const make = (one: typeof run) => planRollback({ host, root, machineId, isAlive, run: one });
  const { plan, manifest, diagnostics } = await make(run);
  const again = () => make(plan.reverts ?? run);
  return {
    response: { plan, diagnostics: [...diagnostics], pending: null },
    planned: { plan, manifest, secrets: [], again },
  };
}

export async function answerApply(
  { run, planDigest, wait, ...how }: RequestOf<"apply">,
  planned: Planned | undefined,
  context: RunTaskContext & { readonly by: string; readonly contents: ContentStore },
): Promise<ResponseOf<"apply">> {
  if (planned?.plan.digest !== planDigest) throw new HostKitError(UNKNOWN_PLAN);
  const { plan, manifest, again, artifact } = planned;
  const { by, contents } = context;
  await mustBeAllowed(context.host, { plan, artifact });
  await contents.wait(plan.contents);
  const asked = { run, by, ...how, plan, manifest, contents, artifact };
  const written = await submitRun(context, asked);
  const response = await runTask(context, { run, goal: "apply", wait, written });
  if (response.outcome.verdict !== "stale") return response;
  // What the reviewed plan needed is here; a diff of anything else can wait for the next plan.
  const fresh = await again(stored(contents));
  const diagnostics = [...response.diagnostics, ...fresh.diagnostics];
  return { ...response, diagnostics, fresh: fresh.plan };
}

/** Only the texts that are here already. */
function stored(contents: ContentStore): TextSource {
  return async (wanted) => {
    const here = wanted.filter((ref) => contents.has(ref.sha256));
    return new Map(
      await Promise.all(here.map(async (ref) => [ref.sha256, await contents.text(ref)] as const)),
    );
  };
}
