import type { ResourceId } from "../../shared/brands.ts";
import { HostKitError } from "../../shared/diagnostic.ts";
import { type Contradiction, select } from "../../shared/select.ts";
import type { CompiledHost, LoadedProject } from "../compile/load.ts";
import { cliFault } from "./faults.ts";
import type { Options } from "./flags.ts";
import { notDeclared } from "./not-declared.ts";

type SelectionOptions = Pick<Options, "service" | "only" | "except">;

/** A declaration of which a part was asked for. */
interface Part {
  /** With manifests that hold that part and nothing else. */
  readonly loaded: LoadedProject;
  /** Hosts that have none of it. */
  readonly without: readonly string[];
}

/**
 * The part of the declaration that the flags name, for each of the hosts. Refuses names that none of the hosts has, before anybody is
 * contacted: a typing error must not look like there being nothing to do.
 */
export async function selectPart(
  loaded: LoadedProject,
  hosts: readonly string[],
  options: SelectionOptions,
): Promise<Part> {
  const { service, only, except } = options;
  if (service.length + only.length + except.length === 0) return { loaded, without: [] };
  const compiled = new Map<string, CompiledHost>();
  for (const { name } of loaded.project.hosts) compiled.set(name, await loaded.manifestFor(name));
  refuseUnknown(options, { compiled, hosts });
  const parts = new Map<string, CompiledHost>();
  for (const host of hosts) {
    const part = partOf(host, compiled.get(host)!, options);
    if (part !== undefined) parts.set(host, part);
  }
  if (parts.size === 0) {
    throw cliFault(
      "HK5067",
      `Nothing is left on ${hosts.join(", ")}: all of it is, or relies on, what --except names. Leave out less, or select something else.`,
    );
  }
  return {
    loaded: {
      ...loaded,
      manifestFor: (host) => Promise.resolve(parts.get(host) ?? loaded.manifestFor(host)),
    },
    without: hosts.filter((host) => !parts.has(host)),
  };
}

/** What of it a host has; `undefined`: nothing. */
function partOf(
  host: string,
  whole: CompiledHost,
  { service, only, except }: SelectionOptions,
): CompiledHost | undefined {
  const { manifest } = whole;
  const has = ids(manifest.resources);
  const services = [...new Set(service)].flatMap((name) => {
    const members = whole.services.get(name);
    return members === undefined ? [] : [{ name, members }];
  });
  const here = (list: readonly ResourceId[]) => [...new Set(list)].filter((id) => has.has(id));
  const asked = { services, only: here(only), except: here(except) };
  const isNarrowed = service.length + only.length > 0;
  if (isNarrowed && services.length + asked.only.length === 0) return undefined;
  const selected = select(manifest, asked);
  if ("contradictions" in selected) throw contradiction(host, selected.contradictions);
  return selected.manifest.resources.length === 0
    ? undefined
    : { ...whole, manifest: selected.manifest };
}

const ids = (resources: readonly { readonly id: ResourceId }[]): ReadonlySet<ResourceId> =>
  new Set(resources.map(({ id }) => id));

interface Known {
  /** Of every declared host. */
  readonly compiled: ReadonlyMap<string, CompiledHost>;
  /** Those that are meant. */
  readonly hosts: readonly string[];
}

const idsOf = ({ manifest }: CompiledHost) => ids(manifest.resources);

function refuseUnknown({ service, only, except }: SelectionOptions, known: Known): void {
  const faults = [
    ...unknown("--service", service, known, ({ services }) => new Set(services.keys())),
    ...unknown("--only", only, known, idsOf),
    ...unknown("--except", except, known, idsOf),
  ];
  if (faults.length > 0) throw new HostKitError(faults.flatMap(({ diagnostics }) => diagnostics));
}

function unknown(
  flag: string,
  written: readonly string[],
  { compiled, hosts }: Known,
  namesOf: (host: CompiledHost) => ReadonlySet<string>,
): HostKitError[] {
  const names = new Map([...compiled].map(([host, one]) => [host, namesOf(one)]));
  return [...new Set(written)].flatMap((name) => {
    const there = [...names].filter(([, has]) => has.has(name)).map(([host]) => host);
    if (there.some((host) => hosts.includes(host))) return [];
    return [
      notDeclared(name, {
        flag,
        there,
        hosts,
        known: hosts.flatMap((host) => [...names.get(host)!]),
      }),
    ];
  });
}

function contradiction(host: string, found: readonly Contradiction[]): HostKitError {
  const [one] = found;
  const why =
    one?.only === one?.except
      ? "names it as well"
      : `names ${one?.except}, which it relies on, directly or by way of others`;
  return cliFault(
    "HK5066",
    `--only names ${one?.only}, and --except ${why}, so on ${host} it can't be had. Keep one of the two.`,
  );
}
