import { type Difference, NOT_SHOWN } from "../shared/change.ts";
import { DIFF_LIMIT } from "../shared/content.ts";
import type { Change } from "../shared/plan.ts";
import type { Kind, ResourceOf } from "../shared/resources/registry.ts";
import type { LookingHost } from "./host/host.ts";
import type { MaskedText } from "./resources/driver.ts";
import { driverOf } from "./resources/drivers.ts";
import type { SecretValues } from "./secrets/secret-values.ts";

interface MaskedPair {
  readonly change: Change;
  readonly difference: Difference;
  readonly before: string;
  readonly after: string;
}

/** Texts that are not shown as they are, before and after, with whatever could be a secret left out. */
export async function maskedPairs(
  changes: readonly Change[],
  {
    host,
    secrets,
  }: { readonly host: Pick<LookingHost, "readFiles">; readonly secrets: SecretValues },
): Promise<MaskedPair[]> {
  const shown = changes.flatMap((change) => {
    const difference = change.differences.find(({ after }) => after === NOT_SHOWN);
    const text = difference && maskedOf(change.resource, secrets);
    const path = driverOf(change.resource.kind).contentPath?.(change.resource.desired);
    return difference === undefined || text === undefined || path === undefined
      ? []
      : [{ change, difference, text, path }];
  });
  if (shown.length === 0) return [];
  const found = await host.readFiles(
    shown.map(({ path }) => path),
    { limit: DIFF_LIMIT },
  );
  return shown.map(({ change, difference, text }, index) => {
    const old = found[index];
    const before = old == null ? "" : text.mask(new TextDecoder().decode(old));
    return { change, difference, before, after: text.text };
  });
}

function maskedOf<K extends Kind>(
  resource: ResourceOf<K>,
  secrets: SecretValues,
): MaskedText | undefined {
  return driverOf(resource.kind).masked?.(resource.desired, secrets);
}
