import type { Declaration } from "./declaration.ts";
import type { EndpointContext } from "../cli/endpoint.ts";
import { parseAddress } from "../cli/parse-address.ts";
import { resolveTargets } from "../cli/target.ts";
import type { HostDeclaration } from "../declare/host.ts";
import { describe } from "../declare/describe.ts";
import type { DeclaredTarget } from "../operate/target.ts";
import { apiFault } from "./api-fault.ts";

/** Whose declaration is meant, and where the machine is that is to be as it says. */
export type Where =
  /** Where the declaration says. `host` may be left out where only one is declared. */
  | { readonly host?: string | undefined; readonly ssh?: undefined; readonly local?: undefined }
  /** At this address: `root@192.0.2.7:22`. The rest of how to log in is as declared. */
  | { readonly host?: string | undefined; readonly ssh: string; readonly local?: undefined }
  /** This machine, without SSH. */
  | { readonly host?: string | undefined; readonly local: true; readonly ssh?: undefined };

/** The declared host that is meant; whether there is such a host is told when it is compiled. */
export function hostOf({ hosts }: Declaration, given: string | undefined): string {
  if (typeof given === "string") return given;
  if (given !== undefined) throw unusable("host", "the name of a declared host", given);
  const [only, ...others] = hosts.map(({ name }) => name);
  if (only !== undefined && others.length === 0) return only;
  throw apiFault(
    "HK5041",
    only === undefined
      ? 'The declaration has no host. Add one, such as p.host("app", { at: "app.example.com" }).'
      : `The declaration has several hosts (${[only, ...others].join(", ")}). Say which one: \`{ host: ${JSON.stringify(only)} }\`.`,
  );
}

/** Refuses what can't be meant, before anything is contacted. */
export function checkWhere({
  ssh,
  local,
}: {
  readonly ssh?: unknown;
  readonly local?: unknown;
}): void {
  if (ssh !== undefined && local !== undefined) {
    throw apiFault("HK5040", "`ssh` and `local` name two machines. Keep one of them.");
  }
  if (local !== undefined && local !== true) throw unusable("local", "true", local);
  if (ssh === undefined) return;
  if (typeof ssh !== "string") throw unusable("ssh", "an address", ssh);
  parseAddress(ssh, malformed);
}

export function targetOf(
  host: string,
  { ssh, local }: Where,
  {
    hosts,
    context,
  }: { readonly hosts: readonly HostDeclaration[]; readonly context: EndpointContext },
): DeclaredTarget {
  const named = { host: [host], all: false, ssh, local: local === true };
  const [target] = resolveTargets(named, hosts, context);
  if (target === undefined) throw new Error("One host has one target. This is a bug in HostKit.");
  return { ...target, declared: host };
}

const malformed = (text: string, why: string) =>
  apiFault(
    "HK5040",
    `\`ssh\` was given ${JSON.stringify(text)}: ${why}. It takes USER@HOST, HOST:PORT or USER@[IPv6]:PORT.`,
  );

const unusable = (name: string, takes: string, given: unknown) =>
  apiFault(
    "HK5040",
    `\`${name}\` takes ${takes}; it was given ${describe(given, { quote: true })}.`,
  );
