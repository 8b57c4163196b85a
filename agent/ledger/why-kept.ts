import type { Manifest } from "../../shared/manifest.ts";
import { indexLinks, type Links, throughLinks } from "../../shared/links.ts";
import type { Claim } from "../../shared/resources/define-kind.ts";
import {
  type Kind,
  kindOf,
  type Observed,
  type Resource,
} from "../../shared/resources/registry.ts";
import type { Entry } from "./ledger.ts";

/** Why something that is no longer declared stays on the host all the same, in words for a person. */

/** Who declares what, and who needs what, among all that is declared. */
export interface Surroundings {
  readonly providers: ReadonlyMap<Claim, Resource>;
  /** Users and groups only: without them what belongs to them belongs to a bare number. */
  readonly users: ReadonlyMap<Claim, Resource>;
  /** Paths below which something is declared. */
  readonly holders: ReadonlyMap<Claim, Resource>;
  readonly links: Links;
}

export function surroundingsOf({ resources }: Manifest): Surroundings {
  const providers = new Map<Claim, Resource>();
  const users = new Map<Claim, Resource>();
  const holders = new Map<Claim, Resource>();
  for (const resource of resources) {
    const kind = kindOf(resource.kind);
    for (const claim of kind.provides(resource.desired)) {
      providers.set(claim, resource);
      for (const above of pathsAbove(claim)) holders.set(above, resource);
    }
    for (const { claim, reason } of kind.needs(resource.desired)) {
      if (/^(user|group):/.test(claim)) users.set(claim, resource);
      // What is put there may have no path of its own: a home, for one.
      if (reason !== "parent-directory") continue;
      for (const above of [claim, ...pathsAbove(claim)]) holders.set(above, resource);
    }
  }
  return { providers, users, holders, links: indexLinks(resources) };
}

function pathsAbove(claim: Claim): Claim[] {
  const cut = claim.lastIndexOf("/");
  if (!claim.startsWith("path:") || cut <= "path:".length) return [];
  const above = claim.slice(0, cut) as Claim;
  return [above, ...pathsAbove(above)];
}

interface Candidate {
  readonly owned: Entry;
  readonly resource: Resource;
  readonly observed: Observed<Kind>;
}

/** `undefined`: nothing known so far speaks against its removal. */
export function whyKept(
  { owned, resource, observed }: Candidate,
  { providers, users, holders, links }: Surroundings,
): string | undefined {
  const kind = kindOf(resource.kind);
  const claims = kind.provides(resource.desired);
  if (observed.state === "absent") return "it is not on the host any more";
  // What is declared under the name that it has behind a link is the same thing.
  const places = claims.flatMap((claim) => [...throughLinks(claim, links)]);
  const successor = places.flatMap(({ claim }) => providers.get(claim) ?? [])[0];
  if (successor !== undefined) return `${successor.id} manages it now`;
  const user = claims.flatMap((claim) => users.get(claim) ?? [])[0];
  if (user !== undefined) return `${user.id} still needs it`;
  const inside = claims.flatMap((claim) => holders.get(claim) ?? [])[0];
  if (inside !== undefined) return `${inside.id} is in it`;
  if (resource.onRemove === "keep") return "its declaration said so";
  if (resource.onRemove === undefined && owned.origin === "adopted") {
    return "it was there before HostKit managed it";
  }
  if (resource.onRemove === undefined && kind.removal === "keep") {
    return `what is of kind ${resource.kind} is removed only where it was declared with onRemove: "delete"`;
  }
  const own = kind.whyStays?.(resource.desired);
  if (resource.onRemove === undefined && own !== undefined) return own;
  if (kind.removed(resource.desired, observed).length === 0) return "nothing of it may be removed";
  return undefined;
}
