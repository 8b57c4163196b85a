import type { HostKitError } from "../../shared/diagnostic.ts";
import { didYouMean } from "../../shared/nearest-name.ts";
import { cliFault } from "./faults.ts";

interface Elsewhere {
  /** The hosts that are meant. */
  readonly hosts: readonly string[];
  /** Others, for which it is declared. */
  readonly there: readonly string[];
  /** What could have been meant. */
  readonly known: readonly string[];
}

/** Something was named that is not declared where it is meant. `flag`: what named it, if it was a flag. */
export function notDeclared(
  name: string,
  { flag, hosts, there, known }: Elsewhere & { readonly flag?: string },
): HostKitError {
  const named = JSON.stringify(name);
  const what = flag === undefined ? named : `${flag} names ${named}, which`;
  const where =
    hosts.length === 0
      ? "any host"
      : hosts.length === 1
        ? `the host ${hosts.join("")}`
        : `any of ${hosts.join(", ")}`;
  const hint =
    there.length > 0 ? ` It is declared for ${there.join(", ")}.` : didYouMean(name, known);
  return cliFault(
    "HK5065",
    `${what} is not declared for ${where}.${hint} hostkit dump shows what is declared.`,
  );
}
