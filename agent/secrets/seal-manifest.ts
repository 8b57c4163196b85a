import type { Digest, ResourceId } from "../../shared/brands.ts";
import { canonical } from "../../shared/canonical.ts";
import { type Diagnostic, HostKitError } from "../../shared/diagnostic.ts";
import type { Manifest } from "../../shared/manifest.ts";
import type { Sealer } from "../../shared/resources/define-kind.ts";
import { kindOf, Resource } from "../../shared/resources/registry.ts";
import type { SecretUse } from "../../shared/secret.ts";
import { sha256 } from "../digest.ts";
import type { Host } from "../host/host.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { SecretValues } from "./secret-values.ts";

interface Sealing {
  readonly host: Pick<Host, "seal">;
  readonly ledger: Ledger;
  readonly secrets: SecretValues;
}

/**
 * The manifest with a keyed digest beside each secret, which is all that is compared, shown and kept of it: so a plan can tell
 * that a secret changed, and whoever has the plan can't find out what it is.
 */
export async function sealManifest(manifest: Manifest, sealing: Sealing): Promise<Manifest> {
  const { secrets, ledger } = sealing;
  await secrets.lookUp(manifest.resources.flatMap(secretsOf));
  const lost: Diagnostic[] = [];
  const resources = manifest.resources.map((resource) => {
    const kind = kindOf(resource.kind);
    if (kind.sealed === undefined) return resource;
    const previous = previousOf(resource.id, ledger);
    if (previous === undefined && secretsOf(resource).length === 0) return resource;
    const desired: unknown = kind.sealed(resource.desired, sealerOf(sealing, previous?.desired));
    const sealed = { ...resource, desired } as Resource;
    if (previous !== undefined) lost.push(...madeAnew(sealed, previous));
    return sealed;
  });
  if (lost.length > 0) throw new HostKitError(lost);
  return { ...manifest, resources };
}

export const secretsOf = ({ kind, desired }: Resource): readonly SecretUse[] =>
  kindOf(kind).secrets?.(desired) ?? [];

function sealerOf({ host, secrets }: Pick<Sealing, "host" | "secrets">, previous: unknown): Sealer {
  return {
    value: (use) => secrets.value(use),
    digest: (text): Digest => host.seal(sha256(text)),
    previous,
  };
}

/** As it was declared last, where it had secrets then. */
function previousOf(id: ResourceId, { resources }: Ledger): Resource | undefined {
  const recorded: object | undefined = resources.get(id)?.resource;
  // Checking what is recorded costs more than all the rest of a plan, and nearly nothing has secrets.
  if (recorded === undefined || !/"secret"|"redacted"/.test(JSON.stringify(recorded)))
    return undefined;
  return Resource.safeParse(recorded).data;
}

/** What is generated changes with its name alone: another value for the same name comes from another key. */
function madeAnew(now: Resource, previous: Resource): Diagnostic[] {
  const before = new Map(secretsOf(previous).map((use) => [canonical(use.secret), use.digest]));
  return secretsOf(now).flatMap(({ secret, digest }): Diagnostic[] => {
    const known = before.get(canonical(secret));
    if (secret.from !== "generate" || known === undefined || digest === undefined) return [];
    if (known === digest) return [];
    return [
      {
        severity: "error",
        side: "host",
        code: "HK4098",
        summary: "A generated secret can't be made again.",
        detail: `${now.id} has a value that this host generated as ${JSON.stringify(secret.name)}, and the key it was made with is another by now: it was lost with the agent's directory, or the host is a copy. Nothing was changed. Put the key back from a backup, or give the secret another name, which makes a new value.`,
        resource: now.id,
      },
    ];
  });
}
