import { type Directives, leaveOut } from "./directives-made.ts";
import type { Isolation } from "./options.ts";

/** Address families that are for IP. */
const INTERNET = ["AF_INET", "AF_INET6"];

/** Whom it can talk to over IP. */
export function setNetwork(directives: Directives, { network }: Isolation): void {
  if (network === undefined) return;
  leaveOut(directives, ["PrivateNetwork", "IPAddressDeny"]);
  if (network === "none") {
    const families = familiesOf(directives)?.filter((family) => !INTERNET.includes(family));
    if (families !== undefined) setFamilies(directives, families);
    directives["PrivateNetwork"] = true;
    directives["IPAddressDeny"] = "any";
    return;
  }
  addFamilies(directives, INTERNET);
  if (network === "all") return;
  directives["IPAddressDeny"] = "any";
  directives["IPAddressAllow"] = network === "loopback" ? "localhost" : network.allow.join(" ");
  // Packets of other families would go by no filter.
  setFamilies(directives, familiesOf(directives) ?? ["AF_UNIX", ...INTERNET]);
}

/** Allows more where not all are allowed. */
export function addFamilies(directives: Directives, more: readonly string[]): void {
  const families = familiesOf(directives);
  if (families !== undefined) setFamilies(directives, [...families, ...more]);
}

function familiesOf({ RestrictAddressFamilies: families }: Directives): string[] | undefined {
  return typeof families === "string" ? families.split(" ") : undefined;
}

function setFamilies(directives: Directives, families: readonly string[]): void {
  directives["RestrictAddressFamilies"] = [...new Set(families)].join(" ");
}
