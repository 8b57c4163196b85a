import { createHash } from "node:crypto";
import type { Artifact } from "../../../shared/artifact.ts";
import type { Digest, ResourceId } from "../../../shared/brands.ts";
import type { ContentRef } from "../../../shared/content.ts";
import type { Outcome } from "../../../shared/outcome.ts";
import { type Change, type Plan, summarise } from "../../../shared/plan.ts";
import { type Kind, kindOf, type Resource } from "../../../shared/resources/registry.ts";
import { runId, type RunSummary } from "../../../shared/run.ts";
import type { OutcomeShown, PlanShown } from "../../../client/view/view.ts";

/** Plans and outcomes as an agent would send them, for tests of what is shown. */

export function digest(text: string | Uint8Array): Digest {
  return createHash("sha256").update(text).digest("hex") as Digest;
}

export function content(text: string): ContentRef {
  const bytes = new TextEncoder().encode(text);
  return { sha256: digest(bytes), size: bytes.length, text: true };
}

export function resource(kind: Kind, input: Readonly<Record<string, unknown>>): Resource {
  const definition = kindOf(kind);
  const desired = definition.desired.parse(input) as Record<string, unknown>;
  const id = `${kind}:${String(desired[definition.key])}`;
  return { id, kind, desired, dependsOn: [] } as unknown as Resource;
}

export function change(
  kind: Kind,
  input: Readonly<Record<string, unknown>>,
  how: Partial<Omit<Change, "resource">> = {},
): Change {
  const made = resource(kind, input);
  return {
    id: made.id,
    action: "create",
    reason: "missing",
    differences: [...kindOf(kind).created(made.desired)],
    follow: null,
    prediction: { class: "exact" },
    fingerprint: digest(made.id),
    resource: made,
    ...how,
  };
}

export function makePlan(changes: readonly Change[], unchanged = 0): Plan {
  return {
    version: 1,
    digest: digest(JSON.stringify(changes)),
    host: { machineId: "0123456789abcdef0123456789abcdef" },
    project: "prod",
    manifestDigest: digest("manifest"),
    protocol: 1,
    changes: [...changes],
    edges: [],
    unchanged,
    contents: [],
  };
}

export function shown(plan: Plan, more: Partial<PlanShown> = {}): PlanShown {
  return {
    host: "app",
    label: "root@app.example.com:22",
    target: "--host app",
    plan,
    summary: summarise(plan),
    texts: new Map(),
    ...more,
  };
}

export const MOTD = "Welcome to app.\n";
const APP_INI = Array.from({ length: 40 }, (_, index) => `key${index + 1} = value`).join("\n");

const OLD_UNIT = "[Service]\nExecStart=/opt/api/bin/server --port 3000\n";
const NEW_UNIT = "[Service]\nExecStart=/opt/api/bin/server --port 4000\n";
const LOGO = { sha256: digest("new logo"), size: 48_211, text: false };

/** One change of every sort that is shown in its own way. */
export function variedPlan(): Plan {
  return makePlan(
    [
      change("group", { name: "api", gid: 970 }),
      change(
        "account",
        { name: "deploy", groups: ["docker", "www-data"] },
        {
          action: "update",
          reason: "drift",
          differences: [
            { field: "groups", before: ["sudo", "www-data"], after: ["docker", "www-data"] },
            { field: "shell", before: "/bin/sh", after: "/bin/bash" },
          ],
        },
      ),
      change("directory", { path: "/etc/app", owner: "root", group: "api", mode: "0750" }),
      change("file", { path: "/etc/motd", content: content(MOTD) }),
      change("file", { path: "/etc/app/app.ini", content: content(APP_INI), mode: 0o640 }),
      change(
        "file",
        { path: "/srv/logo.png", content: LOGO },
        {
          action: "update",
          reason: "content-changed",
          differences: [
            {
              field: "content",
              before: { sha256: digest("old logo"), size: 51_200, text: false },
              after: LOGO,
            },
          ],
        },
      ),
      change(
        "unit",
        { name: "api.service", content: NEW_UNIT },
        {
          action: "update",
          reason: "content-changed",
          follow: "restart",
          differences: [
            {
              field: "content",
              before: OLD_UNIT,
              after: NEW_UNIT,
              patch: [
                "===================================================================",
                "--- unit:api.service\ton the host",
                "+++ unit:api.service\tdeclared",
                "@@ -1,2 +1,2 @@",
                " [Service]",
                "-ExecStart=/opt/api/bin/server --port 3000",
                "+ExecStart=/opt/api/bin/server --port 4000",
                "",
              ].join("\n"),
            },
            { field: "active", before: "failed", after: "active" },
          ],
        },
      ),
      change(
        "symlink",
        { path: "/srv/current", to: "/srv/releases/2" },
        { action: "delete", reason: "not-declared", differences: [] },
      ),
      change(
        "directory",
        { path: "/var/cache/app" },
        {
          action: "replace",
          reason: "drift",
          differences: [{ field: "type", before: "file", after: "directory" }],
        },
      ),
      change(
        "unit",
        { name: "seed.service", content: NEW_UNIT },
        {
          action: "run",
          reason: "forced",
          differences: [],
          prediction: {
            class: "unknown",
            why: "nothing says when this has been done, so whether it changes anything is known afterwards",
          },
        },
      ),
    ],
    9,
  );
}

export const variedTexts = new Map([MOTD, APP_INI].map((text) => [digest(text), text]));

export function outcomeShown(
  plan: Plan,
  outcome: Pick<Outcome, "verdict" | "changes">,
  fresh: Plan | null = null,
): OutcomeShown {
  return {
    ...shown(plan),
    response: {
      outcome: {
        ...outcome,
        planDigest: plan.digest,
        run: "20260102T030405-abcdef",
        milliseconds: 2345,
      },
      diagnostics: [],
      fresh,
    },
  };
}

/** A plan file. */
export function artifact(plan: Plan): Artifact {
  return {
    format: "hostkit-plan",
    version: 1,
    digest: digest("artifact"),
    signatures: [],
    hostkit: "1.2.3",
    id: "0".repeat(32),
    created: "2026-01-02T03:04:05.000Z",
    reach: { kind: "local" },
    secrets: [],
    diagnostics: [],
    manifest: { version: 1, project: "prod", host: "app", resources: [] },
    plan,
    contents: [],
  };
}

export const id = (text: string) => text as ResourceId;

/** One line of a list of runs. */
export function runSummary(more: Partial<RunSummary> = {}): RunSummary {
  return {
    run: runId(new Date("2026-01-02T03:04:05Z"), 0xab_cd_ef),
    sequence: 7,
    state: "applied",
    project: "prod",
    host: "app",
    by: "root from 192.0.2.7",
    at: "2026-01-02T03:04:06.789Z",
    changes: 2,
    done: 2,
    milliseconds: 1200,
    reverts: null,
    ...more,
  };
}
