import { describe, expect, test } from "vitest";
import { createHumanView } from "../../../client/view/human.ts";
import { renderReview, type ReviewFormat } from "../../../client/view/render-review.ts";
import type { PlanShown } from "../../../client/view/view.ts";
import type { Diagnostic } from "../../../shared/diagnostic.ts";
import { createFakeClock, createFakeStream } from "./fake-stream.ts";
import { change, content, id, makePlan, outcomeShown } from "./samples.ts";
import { EVIL, RICH_PLANS } from "./rich-plans.ts";

/**
 * What people and programs see, as files to be read: one for each plan, with every way in which it is shown as text, and one for
 * each format. `npx vitest run --project unit test/client/view/golden.test.ts -u` writes them anew.
 */

const file = (name: string) => `../../fixtures/golden/${name}.txt`;

interface Way {
  readonly detail: "brief" | "changes" | "full";
  readonly columns: number;
  readonly ascii?: boolean;
  readonly colour?: boolean;
  readonly graph?: boolean;
}

/** All that stdout and stderr would have, as a terminal would get it. */
function seen(
  tell: (view: ReturnType<typeof createHumanView>) => void,
  { detail, columns, ascii = false, colour = false, graph = false }: Way,
): string {
  const out = createFakeStream({ columns });
  const view = createHumanView({
    out,
    err: out,
    clock: createFakeClock(),
    colour: { out: colour, err: colour },
    live: false,
    talk: detail === "brief" ? "quiet" : "normal",
    detail,
    graph,
    ascii,
    readSource: () => "const naïve = file(…, '漢字');",
    displayPath: (path) => path,
  });
  tell(view);
  view.close();
  return out.text;
}

const titled = (title: string, text: string) => `${"=".repeat(20)} ${title}\n${text}`;

/** Control characters, but line ends and the tabs of contents. */
const UNSAFE =
  // oxlint-disable-next-line no-control-regex
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/;
// oxlint-disable-next-line no-control-regex
const COLOURS = /\u001b\[\d+m/g;
// oxlint-disable-next-line no-control-regex
const BEYOND_ASCII = /[^\u0000-\u007f]/;

const DETAILS = ["brief", "changes", "full"] as const;

describe.each(Object.entries(RICH_PLANS))("%s", (name, make) => {
  const plan = (shown: PlanShown, way: Way) => seen((view) => view.plan(shown), way);

  test("as text", async () => {
    const renderings = DETAILS.flatMap((detail) =>
      [40, 80, 120].flatMap((columns) =>
        [false, true].map((ascii) => {
          const text = plan(make(), { detail, columns, ascii });
          expect(text).not.toMatch(UNSAFE);
          if (ascii) expect(text).not.toMatch(BEYOND_ASCII);
          const title = `${detail}, ${columns} columns, ${ascii ? "ASCII" : "UTF-8"}`;
          return { title, text };
        }),
      ),
    );
    // What is the same as what stands before it is only named.
    const told = renderings.map(({ title, text }, index) => {
      const same = renderings.slice(0, index).find((other) => other.text === text);
      return titled(title, same === undefined ? text : `as ${same.title}\n`);
    });
    await expect(told.join("\n")).toMatchFileSnapshot(file(`plan-${name}`));
  });

  test("as graph, markdown and JSON", async () => {
    const shown = make();
    const review = {
      hosts: [{ host: shown.host, shown, failed: false, diagnostics: [] }],
      diagnostics: [],
    };
    const formats: readonly ReviewFormat[] = ["graph-dot", "graph-json", "markdown"];
    const told = [
      titled("graph", plan(make(), { detail: "changes", columns: 80, graph: true })),
      titled(
        "graph, ASCII",
        plan(make(), { detail: "changes", columns: 80, graph: true, ascii: true }),
      ),
      ...formats.map((format) =>
        titled(format, renderReview(review, { format, detail: "changes" }) ?? "nothing"),
      ),
    ];
    for (const text of told) expect(text).not.toMatch(UNSAFE);
    expect(renderReview(review, { format: "json", detail: "changes" })).not.toMatch(UNSAFE);
    await expect(told.join("\n")).toMatchFileSnapshot(file(`formats-${name}`));
  });

  test.each(DETAILS)("%s: without its colours it is the same", (detail) => {
    for (const columns of [40, 80]) {
      const coloured = plan(make(), { detail, columns, colour: true });
      expect(coloured.replaceAll(COLOURS, "")).toBe(plan(make(), { detail, columns }));
    }
  });

  test("whatever the width, every change is named whole, and the counts come last", () => {
    const shown = make();
    for (const columns of [1, 40, 80]) {
      for (const detail of DETAILS) {
        const lines = plan(shown, { detail, columns }).trimEnd().split("\n");
        for (const { id: name } of shown.plan.changes) {
          if (name === EVIL) continue;
          expect(lines.join("\n")).toContain(name);
        }
        expect(lines.at(-1)).toMatch(/^Plan: \d+ to create, .* unknown\.$|^No changes\./);
      }
    }
  });
});

const PROBLEM: Diagnostic = {
  severity: "error",
  side: "config",
  code: "HK1001",
  summary: "A value can't be used.",
  detail: `The naïve value … of ${EVIL} can't be used.\n  run this --with "…"\nThen push again.`,
  resource: "file:/etc/motd",
  source: { file: "/srv/ünï.ts", line: 1, column: 15 },
};

test("outcomes and diagnostics", async () => {
  const plan = makePlan([
    change("directory", { path: "/etc/app" }),
    change("file", { path: "/etc/app/a", content: content("a\n") }),
  ]);
  const [first, second] = plan.changes.map((each) => each.id);
  const done = { id: first!, result: "done", milliseconds: 12 } as const;
  const failed = { id: second!, result: "failed", message: `The disk is full … ${EVIL}` } as const;
  const skipped = { id: second!, result: "skipped", because: "another change failed" } as const;
  const fresh = makePlan([
    change("directory", { path: "/etc/app", mode: "0700" }, { fingerprint: plan.digest }),
  ]);
  const told = [
    outcomeShown(plan, { verdict: "applied", changes: [done, { ...done, id: second! }] }),
    outcomeShown(plan, { verdict: "failed", changes: [{ ...failed, id: first! }, skipped] }),
    outcomeShown(plan, { verdict: "partial", changes: [done, failed] }),
    outcomeShown(plan, { verdict: "rolled-back", changes: [done, failed] }),
    outcomeShown(plan, { verdict: "rollback-failed", changes: [done, failed] }),
    outcomeShown(plan, { verdict: "stale", changes: [] }, fresh),
  ];
  const ways: readonly Way[] = [40, 80].flatMap((columns) =>
    [false, true].map((ascii) => ({ detail: "changes" as const, columns, ascii })),
  );
  const text = ways.map((way) => {
    const shown = seen((view) => {
      for (const each of told) view.outcome(each);
      view.diagnostics([PROBLEM, { ...PROBLEM, severity: "warning" }], "app");
      view.warn("Interrupted … nothing was changed.");
      const progress = view.progress("äpp");
      progress.phase({ name: "connecting" });
      progress.step({ type: "failed", id: id("file:/srv/ü") });
      progress.end();
    }, way);
    expect(shown).not.toMatch(UNSAFE);
    if (way.ascii === true) expect(shown).not.toMatch(BEYOND_ASCII);
    return titled(`${way.columns} columns, ${way.ascii === true ? "ASCII" : "UTF-8"}`, shown);
  });
  await expect(text.join("\n")).toMatchFileSnapshot(file("outcomes-and-diagnostics"));
});

test("several hosts as one comment: one without a plan, one without changes", async () => {
  const [many, none] = [RICH_PLANS["every-action"]!(), RICH_PLANS["nothing"]!()];
  const markdown = renderReview(
    {
      hosts: [
        {
          host: "app",
          shown: many,
          failed: false,
          diagnostics: [{ ...PROBLEM, severity: "warning" }],
        },
        { host: "db", shown: null, failed: true, diagnostics: [PROBLEM] },
        {
          host: "web",
          shown: { ...none, host: "web", label: "web" },
          failed: false,
          diagnostics: [],
        },
        { host: "old", shown: null, failed: false, diagnostics: [] },
      ],
      diagnostics: [{ ...PROBLEM, severity: "warning", detail: "" }],
    },
    { format: "markdown", detail: "changes" },
  );
  await expect(markdown).toMatchFileSnapshot(file("comment-of-several-hosts"));
});
