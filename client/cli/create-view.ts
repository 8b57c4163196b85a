import { relative, resolve } from "node:path";
import type { Detail } from "../view/detail.ts";
import { createFormatView } from "../view/format-view.ts";
import { createHumanView } from "../view/human.ts";
import { createJsonView } from "../view/json.ts";
import { renderReview, type ReviewFormat } from "../view/render-review.ts";
import type { View } from "../view/view.ts";
import { isAscii } from "./charset.ts";
import { isLive, useColour } from "./colour.ts";
import { EXIT } from "./exit-code.ts";
import { cliFault } from "./faults.ts";
import type { Options } from "./flags.ts";
import type { World } from "./world.ts";

/** Of the options those that say how things are shown. */
export type ViewOptions = Pick<
  Options,
  "json" | "color" | "quiet" | "verbose" | "full" | "format" | "graph"
>;

/** Refuses what can't be shown at the same time. */
export function checkViewOptions({ json, format, graph, full }: ViewOptions): void {
  if (json && graph) {
    throw contradict(
      "--json writes events, and --graph a graph. The plan event has the edges and their reasons; --graph --format json prints them alone.",
    );
  }
  if (json && format !== "text") {
    throw contradict(
      `--json writes events, and --format ${format} a document. Leave one of them out.`,
    );
  }
  if (format === "dot" && !graph) {
    throw contradict("--format dot is for a graph: add --graph, or take text, json or markdown.");
  }
  if (format === "markdown" && graph) {
    throw contradict("A graph has no markdown: --graph takes --format text, json or dot.");
  }
  if (full && graph) {
    throw contradict(
      "--graph shows no differences, so --full has nothing to add. Leave one of them out.",
    );
  }
}

const contradict = (detail: string) => cliFault("HK5006", detail);

export function createView(world: World, options: ViewOptions): View {
  const { out, err, clock, env } = world;
  const { json, full, quiet, verbose, graph } = options;
  if (json) return createJsonView({ out });
  const detail: Detail = full ? "full" : quiet ? "brief" : "changes";
  const human = createHumanView({
    out,
    err,
    clock,
    colour: {
      out: useColour(options.color, { stream: out, env }),
      err: useColour(options.color, { stream: err, env }),
    },
    live: isLive(err, env),
    talk: verbose ? "verbose" : quiet ? "quiet" : "normal",
    detail,
    graph,
    ascii: isAscii(env),
    readSource: (file) => world.readText(resolve(world.cwd, file)),
    displayPath: (file) => {
      const path = relative(world.cwd, resolve(world.cwd, file));
      return path === "" || path.startsWith("..") ? file : path;
    },
  });
  const format = formatOf(options);
  if (format === undefined) return human;
  return createFormatView(human, {
    out,
    render: (review) => renderReview(review, { format, detail }),
    interrupted: EXIT.interrupted,
  });
}

/** `undefined`: text, which is written host by host. */
function formatOf({ format, graph }: ViewOptions): ReviewFormat | undefined {
  if (format === "text") return undefined;
  if (format === "dot") return "graph-dot";
  return format === "json" && graph ? "graph-json" : format;
}
