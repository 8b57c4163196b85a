import { noCredential } from "./failure.ts";
import { type AgentKey, type AuthPlan, planAuth } from "./plan.ts";
import { readNamedIdentities, readUsualIdentities } from "./identity-files.ts";
import { endpointLabel, type SshSettings } from "../ssh-endpoint.ts";

/** What the SSH agent answered. */
export interface AgentAnswer {
  readonly keys: readonly AgentKey[];
  /** Why it could not be asked. */
  readonly trouble?: string;
}

/** Collects what can be offered; throws when that is nothing, before any contact with the host. */
export async function prepareAuth<Answer extends AgentAnswer>(
  settings: SshSettings,
  askAgent: (socket: string) => Promise<Answer>,
): Promise<{ plan: AuthPlan; agent: Answer | undefined }> {
  const [named, usual, agent] = await Promise.all([
    readNamedIdentities(settings.identityFiles),
    readUsualIdentities(settings.usualIdentityFiles),
    settings.agentSocket === undefined ? undefined : askAgent(settings.agentSocket),
  ]);
  const plan = planAuth({
    named,
    usual,
    agentKeys: agent?.keys ?? [],
    ...(agent?.trouble === undefined ? {} : { agentTrouble: agent.trouble }),
    agentScope: settings.identitiesOnly === true ? "named-only" : "all-keys",
    canAskPassphrase: settings.passphrase !== undefined,
    canAskPassword: settings.password !== undefined,
  });
  if (plan.credentials.length === 0) throw noCredential(endpointLabel(settings), plan.leftOut);
  return { plan, agent };
}
