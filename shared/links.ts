import type { Claim } from "./resources/define-kind.ts";
import { kindOf, type Resource } from "./resources/registry.ts";

/** Where what is claimed below a link really lies. */
export type Links = ReadonlyMap<Claim, { readonly link: Resource; readonly to: Claim }>;

export function indexLinks(resources: readonly Resource[]): Links {
  const links = new Map<Claim, { readonly link: Resource; readonly to: Claim }>();
  for (const link of resources) {
    const way = kindOf(link.kind).leadsTo?.(link.desired);
    if (way === undefined) continue;
    // What is below the root has no second slash.
    links.set(`path:${way.from}`, { link, to: `path:${way.to === "/" ? "" : way.to}` });
  }
  return links;
}

export interface Place {
  readonly claim: Claim;
  /** The link that leads there. */
  readonly through?: Resource | undefined;
}

/** The claim and, where links lead from it or from above it, what it comes to through each of them. */
export function* throughLinks(claim: Claim, links: Links): Iterable<Place> {
  yield { claim };
  const met = new Set<Resource>();
  for (let place = claim; links.size > 0;) {
    const above = ancestry(place).find((each) => links.has(each));
    const way = above && links.get(above);
    // Links that lead to each other lead nowhere.
    if (above === undefined || way === undefined || met.has(way.link)) return;
    met.add(way.link);
    place = `${way.to}${place.slice(above.length)}` as Claim;
    yield { claim: place, through: way.link };
  }
}

/** Where a path is when all declared links lead where they should. */
export function placeOfPath(path: string, links: Links): string {
  if (links.size === 0) return path;
  let last: Claim = `path:${path}`;
  for (const { claim } of throughLinks(last, links)) last = claim;
  return last.slice("path:".length) || "/";
}

/** A path and all that are above it, from the outside in. */
function ancestry(claim: Claim): Claim[] {
  const cut = claim.lastIndexOf("/");
  const above = cut <= claim.indexOf(":") + 1 ? [] : ancestry(claim.slice(0, cut) as Claim);
  return [...above, claim];
}
