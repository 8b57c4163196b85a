import type { ResourceId } from "../../shared/brands.ts";
import type { Diagnostic } from "../../shared/diagnostic.ts";
import { indexLinks, throughLinks } from "../../shared/links.ts";
import type { Change } from "../../shared/plan.ts";
import type { Claim } from "../../shared/resources/define-kind.ts";
import { kindOf, type Resource } from "../../shared/resources/registry.ts";
import type { LookingHost } from "../host/host.ts";
import type { Observations } from "../observe.ts";
import { isDriven } from "../steps.ts";

interface Planning {
  readonly host: LookingHost;
  readonly byId: Observations["byId"];
  readonly changes: ReadonlyMap<ResourceId, Change>;
}

interface Below {
  readonly resource: Resource;
  /** The link above it that this plan makes, or leads elsewhere. */
  readonly link: Resource;
  /** Where it will be. */
  readonly place: string;
}

/**
 * What is declared below a link that the plan changes was looked at where the old link leads, and would be made where the new
 * one does. Where nothing is at either place that makes no difference; else what the plan says of it would not come true.
 */
export async function throughMovedLinks(
  resources: readonly Resource[],
  { host, byId, changes }: Planning,
): Promise<Diagnostic[]> {
  const links = indexLinks(resources);
  const moved = new Set(
    [...links.values()].map(({ link }) => link).filter(({ id }) => isMade(changes.get(id))),
  );
  if (moved.size === 0) return [];
  const leaving = [...changes.values()].filter(({ action }) => action === "delete");
  const below = [...leaving.map((change) => change.resource), ...resources].flatMap(
    (resource): Below[] => {
      const claim = pathOf(resource);
      if (claim === undefined) return [];
      const ways = [...throughLinks(claim, links)].filter(({ through }) => through !== resource);
      const link = ways.find(({ through }) => through !== undefined && moved.has(through))?.through;
      const place = ways.at(-1)?.claim.slice("path:".length);
      return link === undefined || place === undefined ? [] : [{ resource, link, place }];
    },
  );
  if (below.length === 0) return [];
  const found = await host.inspect(
    below.map(({ place }) => place),
    { digest: false },
  );
  const isLeaving = (id: ResourceId) => changes.get(id)?.action === "delete";
  const isAbsent = (id: ResourceId) => byId.get(id)?.observed.state === "absent";
  return below
    .filter(
      // What goes is where the link leads before. Nothing may be in its place when all is done.
      ({ resource: { id } }, index) =>
        found[index]?.type !== "absent" || !(isLeaving(id) || isAbsent(id)),
    )
    .map(movedAway);
}

const isMade = (change: Change | undefined) => change !== undefined && isDriven(change);

const pathOf = ({ kind, desired }: Resource): Claim | undefined =>
  kindOf(kind)
    .provides(desired)
    .find((claim) => claim.startsWith("path:"));

function movedAway({ resource, link, place }: Below): Diagnostic {
  const { id, source } = resource;
  return {
    severity: "error",
    side: "host",
    code: "HK4120",
    summary: "A path goes through a link that this push changes.",
    detail: `${id} lies below ${link.id}, which this push makes or leads elsewhere, so it will be ${place}; what is on the host by now is not what the plan would have to tell of. Nothing was changed. Declare it as ${place}, which says where it is whatever the link does; or leave the link as it is, and let it lead elsewhere with the next push.`,
    resource: id,
    ...(source === undefined ? {} : { source }),
  };
}
