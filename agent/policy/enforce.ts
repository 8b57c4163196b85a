import { type Diagnostic, HostKitError } from "../../shared/diagnostic.ts";
import type { Host } from "../host/host.ts";
import { type Judged, policyProblems } from "./policy-problems.ts";
import { readPolicy } from "./read-policy.ts";

/** Throws what the host's policy has against a plan. What takes a run back is not even held against one that can't be read. */
export async function mustBeAllowed(host: Host, judged: Judged): Promise<void> {
  if (judged.plan.reverts !== undefined) return;
  const problems = policyProblems(await readPolicy(host), judged, Date.now());
  if (problems.length > 0) throw new HostKitError(problems);
}

/** The same as warnings, so that nobody reviews what will be refused. A plan that changes nothing needs no leave. */
export async function foreseenRefusals(
  host: Host,
  { plan, artifact }: Pick<Judged, "artifact"> & { readonly plan: Judged["plan"] | null },
): Promise<readonly Diagnostic[]> {
  if (plan === null || plan.changes.length === 0) return [];
  try {
    await mustBeAllowed(host, { plan, artifact });
    return [];
  } catch (error) {
    if (!(error instanceof HostKitError)) throw error;
    return error.diagnostics.map((each) => ({ ...each, severity: "warning" }));
  }
}
