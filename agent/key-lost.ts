import type { Diagnostic } from "../shared/diagnostic.ts";
import type { LookingHost } from "./host/host.ts";
import type { Ledger } from "./ledger/ledger.ts";

/** Keyed digests that were taken down can't be made again without the key. */
export function keyLost(ledger: Ledger, host: LookingHost): Diagnostic[] {
  if (host.hasKey()) return [];
  const sealed = [...ledger.resources.values()].filter(({ resource }) =>
    /"secret":/.test(JSON.stringify(resource)),
  );
  if (sealed.length === 0) return [];
  const ids = sealed.map(({ resource }) => `  ${resource.id}`).join("\n");
  return [
    {
      severity: "warning",
      side: "host",
      code: "HK4150",
      summary: "The host's key is gone.",
      detail: `Secrets were applied here with a key that the host no longer has, so it can't be told whether they are as they were applied. They are listed as changed:\n${ids}\nPut the key back from a backup of the agent's directory, or push: a new key is made then, and each secret counts as changed once. Nothing was changed.`,
    },
  ];
}
