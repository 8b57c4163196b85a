import type { Diagnostic } from "../../shared/diagnostic.ts";
import type { Change, Plan } from "../../shared/plan.ts";
import { type Verified, verifySignatures } from "../../shared/signature/verify-signatures.ts";
import { drivenOf, followOf } from "../steps.ts";
import { POLICY_PATH } from "./policy.ts";
import { type HostPolicy, unusableSigners } from "./read-policy.ts";
import { verifier } from "./verifier.ts";

/** What a plan came with: the digest of the artifact that it was reviewed as, and who signed that. */
interface SignedArtifact {
  readonly digest: string;
  readonly signatures: readonly string[];
}

export interface Judged {
  readonly plan: Pick<Plan, "changes" | "reverts">;
  readonly artifact?: SignedArtifact | undefined;
}

/** Resources named in one message. */
const NAMED = 20;

/**
 * What in a plan goes against the host's policy, at a time in milliseconds. Taking a run back never does: it is the way back in, and
 * whoever took the run once has to be rid of it without asking anybody.
 */
export function policyProblems(
  policy: HostPolicy | null,
  { plan, artifact }: Judged,
  at: number,
): Diagnostic[] {
  if (policy === null || plan.reverts !== undefined) return [];
  return [...refusedChanges(policy, plan), ...missingSignatures(policy, artifact, at)];
}

function refusedChanges({ refuse }: HostPolicy, plan: Judged["plan"]): Diagnostic[] {
  if (refuse === undefined) return [];
  const kinds = new Set<string>(refuse.kinds);
  const actions = new Set<string | null>(refuse.actions);
  const isRefused = (change: Change) =>
    kinds.has(change.resource.kind) || actions.has(change.action) || actions.has(followOf(change));
  const refused = drivenOf(plan).filter(isRefused);
  const [first] = refused;
  if (first === undefined) return [];
  const told = refused.slice(0, NAMED).map(({ id, action }) => `  ${id} (${action})`);
  const more = refused.length > NAMED ? [`  and ${refused.length - NAMED} more`] : [];
  const rules = [
    ...(refuse.kinds.length > 0 ? [`changes of ${refuse.kinds.join(", ")}`] : []),
    ...(refuse.actions.length > 0 ? [`to ${refuse.actions.join(", ")}`] : []),
  ];
  return [
    {
      ...problem("HK4115", "The host's policy refuses some of the plan."),
      detail: `${POLICY_PATH} on the host refuses ${rules.join(", and ")}, and the plan has:\n${[...told, ...more].join("\n")}\nA plan is made as a whole or not at all. Leave these out of the declaration, or see to them, or to the policy, on the host as root.`,
      resource: first.id,
    },
  ];
}

function missingSignatures(
  { signatures: demanded, allowedSigners = "" }: HostPolicy,
  artifact: SignedArtifact | undefined,
  at: number,
): readonly Diagnostic[] {
  if (demanded === undefined) return [];
  const { minimum, allowedSigners: path } = demanded;
  const who = minimum === 1 ? "one" : `${minimum}`;
  const demand = `${POLICY_PATH} on the host lets only plans through that ${who} of the signers in ${path} signed`;
  if (artifact === undefined) {
    return [
      {
        ...problem("HK4113", "The host demands signatures."),
        detail: `${demand}; a plain push has none. Make a plan that is signed with \`hostkit plan --out plan.json --sign KEYFILE\`, and apply it with \`hostkit apply plan.json\`.`,
      },
    ];
  }
  const { digest, signatures } = artifact;
  const verified = verifySignatures({ digest, signatures, allowedSigners, at, verifier });
  const [fault] = verified.faults;
  if (fault !== undefined) {
    return unusableSigners(`${path}, line ${fault.line}: ${fault.why}`).diagnostics;
  }
  const names = new Set(verified.signers.map(({ principal }) => principal));
  if (names.size >= minimum) return [];
  return [
    {
      ...problem("HK4114", "The plan has too few signatures."),
      detail: `${demand}, and ${tellOf(verified)}. \`hostkit sign plan.json --sign KEYFILE\` adds a signature; then apply it again.`,
    },
  ];
}

function tellOf({ signers, refused }: Verified): string {
  if (signers.length === 0 && refused.length === 0) return "this one has none";
  const counted = signers.map(
    ({ principal, fingerprint }) => `  ${principal} signed it (${fingerprint})`,
  );
  const others = refused
    .slice(0, NAMED)
    .map(
      ({ why, fingerprint }) =>
        `  not counted${fingerprint === undefined ? "" : ` (${fingerprint})`}: ${why}`,
    );
  return `this one has:\n${[...counted, ...others].join("\n")}\nThat is not enough`;
}

const problem = (code: Diagnostic["code"], summary: string) =>
  ({ severity: "error", side: "host", code, summary }) as const;
