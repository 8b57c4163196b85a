import { planGraph } from "./plan-graph.ts";
import { documentOf, type Review } from "../review.ts";

/** Raised when something changes that a reader relies on; additions do not count. */
const GRAPH_VERSION = 1;

/** Nodes and edges: of one host an object, of several a list of objects. */
export function graphJson(review: Review): string {
  return documentOf(
    review.hosts.map(({ host, shown }) => ({
      version: GRAPH_VERSION,
      host,
      planDigest: shown?.plan.digest ?? null,
      nodes:
        shown === null
          ? null
          : planGraph(shown.plan).map(({ change: { id, action, reason }, level }) => ({
              id,
              action,
              reason,
              level,
            })),
      edges: shown?.plan.edges ?? null,
    })),
  );
}
