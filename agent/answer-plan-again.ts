import { canonical } from "../shared/canonical.ts";
import { type Diagnostic, HostKitError } from "../shared/diagnostic.ts";
import { otherHost } from "../shared/other-host.ts";
import type { Change, Plan } from "../shared/plan.ts";
import { PROTOCOL, type RequestOf } from "../shared/protocol/messages.ts";
import { readArtifact } from "../shared/read-artifact.ts";
import { type Answered, asking, maker, pendingRun, type Planning } from "./answer-plan.ts";
import { sha256 } from "./digest.ts";
import { foreseenRefusals } from "./policy/enforce.ts";
import { refuseApplied } from "./transaction/applied-artifacts.ts";

/**
 * Answers whether a plan that was reviewed elsewhere, at another time, still holds: it is read, judged and made again here. An
 * artifact drives nothing that this host would not plan by itself just now.
 */
export async function answerPlanAgain(
  { artifact: given, secrets }: RequestOf<"planAgain">,
  context: Planning,
): Promise<Answered<"planAgain">> {
  const read = { sha256, side: "agent", name: "The plan that the client sent" } as const;
  const { artifact, plan } = readArtifact(given, read);
  const { hello } = context;
  const { machineId } = plan.host;
  if (machineId !== hello.machineId) {
    const why = `It was made on the machine ${machineId}, and this is the machine ${hello.machineId}.`;
    throw new HostKitError(otherHost(why));
  }
  if (plan.protocol !== PROTOCOL) throw new HostKitError(otherProtocol(plan));
  await refuseApplied(context, artifact.digest);
  const make = maker(artifact.manifest, secrets, context);
  const here = new Set(plan.contents.map((ref) => ref.sha256));
  const ask = asking(context);
  // The client has the texts of what was reviewed, and no others.
  const result = await make((wanted) => ask(wanted.filter((ref) => here.has(ref.sha256))));
  if (result.plan === null) throw new HostKitError(result.diagnostics);
  const { plan: fresh, manifest } = result;
  const { pending, told } = await pendingRun(context);
  const holds = isTheSame(plan, fresh);
  const { digest, signatures } = artifact;
  const refusals = await foreseenRefusals(context.host, { plan, artifact: { digest, signatures } });
  const diagnostics = [...result.diagnostics, ...refusals, ...told];
  const response = { holds, fresh, diagnostics, pending };
  if (!holds) return { response };
  const planned = { plan, manifest, secrets, again: make, artifact: { digest, signatures } };
  return { response, planned };
}

/** Whether the same would be done, for the same reasons, to what is the same. */
const isTheSame = (one: Plan, other: Plan): boolean => said(one) === said(other);

const said = ({ changes, edges, contents }: Plan): string =>
  canonical({ changes: changes.map(essence), edges, contents });

/** Without what is only shown: how a difference looks, and remarks, which nothing follows from. */
function essence({ remarks: _remarks, differences, ...change }: Change) {
  return { ...change, differences: differences.map(({ patch: _patch, ...rest }) => rest) };
}

const otherProtocol = ({ protocol }: Plan): Diagnostic => ({
  severity: "error",
  side: "agent",
  code: "HK3046",
  summary: "The plan was made by an agent of another protocol.",
  detail: `It speaks of protocol ${protocol}, and this agent of ${PROTOCOL}. Nothing was changed. Make the plan again, or apply it with the HostKit that made it.`,
});
