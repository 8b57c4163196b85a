import type { OperatorReference, Secret } from "../../shared/secret.ts";
import type { OperatorSecrets } from "../secrets/operator-secrets.ts";
import type { HostDeclaration, SshDeclaration } from "../declare/host.ts";
import type { SshEndpoint } from "../transport/ssh-endpoint.ts";
import { cliFault } from "./faults.ts";

/** What of the operator's machine an endpoint depends on. */
export interface EndpointContext {
  readonly secrets: Pick<OperatorSecrets, "value">;
  /** The name of the user HostKit runs as, which ssh(1) logs in as too. */
  user(): string;
}

/** How to log in to a declared host. What it leaves out is as ssh(1) would have it. */
export function declaredEndpoint(host: HostDeclaration, context: EndpointContext): SshEndpoint {
  const ssh: SshDeclaration = host.ssh ?? {};
  const { password, retry } = ssh;
  return {
    host: host.at,
    user: ssh.user ?? context.user(),
    ...given("port", ssh.port),
    ...given("identityFiles", ssh.identityFile === undefined ? undefined : [ssh.identityFile]),
    ...given("agent", ssh.agent === false ? "none" : ssh.agent),
    ...given(
      "password",
      password === undefined ? undefined : () => lookUp(password, host, context),
    ),
    ...given("hostKey", ssh.hostKey),
    ...given(
      "knownHostsFiles",
      ssh.knownHostsFile === undefined ? undefined : [ssh.knownHostsFile],
    ),
    ...given("acceptNewHostKey", ssh.acceptNewHostKey === true ? ("record" as const) : undefined),
    ...given("connectTimeoutMs", ssh.connectTimeout),
    ...given(
      "retry",
      retry === undefined
        ? undefined
        : {
            attempts: retry.attempts,
            ...given("baseDelayMs", retry.delay),
            ...given("maxDelayMs", retry.maxDelay),
          },
    ),
  };
}

/** The member, or nothing: an option that is there and `undefined` is not the same as one that is left out. */
function given<Name extends string, Value>(
  name: Name,
  value: Value | undefined,
): { readonly [Member in Name]?: Value } {
  return value === undefined ? {} : ({ [name]: value } as { readonly [Member in Name]?: Value });
}

/** Looked up when the login needs it, never earlier; the value goes nowhere else. */
async function lookUp(
  { reference }: Secret,
  host: HostDeclaration,
  { secrets }: EndpointContext,
): Promise<string> {
  // The declaration was refused if it were any other; paths are absolute by now.
  const found = await secrets.value(reference as OperatorReference, "/");
  if ("value" in found) return found.value;
  throw cliFault(
    "HK5010",
    `The login to ${host.name} takes its password from a secret: ${found.fault.detail}`,
  );
}
