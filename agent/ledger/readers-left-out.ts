import type { ResourceId } from "../../shared/brands.ts";
import type { Diagnostic } from "../../shared/diagnostic.ts";
import type { Manifest } from "../../shared/manifest.ts";
import type { Change } from "../../shared/plan.ts";
import { kindOf, Resource } from "../../shared/resources/registry.ts";
import type { Host } from "../host/host.ts";
import { observe } from "../observe.ts";
import { changesInput } from "./inputs.ts";
import { isSameOwner, type Ledger, ownerOf } from "./ledger.ts";

interface Planning {
  readonly host: Host;
  readonly ledger: Ledger;
  readonly changes: ReadonlyMap<ResourceId, Change>;
}

interface Reader {
  readonly resource: Resource;
  /** What of it changes. */
  readonly inputs: readonly ResourceId[];
}

/**
 * A warning for services that are not in the part of the declaration that is planned, and were started with something that the part
 * changes: they are left as they are, and the ledger keeps that they have to start again.
 */
export async function readersLeftOut(
  manifest: Manifest,
  planning: Planning,
): Promise<Diagnostic[]> {
  if (manifest.selection === undefined) return [];
  const readers = readersOf(manifest, planning);
  if (readers.length === 0) return [];
  const resources = readers.map(({ resource }) => resource);
  const { byId } = await observe(resources, { host: planning.host, all: manifest.resources });
  const waiting = readers.filter(({ resource: { id, kind, desired }, inputs }) => {
    const observed = byId.get(id)?.observed;
    const difference = { field: "inputs", before: null, after: [...inputs] };
    return observed !== undefined && kindOf(kind).follow(desired, observed, [difference]) !== null;
  });
  const [first] = waiting;
  if (first === undefined) return [];
  const lines = waiting.map(
    ({ resource, inputs }) => `  ${resource.id} reads ${inputs.join(", ")}`,
  );
  return [
    {
      severity: "warning",
      side: "config",
      code: "HK1090",
      summary: "What is not selected reads what changes.",
      detail: `It runs, and is neither restarted nor reloaded now, since it is not in the part of the declaration that is selected:\n${lines.join("\n")}\nIt goes on with what it read when it was started. The next push that has it does what is due, as long as it is declared; select it as well to have that now.`,
      resource: first.resource.id,
    },
  ];
}

/** As they were declared last: what is not in the manifest is known by the ledger alone. */
function readersOf(manifest: Manifest, { ledger, changes }: Planning): Reader[] {
  const declared = new Set(manifest.resources.map(({ id }) => id));
  const owner = ownerOf(manifest);
  return [...ledger.started].flatMap(([id, started]): Reader[] => {
    const entry = ledger.resources.get(id);
    if (declared.has(id) || entry === undefined || !isSameOwner(entry.owner, owner)) return [];
    const inputs = (Object.keys(started) as ResourceId[]).filter((input) =>
      changesInput(changes.get(input)),
    );
    if (inputs.length === 0) return [];
    const { data } = Resource.safeParse(entry.resource);
    return data === undefined ? [] : [{ resource: data, inputs }];
  });
}
