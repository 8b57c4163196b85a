import { NOT_SHOWN } from "../../../shared/change.ts";
import type { Change, Edge, Plan } from "../../../shared/plan.ts";
import { runId } from "../../../shared/run.ts";
import type { PlanShown } from "../../../client/view/view.ts";
import {
  change,
  content,
  digest,
  id,
  makePlan,
  shown,
  variedPlan,
  variedTexts,
} from "./samples.ts";

/** Plans that have everything a rendering can meet; goldens are made of each. */

const edge = (from: string, to: string, reason: Edge["reason"]): Edge => ({
  from: id(from),
  to: id(to),
  reason,
});

const unified = (name: string, lines: readonly string[]) =>
  [`--- ${name}`, `+++ ${name}`, ...lines, ""].join("\n");

/** Every action, every reason that goes with it, every class of prediction, and edges. */
export function everyAction(): PlanShown {
  const plan = variedPlan();
  const more = [
    change(
      "unit",
      { name: "web.service", content: "[Service]\nExecStart=/bin/web\n" },
      {
        action: "restart",
        reason: "inputs-changed",
        differences: [{ field: "inputs", before: null, after: ["file:/etc/motd"] }],
        prediction: {
          class: "bounded",
          outcomes: ["active with the new content", "failed, when its command fails"],
        },
      },
    ),
    change(
      "unit",
      { name: "proxy.service", content: "[Service]\nExecStart=/bin/proxy\n" },
      { action: "reload", reason: "inputs-changed", differences: [] },
    ),
    change(
      "file",
      { path: "/etc/old", content: content("old") },
      {
        action: "delete",
        reason: "not-declared",
        differences: [
          { field: "content", before: "one\ntwo\n", after: null },
          { field: "mode", before: "0644", after: null },
        ],
      },
    ),
    change(
      "unit",
      { name: "gone.service", content: "[Service]\nExecStart=/bin/gone\n" },
      {
        action: "delete",
        reason: "not-declared",
        differences: [],
        prediction: { class: "unknown", why: "it does not say when it has stopped" },
      },
    ),
  ];
  return shown(
    {
      ...plan,
      changes: [...plan.changes, ...more],
      edges: [
        edge("group:api", "directory:/etc/app", "group"),
        edge("directory:/etc/app", "file:/etc/app/app.ini", "parent-directory"),
        edge("file:/etc/app/app.ini", "unit:api.service", "path-used-by-unit"),
        edge("file:/etc/motd", "unit:web.service", "source-input"),
        edge("unit:api.service", "unit:web.service", "unit-order"),
        edge("unit:api.service", "unit:seed.service", "declared"),
      ],
    },
    { texts: variedTexts },
  );
}

/** What is shown of documents and of what holds secrets. */
export function secretsAndDocuments(): PlanShown {
  const keys = Array.from({ length: 30 }, (_, n) => ({ key: `section.key${n + 1}`, after: n }));
  return shown(
    makePlan([
      change(
        "file",
        { path: "/etc/api/runtime.env", content: content("x") },
        {
          action: "update",
          reason: "content-changed",
          differences: [
            {
              field: "content",
              before: "dotenv document",
              after: "dotenv document",
              keys: [
                { key: "API_TOKEN", before: NOT_SHOWN, after: NOT_SHOWN, masked: true },
                { key: "PORT", before: "3000", after: "4000" },
                { key: "NEW", after: " padded" },
                { key: "OLD", before: "1" },
              ],
            },
          ],
        },
      ),
      change(
        "file",
        { path: "/etc/api/settings.json", content: content("y") },
        {
          differences: [{ field: "content", before: null, after: "json document", keys }],
        },
      ),
      change(
        "file",
        { path: "/etc/api/header", content: content("z") },
        {
          action: "update",
          reason: "content-changed",
          differences: [
            {
              field: "content",
              before: NOT_SHOWN,
              after: NOT_SHOWN,
              patch: unified("/etc/api/header", [
                "@@ -1,2 +1,3 @@",
                ` ${NOT_SHOWN}`,
                "-# old",
                "+# new",
                "+Authorization: Bearer (secret env API_TOKEN)",
              ]),
            },
          ],
        },
      ),
      change(
        "file",
        { path: "/etc/api/key", content: content("k") },
        {
          action: "update",
          reason: "content-changed",
          differences: [{ field: "content", before: NOT_SHOWN, after: NOT_SHOWN }],
        },
      ),
    ]),
  );
}

/** A name that tries to be a command to a terminal, a heading, HTML, a mention and a link at once. */
export const EVIL =
  "file:/srv/\u001b]0;owned\u0007\u001b[31m`@octocat` #1 <img src=x> </details> **b** [a](http://x.test) \u202e\u009b2J\\";
const EVIL_TEXT = [
  "```",
  "</details>",
  "````` @octocat",
  "\u001b[2Jtab\there\r",
  "wide 漢字 and … ± →",
  "",
].join("\n");

/** Names and contents that somebody who means harm would choose, and long ones. */
export function oddNames(): PlanShown {
  const long = `file:/srv/${"a-very-long-name/".repeat(8)}end`;
  const odd = (name: string, how: Partial<Change> = {}): Change => ({
    ...change("file", { path: "/srv/odd", content: content(EVIL_TEXT) }),
    id: id(name),
    fingerprint: digest(name),
    ...how,
  });
  return shown(
    {
      ...makePlan([
        odd(EVIL, { remarks: [EVIL], prediction: { class: "unknown", why: EVIL } }),
        odd(long, { danger: "how people come in", follow: "reload" }),
        odd("file:/srv/名前/ünï…→±", {
          action: "update",
          reason: "drift",
          differences: [
            { field: "owner", before: "ann", after: "…bob" },
            {
              field: `con\u001b[1mtent`,
              before: "a",
              after: "b",
              patch: unified("x", ["@@ -1 +1 @@", "-…", "+```", "+\u001b[2J漢字"]),
            },
          ],
        }),
      ]),
      edges: [edge(EVIL, long, "declared")],
    },
    {
      host: "app\u001b[31m@octocat",
      label: "root@app.example.com:22\u202e",
      texts: new Map([[content(EVIL_TEXT).sha256, EVIL_TEXT]]),
    },
  );
}

/** Nothing is changed, only let go of. */
function releases(): PlanShown {
  const released = (why?: string) => ({
    action: "none" as const,
    reason: "not-declared" as const,
    differences: why === undefined ? [] : [{ field: "stays", before: null, after: why }],
  });
  return shown(
    makePlan(
      [
        change("account", { name: "api" }, released("it was there before HostKit managed it")),
        change("group", { name: "gone" }, released()),
      ],
      12,
    ),
  );
}

/** What could lock the operator out. */
function dangerous(): PlanShown {
  return shown(
    makePlan([
      change(
        "file",
        { path: "/etc/ssh/sshd_config", content: content("Port 2222\n") },
        { danger: "how sshd lets people in" },
      ),
      change(
        "unit",
        { name: "ssh.service", enabled: true },
        { action: "reload", reason: "inputs-changed", differences: [], danger: "sshd itself" },
      ),
    ]),
  );
}

/** A run that is taken back. */
function rollback(): PlanShown {
  const plan: Plan = {
    ...makePlan([
      change(
        "file",
        { path: "/etc/motd", content: content("new\n") },
        {
          action: "update",
          reason: "rollback",
          differences: [
            {
              field: "content",
              before: content("new\n"),
              after: content("old\n"),
              patch: unified("/etc/motd", ["@@ -1 +1 @@", "-new", "+old"]),
            },
          ],
        },
      ),
    ]),
    project: "",
    reverts: runId(new Date("2026-01-02T03:04:05Z"), 0xab_cd_ef),
  };
  return shown(plan);
}

export const nothing = (): PlanShown => shown(makePlan([], 14));

export const RICH_PLANS: Readonly<Record<string, () => PlanShown>> = {
  "every-action": everyAction,
  "secrets-and-documents": secretsAndDocuments,
  "odd-names": oddNames,
  releases,
  dangerous,
  rollback,
  nothing,
};
