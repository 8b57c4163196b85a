import type { ResourceId } from "../../../shared/brands.ts";
import type { Change, Plan } from "../../../shared/plan.ts";
import { edgeWords, isDestructive, markOf, reasonOf } from "../change-words.ts";
import { hostTitle } from "../host-title.ts";
import type { Review } from "../review.ts";
import { oneLine } from "../text.ts";

/** For Graphviz: one graph, with a cluster for each host. An arrow leads from what is done first to what waits for it. */
export function graphDot({ hosts }: Review): string {
  const clusters = hosts.flatMap(({ shown }, index) =>
    shown === null
      ? []
      : [
          `  subgraph cluster_${index} {`,
          `    label=${quoted(hostTitle(shown))};`,
          ...hostLines(shown.plan, `h${index}`).map((line) => `    ${line}`),
          "  }",
        ],
  );
  return [
    "digraph hostkit {",
    "  rankdir=LR;",
    '  node [shape=box, fontname="monospace"];',
    ...clusters,
    "}",
    "",
  ].join("\n");
}

function hostLines({ changes, edges }: Plan, prefix: string): string[] {
  const names = new Map<ResourceId, string>();
  const nameOf = (id: ResourceId) => {
    const name = names.get(id) ?? `${prefix}_${names.size}`;
    names.set(id, name);
    return name;
  };
  return [
    ...changes.map(
      (change) =>
        `${nameOf(change.id)} [label=${quoted(labelOf(change))}${isDestructive(change) ? ", style=bold" : ""}];`,
    ),
    ...edges.map(
      ({ from, to, reason }) =>
        `${nameOf(from)} -> ${nameOf(to)} [label=${quoted(edgeWords(reason))}];`,
    ),
  ];
}

const labelOf = (change: Change) =>
  `${markOf(change)} ${oneLine(change.id)} (${reasonOf(change)})`.trim();

/**
 * A quoted string of the DOT language. In labels a backslash begins an escape and `&` a character reference, so both are
 * written as what they stand for.
 */
function quoted(text: string): string {
  const escaped = text.replaceAll("&", "&amp;").replaceAll("\\", "\\\\").replaceAll('"', '\\"');
  return `"${escaped}"`;
}
