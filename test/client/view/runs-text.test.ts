import { describe, expect, test } from "vitest";
import { createPaint } from "../../../client/view/paint.ts";
import { planText } from "../../../client/view/plan-text.ts";
import { type RunsStyle, runsText, runText } from "../../../client/view/runs-text.ts";
import { displayWidth } from "../../../client/view/text.ts";
import { bounded } from "../../../shared/change.ts";
import type { Outcome } from "../../../shared/outcome.ts";
import { runId, type RunSummary } from "../../../shared/run.ts";
import { change, digest, id, makePlan, runSummary, shown } from "./samples.ts";

const HOST = { host: "app", label: "root@app.example.com:22", target: "--host app" };
const style = (columns: number, more: Partial<RunsStyle> = {}): RunsStyle => ({
  paint: createPaint({ colour: false }),
  columns,
  verbose: false,
  ...more,
});

const ids = [1, 2, 3, 4, 5, 6, 7].map((day) => runId(new Date(`2026-01-0${day}T03:04:05Z`), day));
const at = (day: number, more: Partial<RunSummary>): RunSummary =>
  runSummary({ run: ids[day - 1]!, sequence: day, at: `2026-01-0${day}T03:04:06.789Z`, ...more });

/** Newest first, as an agent lists them. */
const LIST = [
  at(7, { state: "running", changes: 12, done: 0, milliseconds: null }),
  at(6, { reverts: ids[3]!, changes: 3, done: 3 }),
  at(5, { state: "rollback-failed", changes: 140, done: 12, milliseconds: 72_000 }),
  at(4, { changes: 3, done: 3, milliseconds: 900, by: "deploy with sudo from 2001:db8::7" }),
  at(3, { state: "partial", changes: 9, done: 4 }),
  at(2, { state: "rolled-back", changes: 2, done: 1 }),
  runSummary({
    run: ids[0]!,
    sequence: 0,
    state: "unreadable",
    project: "",
    host: "",
    by: "",
    at: "",
    changes: 0,
    done: 0,
    milliseconds: null,
  }),
];

const list = (columns: number, more: Partial<RunsStyle> = {}) =>
  runsText(HOST, LIST, style(columns, more)).join("\n");

describe("a list", () => {
  test("80 columns: one line a run", () => {
    expect(list(80)).toMatchInlineSnapshot(`
      "app (root@app.example.com:22)
        run                     state            began (UTC)       changes
        20260107T030405-000007  running          2026-01-07 03:04  0 of 12
        20260106T030405-000006  rollback         2026-01-06 03:04  3
        20260105T030405-000005  needs attention  2026-01-05 03:04  12 of 140
        20260104T030405-000004  taken back       2026-01-04 03:04  3
        20260103T030405-000003  stopped          2026-01-03 03:04  4 of 9
        20260102T030405-000002  rolled back      2026-01-02 03:04  1 of 2
        20260101T030405-000001  unreadable"
    `);
  });

  test("120 columns: all that is known of each on its line", () => {
    expect(list(120)).toMatchInlineSnapshot(`
      "app (root@app.example.com:22)
        run                     state            began (UTC)       changes    took        by
        20260107T030405-000007  running          2026-01-07 03:04  0 of 12                root from 192.0.2.7
        20260106T030405-000006  rollback         2026-01-06 03:04  3          1.2 s       root from 192.0.2.7
        20260105T030405-000005  needs attention  2026-01-05 03:04  12 of 140  1 min 12 s  root from 192.0.2.7
        20260104T030405-000004  taken back       2026-01-04 03:04  3          0.9 s       deploy with sudo from 2001:db8::7
        20260103T030405-000003  stopped          2026-01-03 03:04  4 of 9     1.2 s       root from 192.0.2.7
        20260102T030405-000002  rolled back      2026-01-02 03:04  1 of 2     1.2 s       root from 192.0.2.7
        20260101T030405-000001  unreadable"
    `);
  });

  test("80 columns with -v: the rest below each", () => {
    expect(list(80, { verbose: true }).split("\n").slice(2, 8).join("\n")).toMatchInlineSnapshot(`
      "  20260107T030405-000007  running          2026-01-07 03:04  0 of 12
            root from 192.0.2.7  prod/app
        20260106T030405-000006  rollback         2026-01-06 03:04  3
            1.2 s  root from 192.0.2.7  20260104T030405-000004
        20260105T030405-000005  needs attention  2026-01-05 03:04  12 of 140
            1 min 12 s  root from 192.0.2.7  prod/app"
    `);
  });

  test("80 columns are enough for a run of ten thousand changes, whatever became of it", () => {
    const many = { state: "rollback-failed", changes: 10_000, done: 9_999 } as const;
    const lines = runsText(HOST, [at(1, many)], style(80));
    expect(Math.max(...lines.map(displayWidth))).toBeLessThanOrEqual(80);
  });

  test("colour says what needs a look, and moves nothing", () => {
    const coloured = list(80, { paint: createPaint({ colour: true }) });
    // oxlint-disable-next-line no-control-regex
    expect(coloured.replaceAll(/\u001b\[\d+m/g, "")).toBe(list(80));
    expect(coloured).toContain("\u001b[31mneeds attention");
  });

  test("nothing that a host says moves the cursor", () => {
    const lines = runsText(HOST, [at(1, { by: "x\u001b[2Jy", project: "a\nb" })], style(200));
    expect(lines.join("|")).toContain("a b/app");
    // oxlint-disable-next-line no-control-regex
    expect(lines.join("")).not.toMatch(/[\u0000-\u001f]/);
  });

  test("without a run says so", () => {
    expect(runsText(HOST, [], style(80))).toEqual(["app (root@app.example.com:22): no runs yet."]);
  });
});

const OUTCOME: Outcome = {
  verdict: "partial",
  planDigest: digest("plan"),
  run: ids[2]!,
  changes: [
    { id: id("directory:/etc/app"), result: "done", milliseconds: 12 },
    {
      id: id("file:/etc/app/app.ini"),
      result: "failed",
      message: "Writing /etc/app/app.ini failed: no space is left on the device.",
    },
    { id: id("file:/etc/motd"), result: "skipped", because: "an earlier change failed" },
  ],
  milliseconds: 1200,
};

describe("one run", () => {
  const one = (summary: RunSummary, outcome: Outcome | null, columns = 80) =>
    runText({ ...HOST, summary, plan: null, outcome }, style(columns)).join("\n");

  test("80 columns: what it was, and what became of each change", () => {
    expect(one(LIST[4]!, OUTCOME)).toMatchInlineSnapshot(`
      "20260103T030405-000003 on app (root@app.example.com:22)
        state        stopped
        began        2026-01-03 03:04:06 UTC
        took         1.2 s
        by           root from 192.0.2.7
        declaration  prod/app
        changes      4 of 9

        done    directory:/etc/app
        failed  file:/etc/app/app.ini
                Writing /etc/app/app.ini failed: no space is left on the device.
        skipped file:/etc/motd
                an earlier change failed"
    `);
  });

  test("says what came of each change, against what its plan had said", () => {
    const motd = change("file", {
      path: "/etc/motd",
      content: { sha256: digest("a"), size: 1, text: true },
    });
    const unit = change(
      "unit",
      { name: "api.service", content: "[Service]\nExecStart=/bin/api\n" },
      { prediction: bounded({ done: "runs", failed: "does not start, and the run fails" }) },
    );
    const other = change("directory", { path: "/etc/app" });
    const outcome: Outcome = {
      ...OUTCOME,
      changes: [
        { id: motd.id, result: "done", milliseconds: 3, actual: { as: "predicted" } },
        {
          id: unit.id,
          result: "failed",
          message: "It ended with status 1.",
          actual: { as: "predicted", outcome: "does not start, and the run fails" },
        },
        {
          id: other.id,
          result: "done",
          milliseconds: 3,
          actual: { as: "otherwise", why: "mode is not as declared\u001b[2J" },
        },
      ],
    };
    const plan = makePlan([motd, unit, other], 0);
    const lines = runText({ ...HOST, summary: LIST[4]!, plan, outcome }, style(80));
    expect(lines.slice(8).join("\n")).toMatchInlineSnapshot(`
      "  done    file:/etc/motd  exact -> as planned
        failed  unit:api.service
                It ended with status 1.
                bounded -> does not start, and the run fails
        done    directory:/etc/app  exact -> otherwise: mode is not as declared

      2 of 3 changes came out as predicted."
    `);
  });

  test("one that took another back says which", () => {
    expect(one(LIST[1]!, null)).toMatchInlineSnapshot(`
      "20260106T030405-000006 on app (root@app.example.com:22)
        state        rollback
        began        2026-01-06 03:04:06 UTC
        took         1.2 s
        by           root from 192.0.2.7
        took back    20260104T030405-000004
        changes      3"
    `);
  });

  test("one of which nothing is known says no more than that", () => {
    expect(one(LIST[6]!, null)).toMatchInlineSnapshot(`
      "20260101T030405-000001 on app (root@app.example.com:22)
        state        unreadable"
    `);
  });

  test.each([120, 40, 1])("%i columns do not crash", (columns) => {
    expect(one(LIST[4]!, OUTCOME, columns)).toContain("file:/etc/app/app.ini");
  });
});

test("the plan of a rollback says which run it takes back", () => {
  const back = change(
    "directory",
    { path: "/etc/app" },
    {
      action: "delete",
      reason: "rollback",
      differences: [{ field: "mode", before: "0755", after: null }],
    },
  );
  const plan = { ...makePlan([back], 1), reverts: ids[3]! };
  expect(planText(shown(plan), style(80)).join("\n")).toMatchInlineSnapshot(`
    "app (root@app.example.com:22)
    Takes back the run 20260104T030405-000004.

      - directory:/etc/app (rollback)
          mode: 0755

      1 resource unchanged

    Plan: 0 to create, 0 to change, 1 to remove, 0 restarts, 0 unknown."
  `);
});

test("a rollback that finds nothing to do does not speak of a declaration", () => {
  const plan = { ...makePlan([], 2), reverts: ids[3]! };
  expect(planText(shown(plan), style(80)).join("\n")).toMatchInlineSnapshot(
    `"Nothing to take back: app has nothing that is as the run 20260104T030405-000004 made it."`,
  );
});
