import { dirname } from "node:path";
import { canonical } from "../../shared/canonical.ts";
import { HostKitError } from "../../shared/diagnostic.ts";
import { type OperatorReference, referenceText } from "../../shared/secret.ts";
import type { LoadedProject } from "../compile/load.ts";
import type { HostDeclaration } from "../declare/host.ts";
import { diagnosticOf } from "../declare/fault.ts";
import { neededIn, type OperatorSecrets } from "../secrets/operator-secrets.ts";
import { count } from "../view/quantity.ts";
import { oneLine } from "../view/text.ts";
import { type Check, ok, skipped, unwell } from "./check.ts";
import { failures } from "./here.ts";

/** The declaration, and the secrets that it needs from this machine. */

/** `undefined`: there is none that could be used. */
export interface Declared {
  readonly loaded: LoadedProject | undefined;
  readonly checks: Check[];
}

/** `required`: a host of it is named, or its file; else having none is no mistake. */
export async function checkDeclaration(
  load: () => Promise<LoadedProject>,
  { required }: { readonly required: boolean },
): Promise<Declared> {
  try {
    const loaded = await load();
    const { configPath, project, warnings } = loaded;
    const hosts = project.hosts.map(({ name }) => name).join(", ");
    const found = `${oneLine(configPath)}: ${hosts === "" ? "no host" : oneLine(hosts)}, ${count(project.resources.length, "resource")}`;
    return {
      loaded,
      checks: [
        ok("declaration", found),
        ...warnings.map((warning) => unwell("declaration", warning)),
      ],
    };
  } catch (error) {
    const isMissing =
      error instanceof HostKitError && error.diagnostics.every(({ code }) => code === "HK1000");
    if (isMissing && !required) {
      return { loaded: undefined, checks: [skipped("declaration", "none here")] };
    }
    return { loaded: undefined, checks: failures("declaration", error) };
  }
}

interface SecretsOf {
  /** Whose secrets matter. */
  readonly hosts: readonly HostDeclaration[];
  readonly secrets: Pick<OperatorSecrets, "value">;
}

/**
 * Whether each secret can be had, without showing it. A command is not run for this: it may ask for a passphrase, be counted, or
 * unlock something.
 */
export async function checkSecrets(
  loaded: LoadedProject,
  { hosts, secrets }: SecretsOf,
): Promise<Check[]> {
  const directory = dirname(loaded.configPath);
  const needed = new Map<string, { reference: OperatorReference; by: readonly string[] }>();
  for (const { name, ssh } of hosts) {
    // The declaration was refused if it were any other.
    const reference = ssh?.password?.reference as OperatorReference | undefined;
    if (reference !== undefined) {
      needed.set(canonical(reference), { reference, by: [`the login to ${name}`] });
    }
    const { manifest } = await loaded.manifestFor(name);
    for (const one of neededIn(manifest)) needed.set(canonical(one.reference), one);
  }
  const checks: Check[] = [];
  for (const { reference, by } of needed.values()) {
    const what = oneLine(referenceText(reference));
    if (reference.from === "command") {
      checks.push(skipped("secret", `${what} is not run`));
      continue;
    }
    const found = await secrets.value(reference, directory);
    if ("value" in found) checks.push(ok("secret", what));
    else {
      const { code, detail } = found.fault;
      const told = diagnosticOf({ code, detail: `${detail} Needed by ${by.join(", ")}.` });
      checks.push(unwell("secret", told, what));
    }
  }
  return checks;
}
