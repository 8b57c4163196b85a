import type { HostDeclaration } from "../declare/host.ts";
import { didYouMean } from "../../shared/nearest-name.ts";
import type { DeclaredTarget, Target } from "../operate/target.ts";
import { declaredEndpoint, type EndpointContext } from "./endpoint.ts";
import { cliFault } from "./faults.ts";
import type { Options } from "./flags.ts";
import { parseAddress } from "./parse-address.ts";

export type TargetOptions = Pick<Options, "host" | "all" | "ssh" | "local">;

/** Whether a declaration has to be read to know where the targets are. */
export function namesDeclaredHosts({ host, all }: TargetOptions): boolean {
  return host.length > 0 || all;
}

/** Refuses what can't be meant, before anything is read or contacted. */
export function checkTargetOptions(options: TargetOptions): void {
  const { host, all, ssh, local } = options;
  const direct = directFlag(options);
  if (ssh !== undefined && local) throw contradiction("--ssh", "--local");
  if (all && host.length > 0) throw contradiction("--all", "--host");
  if (all && direct !== undefined) throw contradiction("--all", direct);
  if (direct !== undefined && host.length > 1) {
    throw cliFault(
      "HK5006",
      `${direct} names one machine, so with it --host may be given once: it says whose declaration that machine gets.`,
    );
  }
  if (direct === undefined && !namesDeclaredHosts(options)) {
    throw cliFault(
      "HK5005",
      "Say who is meant: --host NAME for a declared host, --all for every one, --ssh USER@HOST for an address, or --local for this machine.",
    );
  }
  if (ssh !== undefined) parseAddress(ssh);
}

/** The targets that the flags name; `checkTargetOptions` has passed them. */
export function resolveTargets(
  options: TargetOptions,
  hosts: readonly HostDeclaration[],
  context: EndpointContext,
): Target[] {
  if (options.all && hosts.length === 0) {
    throw cliFault(
      "HK5007",
      '--all means every declared host, and the declaration has none. Add one, such as p.host("app", { at: "app.example.com" }).',
    );
  }
  const named = options.all
    ? hosts
    : [...new Set(options.host)].map((name) => findHost(name, hosts));
  const direct = directFlag(options);
  if (direct === undefined) return named.map((host) => declaredTarget(host, context));
  const [host] = named;
  return [directTarget(options, host, context)];
}

/** Gives a machine named by hand the only declaration there is; refuses when several could be meant. */
export function withDeclaration(target: Target, hosts: readonly HostDeclaration[]): DeclaredTarget {
  if (target.declared !== undefined) return { ...target, declared: target.declared };
  const [only, ...others] = hosts.map((host) => host.name);
  if (only !== undefined && others.length === 0) return { ...target, name: only, declared: only };
  throw cliFault(
    "HK5008",
    only === undefined
      ? `The declaration has no host, so nothing says what ${target.flags} should be. Add one, such as p.host("app", { at: "app.example.com" }).`
      : `The declaration has several hosts (${[only, ...others].join(", ")}), and ${target.flags} does not say which of them the machine is. Add --host NAME.`,
  );
}

function declaredTarget(host: HostDeclaration, context: EndpointContext): Target {
  return {
    name: host.name,
    flags: `--host ${host.name}`,
    declared: host.name,
    reach: {
      kind: "ssh",
      name: host.name,
      endpoint: declaredEndpoint(host, context),
      sudo: host.ssh?.sudo ?? false,
    },
  };
}

/** A machine named by hand. With a declared host too it is that host, reached in another way. */
function directTarget(
  { ssh, local }: TargetOptions,
  host: HostDeclaration | undefined,
  context: EndpointContext,
): Target {
  const own = local || ssh === undefined ? "--local" : `--ssh ${ssh}`;
  const about =
    host === undefined
      ? { name: ssh ?? "local", flags: own }
      : { name: host.name, flags: `--host ${host.name} ${own}`, declared: host.name };
  if (local || ssh === undefined) return { ...about, reach: { kind: "local" } };
  const address = parseAddress(ssh);
  const { port: _declared, ...settings } =
    host === undefined ? { user: context.user() } : declaredEndpoint(host, context);
  const endpoint = {
    ...settings,
    host: address.host,
    user: address.user ?? settings.user,
    ...(address.port === undefined ? {} : { port: address.port }),
  };
  const sudo = host?.ssh?.sudo ?? false;
  return { ...about, reach: { kind: "ssh", name: about.name, endpoint, sudo } };
}

export function findHost(name: string, hosts: readonly HostDeclaration[]): HostDeclaration {
  const found = hosts.find((host) => host.name === name);
  if (found !== undefined) return found;
  const names = hosts.map((host) => host.name);
  throw cliFault(
    "HK5007",
    `--host names ${JSON.stringify(name)}, which is not declared.${didYouMean(name, names)} Declared: ${names.join(", ") || "none"}.`,
  );
}

function contradiction(one: string, other: string): Error {
  return cliFault("HK5006", `${one} and ${other} can't be given together. Keep one of them.`);
}

function directFlag({ ssh, local }: TargetOptions): "--ssh" | "--local" | undefined {
  if (ssh !== undefined) return "--ssh";
  return local ? "--local" : undefined;
}
