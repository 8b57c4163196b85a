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

const DAY = 24 * 60 * 60 * 1000;
const now = Date.now();
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

it("keeps the running agent and those used lately, and removes the others", () => {
  file("agents/own/hostkit-agent", 400);
  old("agents/own", 400);
  file("agents/lately/hostkit-agent", 400);
  old("agents/lately", 3);
  file("agents/new/.tmp.abc", 0);
  file("agents/idle/hostkit-agent", 400);
  old("agents/idle", 8);
  collect({ root, agentId: "own", now });
  expect(readdirSync(join(root, "agents")).toSorted()).toEqual(["lately", "new", "own"]);
  expect(statSync(join(root, "agents/own")).mtimeMs).toBeCloseTo(now, -2);
});

it("removes uploads that were never finished", () => {
  file("agents/own/.tmp.dead", 2);
  file("agents/own/.tmp.alive", 0.5);
  collect({ root, agentId: "own", now });
  expect(readdirSync(join(root, "agents/own")).toSorted()).toEqual([".tmp.alive"]);
});

it("keeps the last fifty runs, and every run that was cut off", () => {
  for (let run = 100; run < 160; run++) file(`runs/20260101T000${run}-aaaaaa/outcome.json`);
  file("runs/20250101T000000-cutoff/journal.jsonl");
  collect({ root, agentId: "own", now });
  const left = readdirSync(join(root, "runs")).toSorted();
  expect(left).toHaveLength(51);
  expect(left[0]).toBe("20250101T000000-cutoff");
  expect(left[1]).toBe("20260101T000110-aaaaaa");
});

it("removes what killed sessions spooled, once it is old", () => {
  file("spool/dead/1/content");
  old("spool/dead", 2);
  file("spool/alive/1/content");
  collect({ root, agentId: "own", now });
  expect(readdirSync(join(root, "spool"))).toEqual(["alive"]);
});

it("does nothing where there is nothing", () => {
  collect({ root: join(root, "none"), agentId: "own", now });
  expect(readdirSync(root)).toEqual([]);
});
