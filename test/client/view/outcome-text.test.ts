import { expect, test } from "vitest";
import { outcomeText } from "../../../client/view/outcome-text.ts";
import { createPaint } from "../../../client/view/paint.ts";
import type { Outcome } from "../../../shared/outcome.ts";
import type { Plan } from "../../../shared/plan.ts";
import { change, content, digest, id, makePlan, outcomeShown } from "./samples.ts";

const PLAN = makePlan([
  change("directory", { path: "/etc/app" }),
  change("file", { path: "/etc/app/app.ini", content: content("a = 1\n") }),
  change("file", { path: "/etc/motd", content: content("hello\n") }),
]);

const show = (
  outcome: Pick<Outcome, "verdict" | "changes">,
  options: { columns?: number; colour?: boolean; fresh?: Plan } = {},
) =>
  outcomeText(outcomeShown(PLAN, outcome, options.fresh ?? null), {
    paint: createPaint({ colour: options.colour ?? false }),
    columns: options.columns ?? 80,
  }).join("\n");

const PARTIAL: Pick<Outcome, "verdict" | "changes"> = {
  verdict: "partial",
  changes: [
    { id: id("directory:/etc/app"), result: "done", milliseconds: 12 },
    {
      id: id("file:/etc/app/app.ini"),
      result: "failed",
      message:
        "Writing /etc/app/app.ini failed: no space is left on the device. The old file is still in place, untouched.",
    },
    {
      id: id("file:/etc/motd"),
      result: "skipped",
      because: "another change failed before it was begun",
    },
  ],
};

test("applied", () => {
  const changes = PLAN.changes.map((each) => ({
    id: each.id,
    result: "done" as const,
    milliseconds: 1,
  }));
  expect(show({ verdict: "applied", changes })).toBe("Applied 3 changes to app in 2.3 s.");
  expect(show({ verdict: "applied", changes }, { colour: true }).replaceAll("\u001b", "␛")).toBe(
    "␛[32mApplied␛[39m 3 changes to app in 2.3 s.",
  );
});

test("failed part way, 80 columns", () => {
  expect(show(PARTIAL)).toMatchInlineSnapshot(`
    "Failed part way after 2.3 s: 1 change of 3 done on app.
      failed  file:/etc/app/app.ini
              Writing /etc/app/app.ini failed: no space is left on the device. The
              old file is still in place, untouched.
      skipped file:/etc/motd
              another change failed before it was begun
    What was done stays. Mend the cause, then hostkit resume --host app makes what
    is left, and hostkit rollback --host app takes back what was done.
    The run is recorded on the host as 20260102T030405-abcdef."
  `);
});

test("rolled back, and where that is recorded", () => {
  expect(show({ ...PARTIAL, verdict: "rolled-back" })).toMatchInlineSnapshot(`
    "Failed after 2.3 s and rolled back: app is as it was before.
      failed  file:/etc/app/app.ini
              Writing /etc/app/app.ini failed: no space is left on the device. The
              old file is still in place, untouched.
      skipped file:/etc/motd
              another change failed before it was begun
    The run is recorded on the host as 20260102T030405-abcdef."
  `);
});

test("a reason that was told already is not told twice", () => {
  const shown = outcomeShown(PLAN, PARTIAL);
  const diagnostics = [
    {
      severity: "error" as const,
      side: "host" as const,
      code: "HK4020" as const,
      summary: "The host refused a change to a path.",
      detail: "No space.",
      resource: "file:/etc/app/app.ini",
    },
  ];
  const text = outcomeText(
    { ...shown, response: { ...shown.response, diagnostics } },
    { paint: createPaint({ colour: false }), columns: 80 },
  ).join("\n");
  expect(text).toContain("failed  file:/etc/app/app.ini\n          see above");
  expect(text).not.toContain("no space is left");
});

test("not everything could be taken back", () => {
  expect(show({ ...PARTIAL, verdict: "rollback-failed" }).split("\n")[0]).toBe(
    "Failed after 2.3 s, and not everything could be taken back: app needs attention.",
  );
});

test("failed part way, 120 columns", () => {
  expect(show(PARTIAL, { columns: 120 })).toMatchInlineSnapshot(`
    "Failed part way after 2.3 s: 1 change of 3 done on app.
      failed  file:/etc/app/app.ini
              Writing /etc/app/app.ini failed: no space is left on the device. The old file is still in place, untouched.
      skipped file:/etc/motd
              another change failed before it was begun
    What was done stays. Mend the cause, then hostkit resume --host app makes what is left, and hostkit rollback --host app
    takes back what was done.
    The run is recorded on the host as 20260102T030405-abcdef."
  `);
});

test.each([40, 10, 1])("%i columns do not crash", (columns) => {
  expect(show(PARTIAL, { columns })).toContain("file:/etc/app/app.ini");
});

test("failed before anything was changed", () => {
  const changes = PARTIAL.changes.slice(1);
  expect(show({ verdict: "failed", changes }).split("\n")[0]).toBe(
    "Failed before anything was changed: app is as it was.",
  );
});

test("stale: what would be done now where it differs from the review", () => {
  const [first, second, third] = PLAN.changes;
  if (first === undefined || second === undefined || third === undefined)
    throw new Error("no plan");
  const fresh = makePlan([
    second,
    {
      ...third,
      action: "update",
      reason: "content-changed",
      fingerprint: digest("moved"),
      differences: [{ field: "mode", before: "0600", after: "0644" }],
    },
  ]);
  expect(show({ verdict: "stale", changes: [] }, { fresh })).toMatchInlineSnapshot(`
    "Refused: app has moved since this plan was made. Nothing was changed.

    Now it would take:

      ~ file:/etc/motd (content changed)
          mode: 0600 -> 0644

      directory:/etc/app no longer needs a change

    Run the command again to review the new plan."
  `);
});

test("stale without a fresh plan still says what happened", () => {
  expect(show({ verdict: "stale", changes: [] })).toBe(
    "Refused: app has moved since this plan was made. Nothing was changed.",
  );
});
