import type { ResourceId } from "../../shared/brands.ts";
import { canonical } from "../../shared/canonical.ts";
import { type Diagnostic, HostKitError } from "../../shared/diagnostic.ts";
import type { Manifest } from "../../shared/manifest.ts";
import { kindOf } from "../../shared/resources/registry.ts";
import { isOperators, type OperatorReference, type OperatorSecret } from "../../shared/secret.ts";
import { diagnosticOf } from "../declare/fault.ts";
import { type LookedUp, lookUpSecret, type LookUpContext } from "./look-up.ts";

interface Needed {
  readonly reference: OperatorReference;
  readonly by: ResourceId[];
  readonly source: Diagnostic["source"];
}

/** The secrets that are looked up where HostKit runs: each once for a command, however many hosts need it. */
export class OperatorSecrets {
  readonly #env: LookUpContext["env"];
  readonly #found = new Map<string, Promise<LookedUp>>();
  /** One at a time: two programs that ask for a passphrase would share one terminal. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(env: LookUpContext["env"]) {
    this.#env = env;
  }

  value(reference: OperatorReference, directory: string): Promise<LookedUp> {
    const key = canonical(reference);
    const known = this.#found.get(key);
    if (known !== undefined) return known;
    const look = () => lookUpSecret(reference, { env: this.#env, directory });
    const looking = this.#last.then(look);
    this.#last = looking.catch(() => undefined);
    this.#found.set(key, looking);
    return looking;
  }

  /** All that a manifest needs. Throws what is wrong with each that can't be had or used. */
  async neededBy(manifest: Manifest, directory: string): Promise<OperatorSecret[]> {
    const secrets: OperatorSecret[] = [];
    const faults: Diagnostic[] = [];
    for (const { reference, by, source } of neededIn(manifest)) {
      const found = await this.value(reference, directory);
      if ("value" in found) {
        secrets.push({ secret: reference, value: found.value });
        continue;
      }
      const { code, detail } = found.fault;
      const told = { code, detail: `${detail} Needed by ${by.join(", ")}.`, resource: by[0] };
      faults.push(diagnosticOf(told, source));
    }
    if (faults.length === 0) faults.push(...unfit(manifest, secrets));
    if (faults.length > 0) throw new HostKitError(faults);
    return secrets;
  }

  /** As many as can be had. */
  async known(manifest: Manifest, directory: string): Promise<OperatorSecret[]> {
    const secrets: OperatorSecret[] = [];
    for (const { reference } of neededIn(manifest)) {
      const found = await this.value(reference, directory);
      if ("value" in found) secrets.push({ secret: reference, value: found.value });
    }
    return secrets;
  }
}

/** What of a manifest is looked up where HostKit runs. */
export function neededIn({ resources }: Manifest): Needed[] {
  const needed = new Map<string, Needed>();
  for (const { id, kind, desired, source } of resources) {
    for (const { secret } of kindOf(kind).secrets?.(desired) ?? []) {
      if (!isOperators(secret)) continue;
      const known = needed.get(canonical(secret));
      if (known === undefined)
        needed.set(canonical(secret), { reference: secret, by: [id], source });
      else if (!known.by.includes(id)) known.by.push(id);
    }
  }
  return [...needed.values()];
}

/** Values that can't be where they are declared to be: a line break in an INI file, for one. */
function unfit(manifest: Manifest, secrets: readonly OperatorSecret[]): Diagnostic[] {
  const values = new Map(secrets.map(({ secret, value }) => [canonical(secret), value]));
  return manifest.resources.flatMap(({ id, kind, desired, source }) =>
    (kindOf(kind).unfitSecrets?.(desired, ({ secret }) => values.get(canonical(secret))) ?? []).map(
      (why) =>
        diagnosticOf(
          { code: "HK1048", detail: `${id}: ${why}. Nothing was contacted.`, resource: id },
          source,
        ),
    ),
  );
}
