import { expect, test } from "vitest";
import { createPaint } from "../../../client/view/paint.ts";
import { planText } from "../../../client/view/plan-text.ts";
import { displayWidth } from "../../../client/view/text.ts";
import { runId } from "../../../shared/run.ts";
import { change, content, makePlan, shown, variedPlan, variedTexts } from "./samples.ts";

const plain = createPaint({ colour: false });
const colourful = createPaint({ colour: true });

const text = (columns: number, options: { colour?: boolean; full?: boolean } = {}) =>
  planText(shown(variedPlan(), { texts: variedTexts }), {
    paint: options.colour === true ? colourful : plain,
    columns,
    detail: options.full === true ? "full" : "changes",
  }).join("\n");

test("80 columns, no colour", () => {
  expect(text(80)).toMatchInlineSnapshot(`
    "app (root@app.example.com:22)

      - symlink:/srv/current (not declared)

      ± directory:/var/cache/app (drift)
          type: file -> directory

      + group:api (missing)
          gid: 970

      ~ account:deploy (drift)
          groups: +docker -sudo
          shell: /bin/sh -> /bin/bash

      + directory:/etc/app (missing)
          owner: root, group: api, mode: 0750

      + file:/etc/motd (missing)
          content: 16 B
          +Welcome to app.
          owner: root, group: root, mode: 0644

      + file:/etc/app/app.ini (missing)
          content: 550 B
          +key1 = value
          +key2 = value
          +key3 = value
          +key4 = value
          +key5 = value
          +key6 = value
          +key7 = value
          +key8 = value
          +key9 = value
          +key10 = value
          +key11 = value
          +key12 = value
            28 more lines: --full shows them
          owner: root, group: root, mode: 0640

      ~ file:/srv/logo.png (content changed)
          content: 50.0 KiB (sha256 072433e80b32) -> 47.1 KiB (sha256 22e26db2bd32)

      ~ unit:api.service (content changed)
          content:
          @@ -1,2 +1,2 @@
           [Service]
          -ExecStart=/opt/api/bin/server --port 3000
          +ExecStart=/opt/api/bin/server --port 4000
          active: failed -> active
          ! restarts api.service

      ? unit:seed.service (run, forced)
          ? result not known: nothing says when this has been done, so whether it
          changes anything is known afterwards

      9 resources unchanged

    Plan: 4 to create, 5 to change, 1 to remove, 1 restarts, 1 unknown."
  `);
});

test("120 columns, no colour", () => {
  expect(text(120)).toMatchInlineSnapshot(`
    "app (root@app.example.com:22)

      - symlink:/srv/current (not declared)

      ± directory:/var/cache/app (drift)
          type: file -> directory

      + group:api (missing)
          gid: 970

      ~ account:deploy (drift)
          groups: +docker -sudo
          shell: /bin/sh -> /bin/bash

      + directory:/etc/app (missing)
          owner: root, group: api, mode: 0750

      + file:/etc/motd (missing)
          content: 16 B
          +Welcome to app.
          owner: root, group: root, mode: 0644

      + file:/etc/app/app.ini (missing)
          content: 550 B
          +key1 = value
          +key2 = value
          +key3 = value
          +key4 = value
          +key5 = value
          +key6 = value
          +key7 = value
          +key8 = value
          +key9 = value
          +key10 = value
          +key11 = value
          +key12 = value
            28 more lines: --full shows them
          owner: root, group: root, mode: 0640

      ~ file:/srv/logo.png (content changed)
          content: 50.0 KiB (sha256 072433e80b32) -> 47.1 KiB (sha256 22e26db2bd32)

      ~ unit:api.service (content changed)
          content:
          @@ -1,2 +1,2 @@
           [Service]
          -ExecStart=/opt/api/bin/server --port 3000
          +ExecStart=/opt/api/bin/server --port 4000
          active: failed -> active
          ! restarts api.service

      ? unit:seed.service (run, forced)
          ? result not known: nothing says when this has been done, so whether it changes anything is known afterwards

      9 resources unchanged

    Plan: 4 to create, 5 to change, 1 to remove, 1 restarts, 1 unknown."
  `);
});

test("colours only repeat what the text says", () => {
  const painted = text(80, { colour: true });
  // oxlint-disable-next-line no-control-regex
  expect(painted.replaceAll(/\u001b\[\d+m/g, "")).toBe(text(80));
  expect(painted.replaceAll("\u001b", "␛").split("\n").slice(0, 12).join("\n"))
    .toMatchInlineSnapshot(`
    "␛[1mapp (root@app.example.com:22)␛[22m

      ␛[31m-␛[39m ␛[1msymlink:/srv/current␛[22m ␛[2m(not declared)␛[22m

      ␛[31m±␛[39m ␛[1mdirectory:/var/cache/app␛[22m ␛[2m(drift)␛[22m
          type: file -> directory

      ␛[32m+␛[39m ␛[1mgroup:api␛[22m ␛[2m(missing)␛[22m
          gid: 970

      ␛[33m~␛[39m ␛[1maccount:deploy␛[22m ␛[2m(drift)␛[22m
          groups: ␛[32m+docker␛[39m ␛[31m-sudo␛[39m"
  `);
});

test("--full shows every line of new files", () => {
  expect(text(80)).toContain("28 more lines: --full shows them");
  expect(text(80)).not.toContain("+key40 = value");
  expect(text(80, { full: true })).toContain("+key40 = value");
  expect(text(80, { full: true })).not.toContain("more lines");
});

test("a file one line longer than the limit is shown whole: the hint would take that line", () => {
  const body = Array.from({ length: 13 }, (_, n) => `line ${n + 1}\n`).join("");
  const plan = makePlan([change("file", { path: "/a", content: content(body) })]);
  const ref = content(body);
  const lines = planText(shown(plan, { texts: new Map([[ref.sha256, body]]) }), {
    paint: plain,
    columns: 80,
  });
  expect(lines).toContain("      +line 13");
});

test("removals come first, everything else as it will be done", () => {
  const marks = text(80)
    .split("\n")
    .filter((line) => /^ {2}\S \S+:/.test(line))
    .map((line) => line.trim().split(" ").slice(0, 2).join(" "));
  expect(marks).toEqual([
    "- symlink:/srv/current",
    "± directory:/var/cache/app",
    "+ group:api",
    "~ account:deploy",
    "+ directory:/etc/app",
    "+ file:/etc/motd",
    "+ file:/etc/app/app.ini",
    "~ file:/srv/logo.png",
    "~ unit:api.service",
    "? unit:seed.service",
  ]);
});

test("the last line counts everything", () => {
  expect(text(80).split("\n").at(-1)).toBe(
    "Plan: 4 to create, 5 to change, 1 to remove, 1 restarts, 1 unknown.",
  );
});

test("nothing to do is one line", () => {
  expect(planText(shown(makePlan([], 14)), { paint: plain, columns: 80 })).toEqual([
    "No changes. app is as declared (14 resources).",
  ]);
  expect(planText(shown(makePlan([], 1)), { paint: plain, columns: 80 })).toEqual([
    "No changes. app is as declared (1 resource).",
  ]);
});

test.each([40, 20, 5, 1])("%i columns neither crash nor lose a change", (columns) => {
  const lines = text(columns, { full: true });
  expect(lines).toContain("~ unit:api.service");
  expect(lines).toContain("+ExecStart=/opt/api/bin/server --port 4000");
  expect(lines).toContain("+key40 = value");
});

test("lists that do not fit are one line for each member", () => {
  const keys = (names: readonly string[]) =>
    names.map((name) => `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIP0000000000000000000000 ${name}`);
  const plan = makePlan([
    change(
      "account",
      { name: "deploy", authorizedKeys: keys(["ann", "cy"]) },
      {
        action: "update",
        reason: "drift",
        differences: [
          { field: "authorizedKeys", before: keys(["ann", "bob"]), after: keys(["ann", "cy"]) },
          { field: "groups", before: ["a", "b"], after: ["b", "a"] },
        ],
      },
    ),
  ]);
  expect(planText(shown(plan), { paint: plain, columns: 80 }).slice(2, 7)).toEqual([
    "  ~ account:deploy (drift)",
    "      authorizedKeys:",
    "        +ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIP0000000000000000000000 cy",
    "        -ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIP0000000000000000000000 bob",
    "      groups: the same, in another order",
  ]);
});

test("nothing that a host says reaches the terminal as a command", () => {
  const evil = "\u001b]0;owned\u0007\u001b[2J\u009b1mhidden\r\u202e";
  const plan = makePlan(
    [
      change(
        "file",
        { path: "/etc/motd", content: content("x") },
        {
          action: "update",
          reason: "drift",
          differences: [
            { field: `mode${evil}`, before: evil, after: "0644" },
            { field: "list", before: [], after: [evil] },
            { field: "content", before: "a", after: "b", patch: `@@ -1 +1 @@\n-a\n+b${evil}\n` },
          ],
          prediction: { class: "unknown", why: evil },
        },
      ),
    ],
    1,
  );
  const lines = planText(shown(plan, { host: `app${evil}`, label: evil }), {
    paint: plain,
    columns: 80,
  });
  // oxlint-disable-next-line no-control-regex
  expect(lines.join("\n")).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
  // In content the change itself stays visible.
  expect(lines.join("\n")).toContain(String.raw`+b\x1b]0;owned\x07`);
  expect(lines[0]).toBe("apphidden  (hidden )");
});

test("values that would be ambiguous are quoted", () => {
  const plan = makePlan([
    change(
      "symlink",
      { path: "/a", to: "/b c" },
      {
        action: "update",
        reason: "drift",
        differences: [
          { field: "to", before: "", after: "/b c" },
          { field: "gid", before: 0, after: 12 },
          { field: "active", before: false, after: null },
        ],
      },
    ),
  ]);
  expect(planText(shown(plan), { paint: plain, columns: 80 }).slice(3, 6)).toEqual([
    '      to: "" -> "/b c"',
    "      gid: 0 -> 12",
    "      active: false -> none",
  ]);
});

test("new fields share lines as far as they fit", () => {
  const plan = makePlan([change("directory", { path: "/etc/app" })]);
  const lines = (columns: number) => planText(shown(plan), { paint: plain, columns }).slice(3, 6);
  expect(lines(80)).toEqual(["      owner: root, group: root, mode: 0755", "", expect.any(String)]);
  expect(lines(32)).toEqual(["      owner: root, group: root", "      mode: 0755", ""]);
  expect(lines(40).every((line) => displayWidth(line) <= 40 || line.startsWith("Plan"))).toBe(true);
});

test("what is removed, and what is only let go of", () => {
  const released = (why?: string) => ({
    action: "none" as const,
    reason: "not-declared" as const,
    differences: why === undefined ? [] : [{ field: "stays", before: null, after: why }],
  });
  const plan = makePlan([
    change("account", { name: "api" }, released("it was there before")),
    change("group", { name: "gone" }, released()),
    change(
      "group",
      { name: "kept" },
      {
        action: "none",
        reason: "metadata-changed",
        differences: [{ field: "protect", before: true, after: false }],
      },
    ),
    change(
      "file",
      { path: "/etc/a", content: content("logo") },
      {
        action: "delete",
        reason: "not-declared",
        differences: [
          { field: "content", before: content("logo"), after: null },
          { field: "owner", before: "root", after: null },
          { field: "mode", before: "0644", after: null },
        ],
      },
    ),
    change(
      "unit",
      { name: "a.service", enabled: true },
      {
        action: "restart",
        reason: "inputs-changed",
        differences: [{ field: "inputs", before: null, after: ["file:/etc/a", "file:/etc/b"] }],
      },
    ),
  ]);
  expect(planText(shown(plan), { paint: plain, columns: 80 }).join("\n")).toMatchInlineSnapshot(`
    "app (root@app.example.com:22)

      - file:/etc/a (not declared)
          content: 4 B (sha256 3598ce6f965b), owner: root, mode: 0644

        account:api (not declared) stays on the host, and is no longer managed
          it was there before

        group:gone (not declared) is not on the host any more, and no longer managed

        group:kept (metadata changed)
          protect: true -> false

      ! unit:a.service (restart, inputs changed)
          inputs: file:/etc/a file:/etc/b

    Plan: 0 to create, 0 to change, 1 to remove, 1 restarts, 0 unknown."
  `);
});

test("what could lock the operator out is said at the change, and what it means at the end", () => {
  const danger = "how sshd lets people in";
  const plan = makePlan([
    change("file", { path: "/etc/ssh/sshd_config", content: content("Port 2222\n") }, { danger }),
    change("directory", { path: "/srv" }),
  ]);
  const show = (each: typeof plan) =>
    planText(shown(each), { paint: plain, columns: 80 }).join("\n");
  expect(show(plan)).toMatchInlineSnapshot(`
    "app (root@app.example.com:22)

      + file:/etc/ssh/sshd_config (missing)
          content: 10 B (sha256 bdc45620d3cb)
          owner: root, group: root, mode: 0644
          ! could lock you out: how sshd lets people in

      + directory:/srv (missing)
          owner: root, group: root, mode: 0755

    Some of it could lock you out: it is taken back by itself unless HostKit comes
    in again over a new connection when all is done.

    Plan: 2 to create, 0 to change, 0 to remove, 0 restarts, 0 unknown."
  `);
  expect(show({ ...plan, reverts: runId(new Date(0), 1) })).not.toContain(
    "Some of it could lock you out",
  );
});

test("remarks stand under what differs, and count as nothing", () => {
  const plan = makePlan([
    change(
      "unit",
      { name: "api.service", content: "[Service]\nExecStart=/bin/api\n" },
      { remarks: ["exposure: 9.6 UNSAFE -> 1.1 OK", "not \u001b[31mred"] },
    ),
  ]);
  const lines = planText(shown(plan), { paint: plain, columns: 80 });
  expect(lines).toContain("      exposure: 9.6 UNSAFE -> 1.1 OK");
  expect(lines.join("\n")).not.toContain("\u001b[31m");
  expect(lines.at(-1)).toBe("Plan: 1 to create, 0 to change, 0 to remove, 0 restarts, 0 unknown.");
});
