import { expect, test } from "vitest";
import { auditText } from "../../../client/view/audit-text.ts";
import { foundText } from "../../../client/view/found-text.ts";
import { createPaint } from "../../../client/view/paint.ts";
import { displayWidth } from "../../../client/view/text.ts";
import type { Finding } from "../../../shared/drift.ts";
import type { Found } from "../../../shared/found.ts";
import { change } from "./samples.ts";

const style = { paint: createPaint({ colour: false }), columns: 80 };
const HOST = { host: "app", label: "root@app.example.com:22", target: "--host app" };
const MODE = { field: "mode", before: "0600", after: "0644" };

const finding = (path: string, more: Partial<Finding>): Finding => {
  const own = change(
    "directory",
    { path },
    { action: "update", reason: "metadata-changed", differences: [MODE] },
  );
  return { id: own.id, drift: "outside", change: own, outside: [], ...more };
};
const audited = (findings: readonly Finding[], asDeclared = 0) =>
  auditText(
    {
      ...HOST,
      findings,
      asDeclared,
      declared: 0,
      selection: undefined,
      texts: new Map(),
    },
    style,
  ).join("\n");

test("findings are grouped by whose doing they are, each half of a conflict is told", () => {
  const changed = Date.UTC(2026, 0, 2, 3, 4, 5);
  const text = audited(
    [
      finding("/srv/both", {
        drift: "both",
        outside: [{ field: "mode", before: "0600", after: "0755" }],
        touched: { changed, modified: changed, owner: "app" },
      }),
      finding("/srv/new", { drift: "pending" }),
      finding("/srv/gone", { gone: true }),
    ],
    37,
  );
  expect(text).toMatchInlineSnapshot(`
    "app (root@app.example.com:22)

    Changed outside: declared as it was applied, and a push makes it so again

      ~ directory:/srv/gone (metadata changed)
          it is not on the host any more
          mode: 0600 -> 0644

    Not yet applied: a push does it

      ~ directory:/srv/new (metadata changed)
          mode: 0600 -> 0644

    Both: changed outside, and declared otherwise than it was applied; a push makes
    it as declared

      ~ directory:/srv/both (metadata changed)
          touched last at 2026-01-02 03:04:05 UTC, owned by app
          mode: 0600 -> 0644
          as it was applied last:
            mode: 0600 -> 0755

    Audit: 1 changed outside, 1 not yet applied, 1 both, 37 as declared."
  `);
});

test("nothing to tell is told in two lines", () => {
  expect(audited([], 3).split("\n").slice(2)).toEqual([
    "No drift: 3 resources as declared.",
    "Audit: 0 changed outside, 0 not yet applied, 0 both, 3 as declared.",
  ]);
});

test("what comes from a host does nothing to the terminal", () => {
  const owner = "\u001b]0;title\u0007root\u001b[2J\nAudit: 0 changed outside";
  const text = audited([finding("/srv/a", { touched: { changed: Infinity, modified: 0, owner } })]);
  expect(text).not.toContain("\u001b");
  expect(text.match(/^Audit:/gm)).toHaveLength(1);
});

const FOUND: readonly Found[] = [
  {
    id: "file:/etc/app.json" as Found["id"],
    state: "present",
    fields: [
      { field: "content", value: "json document", keys: [{ key: "port", before: "\u001b[31m1" }] },
      { field: "owner", value: "root" },
      { field: "note", value: `${"long ".repeat(40)}\u001b[2J` },
    ],
  },
  { id: "group:web" as Found["id"], state: "absent" },
];

test("a line for each resource, that fits and does nothing to the terminal", () => {
  const lines = foundText({ ...HOST, found: FOUND, selection: undefined }, style);
  expect(lines.slice(2, 4)[0]).toMatch(
    /^ {2}file:\/etc\/app\.json {2}present {2}content: json document, owner: root/,
  );
  for (const line of lines) {
    expect(displayWidth(line)).toBeLessThanOrEqual(80);
    expect(line).not.toContain("\u001b");
  }
  const full = foundText(
    { ...HOST, found: FOUND, selection: undefined },
    { ...style, detail: "full" },
  );
  expect(full.join("\n")).toContain("        port: ");
  expect(full.join("\n")).not.toContain("\u001b");
});
