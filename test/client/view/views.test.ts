import { describe, expect, test } from "vitest";
import { AREAS } from "../../../client/explain/areas.ts";
import { allPages } from "../../../client/explain/find-page.ts";
import type { Finding } from "../../../shared/drift.ts";
import type { Check } from "../../../client/doctor/check.ts";
import type { Held } from "../../../shared/held.ts";
import type { Diagnostic } from "../../../shared/diagnostic.ts";
import { createHumanView } from "../../../client/view/human.ts";
import { createJsonView } from "../../../client/view/json.ts";
import type { View } from "../../../client/view/view.ts";
import { EVENTS } from "../../../client/view/events.ts";
import { checkedEvents } from "./checked-events.ts";
import { createFakeClock, createFakeStream } from "./fake-stream.ts";
import {
  artifact,
  id,
  makePlan,
  outcomeShown,
  runSummary,
  shown,
  variedPlan,
  variedTexts,
} from "./samples.ts";

const PROBLEM: Diagnostic = {
  severity: "error",
  side: "ssh",
  code: "HK2001",
  summary: "The host refused the connection.",
  detail: "Nothing listens on port 22.",
};
const HOST = { host: "app", label: "root@app:22", target: "--host app" };

const HELD: readonly Held[] = [
  {
    id: id("file:/etc/a"),
    origin: "adopted",
    protect: true,
    project: "prod",
    host: "app",
    run: "20260102T030405-abcdef",
  },
];

/** Everything a view can be told. */
function tellAll(view: View): void {
  view.detail("detail");
  view.warn("warning");
  view.help("help\n", "asked");
  view.diagnostics([PROBLEM], "app");
  view.bug(new Error("boom"), "app");
  view.version("1.2.3", "Node.js 24");
  view.explanation(allPages()[0]!);
  view.codes(AREAS.slice(0, 1).map((area) => ({ ...area, pages: { HK1000: allPages()[0]! } })));
  view.completion("bash", "complete\n");
  view.initialised("hostkit.config.ts", ["hostkit check"]);
  view.checked({ configPath: "/srv/hostkit.config.ts", hosts: ["app", "db"], resources: 14 });
  view.schema("plan", { type: "object" });
  view.manifests([{ version: 1, project: "prod", host: "app\u009b2J", resources: [] }]);
  view.rendered({
    id: "file:/etc/motd\u009b2J",
    kind: "file",
    hosts: ["app"],
    bytes: Buffer.from("hello"),
    isText: true,
    masked: true,
    sha256: "0",
    notes: ["a note\u009b2J"],
  });
  view.facts(HOST, { cpu: { model: "EPYC", cores: 4 } });
  view.plan(shown(variedPlan(), { texts: variedTexts }));
  const saved = { ...HOST, file: "plan.json", artifact: artifact(variedPlan()) };
  view.artifact(saved);
  view.saved(saved);
  const [first] = variedPlan().changes;
  const finding: Finding = { id: first!.id, drift: "pending", change: first!, outside: [] };
  view.audit({
    ...HOST,
    findings: [finding],
    asDeclared: 3,
    selection: undefined,
    declared: 4,
    texts: variedTexts,
  });
  view.found({ ...HOST, found: [{ id: first!.id, state: "absent" }], selection: undefined });
  const checks: readonly Check[] = [
    { name: "SSH agent", health: "ok", found: "2 keys", milliseconds: 3 },
    {
      name: "host key",
      health: "fail",
      found: "another",
      diagnostic: { ...PROBLEM, code: "HK2002" },
    },
  ];
  view.checks({ host: "app", checks });
  view.examined(checks);
  view.outcome(outcomeShown(makePlan([]), { verdict: "applied", changes: [] }));
  view.runs(HOST, [runSummary()]);
  view.run({ ...HOST, summary: runSummary(), plan: variedPlan(), outcome: null });
  view.pruned(HOST, [runSummary().run]);
  view.held(HOST, HELD);
  view.forgotten(HOST, [id("file:/etc/a")]);
  const progress = view.progress("app");
  progress.phase({ name: "connecting" });
  progress.phase({ name: "uploading", fraction: 0.5 });
  progress.applying(2);
  progress.step({ type: "started", id: id("file:/a") });
  progress.end();
  view.summary(4, [
    { host: "app", exitCode: 0, result: "no changes" },
    { host: "database", exitCode: 4, result: "refused" },
  ]);
  view.close();
}

function human(talk: "quiet" | "normal" | "verbose", live = false) {
  const [out, err] = [createFakeStream(), createFakeStream({ isTerminal: live })];
  const clock = createFakeClock();
  const view = createHumanView({
    out,
    err,
    clock,
    colour: { out: false, err: false },
    live,
    talk,
    readSource: () => null,
    displayPath: (file) => file.replace("/srv/", ""),
  });
  return { out, err, clock, view };
}

describe("json", () => {
  const out = createFakeStream();
  tellAll(createJsonView({ out }));
  const lines = out.text.split("\n");
  const events = checkedEvents(out.text);

  test("every line is one event with a version, and the text ends with a line end", () => {
    expect(lines.at(-1)).toBe("");
    for (const event of events)
      expect(event).toMatchObject({ version: 1, event: expect.any(String) });
  });

  test("the same is told as to people", () => {
    expect(events.map((event) => event["event"])).toEqual([
      "warning",
      "help",
      "diagnostic",
      "bug",
      "version",
      "explanation",
      "code",
      "completion",
      "initialised",
      "checked",
      "schema",
      "manifest",
      "rendered",
      "facts",
      "plan",
      "artifact",
      "saved",
      "audit",
      "read",
      "check",
      "check",
      "doctor",
      "outcome",
      "runs",
      "run",
      "pruned",
      "held",
      "forgotten",
      "phase",
      "phase",
      "phase",
      "step",
      "summary",
    ]);
  });

  test("every event that is promised was told", () => {
    const told = new Set(events.map((event) => String(event["event"])));
    expect([...told].toSorted()).toEqual(Object.keys(EVENTS).toSorted());
  });

  test("a diagnostic keeps its fields and names its host", () => {
    expect(events.find((event) => event["event"] === "diagnostic")).toEqual({
      version: 1,
      event: "diagnostic",
      host: "app",
      ...PROBLEM,
    });
  });

  test("the plan is whole and comes with its counts", () => {
    const { plan, summary } = shown(variedPlan());
    expect(events.find((event) => event["event"] === "plan")).toMatchObject({
      host: "app",
      plan,
      summary,
    });
  });

  test("nothing in it moves a cursor when somebody looks at it", () => {
    // oxlint-disable-next-line no-control-regex
    expect(out.text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
    const manifest = events.find((event) => event["event"] === "manifest");
    expect(manifest).toMatchObject({ host: "app\u009b2J" });
  });

  test("the last event is the summary", () => {
    expect(events.at(-1)).toMatchObject({ event: "summary", exitCode: 4 });
  });
});

describe("human", () => {
  test("results on stdout, talk on stderr", () => {
    const { out, err, view } = human("normal");
    tellAll(view);
    for (const result of [
      "help",
      "hostkit 1.2.3",
      "ok: 2 hosts, 14 resources (hostkit.config.ts)",
      "EPYC",
      "Plan: ",
      "Applied",
      "file:/etc/a is left as it is, and no longer managed",
      "Forgot 1 resource on app (root@app:22). Nothing else was changed.",
    ]) {
      expect(out.text).toContain(result);
      expect(err.text).not.toContain(result);
    }
    for (const talk of [
      "warning",
      "HK2001",
      "bug in HostKit",
      "connecting",
      "database  refused (exit code 4)",
    ]) {
      expect(err.text).toContain(talk);
      expect(out.text).not.toContain(talk);
    }
    expect(err.text).not.toContain("detail\n");
  });

  test("--quiet keeps results and problems", () => {
    const { out, err, view } = human("quiet");
    tellAll(view);
    expect(out.text).toContain("Plan: ");
    expect(err.text).toContain("HK2001");
    expect(err.text).toContain("warning");
    expect(err.text).not.toMatch(/connecting|database {2}refused|Next/);
  });

  test("-v says more, and where a bug is", () => {
    const { err, view } = human("verbose");
    tellAll(view);
    expect(err.text).toContain("detail\n");
    expect(err.text).toContain("views.test.ts");
    const plain = human("normal");
    tellAll(plain.view);
    expect(plain.err.text).not.toContain("views.test.ts");
    expect(plain.err.text).toContain("-v shows where it happened");
  });

  test("off a terminal nothing is redrawn, on one everything that moves is gone at the end", () => {
    const steady = human("normal");
    tellAll(steady.view);
    expect(steady.err.text).not.toContain("\u001b");
    const live = human("normal", true);
    live.view.progress("app").phase({ name: "connecting" });
    live.view.close();
    expect(live.err.text.endsWith("\u001b[1A\u001b[J")).toBe(true);
    expect(live.clock.timers).toBe(0);
  });

  test("a result is never written into a live line", () => {
    const { out, err, view } = human("normal", true);
    view.progress("app").phase({ name: "planning" });
    const before = err.text.length;
    view.plan(shown(makePlan([], 3)));
    expect(out.text).toBe("No changes. app is as declared (3 resources).\n");
    expect(err.text.slice(before).startsWith("\u001b[1A\u001b[J")).toBe(true);
    view.close();
  });

  test("plans of several hosts are set apart", () => {
    const { out, view } = human("normal");
    view.plan(shown(makePlan([], 3)));
    view.plan(shown(makePlan([], 4), { host: "db" }));
    expect(out.text).toBe(
      "No changes. app is as declared (3 resources).\n\nNo changes. db is as declared (4 resources).\n",
    );
  });
});
