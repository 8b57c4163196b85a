import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { graphDot } from "../../../../client/view/graph/graph-dot.ts";
import { graphJson } from "../../../../client/view/graph/graph-json.ts";
import { graphText } from "../../../../client/view/graph/graph-text.ts";
import { planGraph } from "../../../../client/view/graph/plan-graph.ts";
import { createPaint } from "../../../../client/view/paint.ts";
import type { Review } from "../../../../client/view/review.ts";
import { oneLine } from "../../../../client/view/text.ts";
import type { Edge } from "../../../../shared/plan.ts";
import { EVIL, everyAction, nothing, oddNames } from "../rich-plans.ts";
import { change, content, id, makePlan, shown } from "../samples.ts";
import { readDot } from "./read-dot.ts";

const TEMPLATE = change("file", { path: "/a", content: content("a") });
const planOf = (names: readonly string[], edges: readonly (readonly [string, string])[]) => ({
  ...makePlan(names.map((name) => ({ ...TEMPLATE, id: id(name) }))),
  edges: edges.map(([from, to]): Edge => ({ from: id(from), to: id(to), reason: "declared" })),
});
const levels = (...given: Parameters<typeof planOf>) =>
  Object.fromEntries(planGraph(planOf(...given)).map((node) => [node.change.id, node.level]));

const reviewOf = (...list: readonly ReturnType<typeof shown>[]): Review => ({
  hosts: list.map((each) => ({ host: each.host, shown: each, failed: false, diagnostics: [] })),
  diagnostics: [],
});
const failed = { host: "db", shown: null, failed: true, diagnostics: [] };

describe("levels", () => {
  test("each is behind the last of what it waits for", () => {
    expect(
      levels(
        ["a:d", "a:c", "a:b", "a:a"],
        [
          ["a:a", "a:b"],
          ["a:b", "a:c"],
          ["a:a", "a:c"],
          ["a:c", "a:d"],
        ],
      ),
    ).toEqual({
      "a:a": 1,
      "a:b": 2,
      "a:c": 3,
      "a:d": 4,
    });
  });

  test("a circle, and what waits for it, comes last; an edge to nowhere holds up nothing", () => {
    expect(
      levels(
        ["a:a", "a:b", "a:c", "a:d"],
        [
          ["a:a", "a:b"],
          ["a:b", "a:a"],
          ["a:b", "a:c"],
          ["a:x", "a:d"],
        ],
      ),
    ).toEqual({
      "a:d": 1,
      "a:a": 2,
      "a:b": 2,
      "a:c": 2,
    });
  });

  test("a chain of thousands", () => {
    const names = Array.from({ length: 5000 }, (_, n) => `a:${n}`);
    const edges = names.slice(1).map((name, n) => [names[n]!, name] as const);
    expect(planGraph(planOf(names, edges)).at(-1)).toMatchObject({ level: 5000 });
  });
});

test("text: nothing to change", () => {
  expect(graphText(nothing(), { paint: createPaint({ colour: false }), columns: 80 })).toEqual([
    "No changes. app is as declared (14 resources).",
  ]);
});

describe("dot", () => {
  test("a node for each change, an edge for each edge, a cluster for each host", () => {
    const [one, two] = [everyAction(), { ...oddNames(), host: "other" }];
    const dot = readDot(
      graphDot({ ...reviewOf(one, two), hosts: [...reviewOf(one, two).hosts, failed] }),
    );
    expect(dot.clusters).toHaveLength(2);
    expect(dot.nodes.size).toBe(one.plan.changes.length + two.plan.changes.length);
    expect(dot.edges).toHaveLength(one.plan.edges.length + two.plan.edges.length);
    for (const { from, to } of dot.edges) {
      expect(dot.nodes.has(from)).toBe(true);
      expect(dot.nodes.has(to)).toBe(true);
    }
    expect(dot.edges[1]?.label).toBe("parent directory");
    expect([...dot.nodes.values()]).toContain(`? ${oneLine(EVIL)} (missing)`);
  });

  test("whatever things are called, they are called so in the drawing", () => {
    const part = fc.constantFrom(
      '"',
      "\\",
      "\\n",
      "&",
      "&lt;",
      "]",
      "}",
      ";",
      "->",
      "\u001b[31m",
      "漢",
      "a",
      " ",
    );
    const name = fc
      .array(part, { minLength: 1, maxLength: 8 })
      .map((parts) => `x:${parts.join("")}.`);
    fc.assert(
      fc.property(fc.uniqueArray(name, { maxLength: 5 }), name, (names, host) => {
        const dot = readDot(graphDot(reviewOf(shown(planOf(names, []), { host, label: host }))));
        expect([...dot.nodes.values()]).toEqual(
          names.map((each) => `+ ${oneLine(each)} (missing)`),
        );
        expect(dot.clusters).toEqual([oneLine(host)]);
      }),
    );
  });

  test("without changes it is a graph without nodes", () => {
    expect(readDot(graphDot(reviewOf(nothing()))).nodes.size).toBe(0);
  });
});

describe("JSON", () => {
  test("of one host an object", () => {
    expect(JSON.parse(graphJson(reviewOf(everyAction())))).toMatchObject({
      version: 1,
      host: "app",
      nodes: expect.arrayContaining([
        { id: "file:/etc/app/app.ini", action: "create", reason: "missing", level: 3 },
      ]),
      edges: everyAction().plan.edges,
    });
  });

  test("of several a list, also of those without a plan", () => {
    const review = { hosts: [...reviewOf(nothing()).hosts, failed], diagnostics: [] };
    expect(JSON.parse(graphJson(review))).toMatchObject([
      { host: "app", nodes: [], edges: [] },
      { host: "db", planDigest: null, nodes: null, edges: null },
    ]);
  });
});
