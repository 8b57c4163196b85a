import type { Diagnostic } from "../../shared/diagnostic.ts";
import type { Change } from "../../shared/plan.ts";
import { sha256 } from "../digest.ts";
import type { Host } from "../host/host.ts";
import type { SecretValues } from "./secret-values.ts";
import { secretsOf } from "./seal-manifest.ts";

/** Secrets that are others by now than when the plan was made: a file of the host changed meanwhile. */
export async function secretsMoved(
  changes: readonly Change[],
  context: { readonly host: Pick<Host, "seal">; readonly secrets: SecretValues },
): Promise<Diagnostic[]> {
  const concerned = changes.filter(
    ({ action, resource }) => action !== "delete" && secretsOf(resource).length > 0,
  );
  await context.secrets.lookUp(concerned.flatMap(({ resource }) => secretsOf(resource)));
  const moved = concerned.filter(({ resource }) =>
    secretsOf(resource).some(
      (use) => context.host.seal(sha256(context.secrets.value(use))) !== use.digest,
    ),
  );
  return moved.map(({ id }) => ({
    severity: "error",
    side: "host",
    code: "HK4099",
    summary: "A secret changed after the plan was made.",
    detail: `${id} needs a secret that is another by now than when the plan was made. Nothing was changed. Review a fresh plan.`,
    resource: id,
  }));
}
