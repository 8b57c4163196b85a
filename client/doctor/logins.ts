import { count } from "../view/quantity.ts";
import { oneLine } from "../view/text.ts";
import type { Target } from "../operate/target.ts";
import { findKnownKeys, knownHostName } from "../transport/host-key/known-hosts.ts";
import { resolveEndpoint, type SshEndpoint, type SshSettings } from "../transport/ssh-endpoint.ts";
import { type Check, ok, skipped, unwell } from "./check.ts";
import { failures } from "./here.ts";
import { complaint } from "./problems.ts";
import type { Surroundings } from "./surroundings.ts";

/** What there is on this machine to log in with, and to know hosts by. */

export interface Logins {
  readonly surroundings: Surroundings;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Hosts that may be logged in to. */
  readonly targets: readonly Target[];
}

export async function checkLogins({ surroundings, env, targets }: Logins): Promise<Check[]> {
  const endpoints = targets.flatMap(({ reach }) => (reach.kind === "ssh" ? [reach.endpoint] : []));
  const all = endpoints.length === 0 ? [NOBODY] : endpoints;
  const settings = all.map((endpoint) => resolveEndpoint(endpoint, env));
  const agents = await checkAgents(settings, surroundings);
  const files = await checkFiles(settings, surroundings);
  const found = [...agents.checks, ...files.checks];
  const hasPassword = endpoints.some(({ password }) => password !== undefined);
  if (agents.keys + files.keys === 0 && !hasPassword) {
    const detail =
      "No SSH agent holds a key, none of the usual files in ~/.ssh is there (id_ed25519, id_ecdsa, id_rsa), and no host is declared with an identityFile or a password. Make a key with ssh-keygen -t ed25519 and authorise it with ssh-copy-id.";
    found.push(unwell("login", complaint("HK5074", detail)));
  }
  return [...found, ...(await checkKnownHosts(endpoints, { surroundings, env }))];
}

/** As ssh(1) would have it, where nobody is declared. */
const NOBODY: SshEndpoint = { host: "localhost", user: "nobody" };

interface Counted {
  readonly checks: Check[];
  readonly keys: number;
}

async function checkAgents(
  settings: readonly SshSettings[],
  surroundings: Surroundings,
): Promise<Counted> {
  const sockets = new Set(settings.flatMap(({ agentSocket }) => agentSocket ?? []));
  if (sockets.size === 0) return { checks: [ok("SSH agent", "none in use")], keys: 0 };
  const asked = await Promise.all(
    [...sockets].map(async (socket) => ({ socket, ...(await surroundings.agentKeys(socket)) })),
  );
  const checks = asked.map(({ socket, keys, trouble }) => {
    if (trouble === undefined) return ok("SSH agent", count(keys, "key"));
    const detail = `${trouble} Keys that it holds can't be used, and other ones are tried. Start it again (eval "$(ssh-agent)"), correct SSH_AUTH_SOCK, or declare agent: false.`;
    return unwell("SSH agent", complaint("HK5071", detail), oneLine(socket));
  });
  return { checks, keys: asked.reduce((sum, { keys }) => sum + keys, 0) };
}

/** Anybody may read what others can read: ssh(1) refuses such a key. */
const OTHERS = 0o077;

async function checkFiles(
  settings: readonly SshSettings[],
  surroundings: Surroundings,
): Promise<Counted> {
  const paths = new Set(
    settings.flatMap(({ identityFiles, usualIdentityFiles }) => [
      ...identityFiles,
      ...(identityFiles.length > 0 ? [] : usualIdentityFiles),
    ]),
  );
  const named = new Set(settings.flatMap(({ identityFiles }) => identityFiles));
  const checks: Check[] = [];
  for (const path of paths) {
    const mode = await surroundings.modeOf(path);
    if (mode === null) {
      // One that is named and missing is told by the login that wants it.
      if (named.has(path)) checks.push(skipped("key file", `${oneLine(path)} is not there`));
    } else if ((mode & OTHERS) === 0 || path.endsWith(".pub")) {
      checks.push(ok("key file", oneLine(path)));
    } else {
      const detail = `${path} has mode ${mode.toString(8).padStart(4, "0")}, so others on this machine may read or change it. HostKit uses it all the same; ssh(1) does not. Close it: chmod 600 ${path}`;
      checks.push(unwell("key file", complaint("HK5072", detail), oneLine(path)));
    }
  }
  const keys = checks.filter(({ health }) => health !== "skipped").length;
  return { checks: keys === 0 && named.size === 0 ? [ok("key files", "none")] : checks, keys };
}

/** Each file once, and whether each host is on record in its own. */
async function checkKnownHosts(
  endpoints: readonly SshEndpoint[],
  { surroundings, env }: Pick<Logins, "surroundings" | "env">,
): Promise<Check[]> {
  const checks: Check[] = [];
  for (const endpoint of endpoints) {
    const { host, port, hostKey, acceptNewHostKey, knownHostsFiles } = resolveEndpoint(
      endpoint,
      env,
    );
    const name = knownHostName({ host, port });
    if (hostKey !== undefined) {
      checks.push(ok("host key on record", `${oneLine(name)}: pinned`));
      continue;
    }
    try {
      const known = await surroundings.knownHosts(knownHostsFiles);
      const { keys } = findKnownKeys(known, { host, port });
      if (keys.length > 0) checks.push(ok("host key on record", oneLine(name)));
      else if (acceptNewHostKey === "record") {
        checks.push(ok("host key on record", `${oneLine(name)}: taken down at the first contact`));
      } else {
        const detail = `None of ${knownHostsFiles.join(", ")} has a key for ${name}, so it is refused at the first contact. hostkit doctor with the host named shows the key that it presents and how to record it.`;
        checks.push(unwell("host key on record", complaint("HK5073", detail), oneLine(name)));
      }
    } catch (error) {
      checks.push(...failures("host key on record", error));
    }
  }
  return checks;
}
