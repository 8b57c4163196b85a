import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { collect } from "../../agent/collect.ts";
import { createLinuxHost } from "../../agent/host/linux.ts";

const DAY = 24 * 60 * 60 * 1000;
const now = Date.now();
const host = createLinuxHost();
let root = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "hostkit-collect-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const file = (path: string, days = 0) => {
  const whole = join(root, path);
  mkdirSync(join(whole, ".."), { recursive: true });
  writeFileSync(whole, "");
  utimesSync(whole, new Date(now - days * DAY), new Date(now - days * DAY));
};
const old = (path: string, days: number) =>
  utimesSync(join(root, path), new Date(now - days * DAY), new Date(now - days * DAY));

it("keeps the running agent and those used lately, and removes the others", async () => {
  file("agents/own/hostkit-agent", 400);
  old("agents/own", 400);
  file("agents/lately/hostkit-agent", 400);
  old("agents/lately", 3);
  file("agents/new/.tmp.abc", 0);
  file("agents/idle/hostkit-agent", 400);
  old("agents/idle", 8);
  await collect({ host, root, agentId: "own", now });
  expect(readdirSync(join(root, "agents")).toSorted()).toEqual(["lately", "new", "own"]);
  expect(statSync(join(root, "agents/own")).mtimeMs).toBeCloseTo(now, -2);
});

it("of a session that only looked takes down that the agent was used, and removes nothing", async () => {
  file("agents/own/hostkit-agent", 400);
  old("agents/own", 400);
  file("agents/idle/hostkit-agent", 400);
  old("agents/idle", 8);
  file("spool/dead/content", 2);
  old("spool/dead", 2);
  await collect({ host, root, agentId: "own", now, what: "nothing" });
  expect(readdirSync(join(root, "agents")).toSorted()).toEqual(["idle", "own"]);
  expect(readdirSync(join(root, "spool"))).toEqual(["dead"]);
  expect(statSync(join(root, "agents/own")).mtimeMs).toBeCloseTo(now, -2);
});

it("removes uploads that were never finished", async () => {
  file("agents/own/.tmp.dead", 2);
  file("agents/own/.tmp.alive", 0.5);
  await collect({ host, root, agentId: "own", now });
  expect(readdirSync(join(root, "agents/own")).toSorted()).toEqual([".tmp.alive"]);
});

const run = (number: number, ended: boolean) => {
  // The clock went back: names say nothing about what came last.
  const id = `20260101T000${999 - number}-aaaaaa`;
  const told = { project: "test", host: "memory", by: "tester", changes: 1, reverts: null };
  const when = { boot: "memory-boot", at: "2026-01-01T00:00:00.000Z" };
  const begin = {
    type: "begin",
    format: 1,
    sequence: number,
    run: id,
    agent: "used",
    ...told,
    ...when,
  };
  file(`runs/${id}/journal.jsonl`);
  writeFileSync(join(root, `runs/${id}/journal.jsonl`), `${JSON.stringify(begin)}\n`);
  const outcome = {
    verdict: "applied",
    planDigest: "0".repeat(64),
    run: id,
    changes: [],
    milliseconds: 1,
    diagnostics: [],
  };
  if (ended) writeFileSync(join(root, `runs/${id}/outcome.json`), JSON.stringify(outcome));
  else file(`open/${id}`);
  return id;
};

it("keeps the last fifty runs, and every run that was cut off, with its agent", async () => {
  const cutOff = run(100, false);
  const ids = Array.from({ length: 60 }, (_none, index) => run(101 + index, true));
  file("agents/used/hostkit-agent", 400);
  old("agents/used", 400);
  await collect({ host, root, agentId: "own", now });
  expect(readdirSync(join(root, "runs")).toSorted()).toEqual([cutOff, ...ids.slice(10)].toSorted());
  expect(readdirSync(join(root, "agents"))).toEqual(["used"]);
});

it("removes what killed sessions spooled, once it is old", async () => {
  file("spool/dead/1/content");
  old("spool/dead", 2);
  file("spool/alive/1/content");
  await collect({ host, root, agentId: "own", now });
  expect(readdirSync(join(root, "spool"))).toEqual(["alive"]);
});

it("removes views with secrets that killed runs left in memory, soon, and nothing else of there", async () => {
  const memory = join(root, "memory");
  for (const name of ["hostkit-dead.staged-0", "hostkit-alive.staged-0", "hostkit.sock", "other"]) {
    file(`memory/${name}/secret`);
    if (name !== "hostkit-alive.staged-0") old(`memory/${name}`, 1 / 12);
  }
  await collect({ host, root, agentId: "own", now, memory });
  expect(readdirSync(memory).toSorted()).toEqual([
    "hostkit-alive.staged-0",
    "hostkit.sock",
    "other",
  ]);
});

it("does nothing where there is nothing", async () => {
  await collect({ host, root: join(root, "none"), agentId: "own", now });
  expect(readdirSync(root)).toEqual([]);
});
