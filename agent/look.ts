import { HostKitError } from "../shared/diagnostic.ts";
import { buildGraph, type Graph } from "../shared/graph.ts";
import type { Manifest } from "../shared/manifest.ts";
import { readLedger } from "./ledger/ledger-file.ts";
import type { Ledger } from "./ledger/ledger.ts";
import { type Observations, observe } from "./observe.ts";
import { sealManifest } from "./secrets/seal-manifest.ts";
import type { SecretValues } from "./secrets/secret-values.ts";
import type { LookingRoot } from "./transaction/places.ts";

/** A declaration beside what its host has. */
export interface Looked {
  /** With the keyed digests of its secrets. */
  readonly manifest: Manifest;
  readonly graph: Graph;
  readonly ledger: Ledger;
  readonly observations: Observations;
}

/** Reads all that a manifest names. Changes nothing: it is given no way to. */
export async function lookAt(
  declared: Manifest,
  { host, root, secrets }: LookingRoot & { readonly secrets: SecretValues },
): Promise<Looked> {
  const ledger = await readLedger({ host, root });
  const manifest = await sealManifest(declared, { host, ledger, secrets });
  const result = buildGraph(manifest.resources);
  if ("faults" in result) throw new HostKitError(result.faults);
  const { graph } = result;
  const observations = await observe(graph.order, { host, all: graph.order });
  return { manifest, graph, ledger, observations };
}
