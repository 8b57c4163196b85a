import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createRunLock } from "../../../agent/run-lock.ts";
import { findCutOff } from "../../../agent/transaction/cut-off.ts";

let root = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "hostkit-cut-off-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const JOURNAL = [
  '{"type":"begin","format":1}',
  '{"type":"intent","id":"file:/a"}',
  '{"type":"intent","id":"unit:b.service"}',
  '{"type":"intent","id":"file:/c"}',
  '{"type":"started","id":"file:/a"}',
  '{"type":"done","id":"file:/a"}',
  '{"type":"started","id":"unit:b.service"}',
];
const run = (name: string, files: Readonly<Record<string, string>>) => {
  mkdirSync(join(root, "runs", name), { recursive: true });
  for (const [file, text] of Object.entries(files))
    writeFileSync(join(root, "runs", name, file), text);
};

it("tells how far the newest run came, a torn last line or not", async () => {
  run("20260101T000000-aaaaaa", { "outcome.json": "{}" });
  run("20260102T000000-bbbbbb", { "journal.jsonl": `${JOURNAL.join("\n")}\n{"type":"don` });
  const [warning, ...others] = await findCutOff(root);
  expect(others).toEqual([]);
  expect(warning).toMatchObject({ severity: "warning", code: "HK4007" });
  expect(warning?.detail).toContain("1 of its 3 changes were done");
  expect(warning?.detail).toContain("Begun and not finished: unit:b.service.");
  expect(warning?.detail).toContain(`${root}/runs/20260102T000000-bbbbbb/preimages`);
});

it("says when nothing had been changed yet", async () => {
  run("20260102T000000-bbbbbb", { "plan.json": "{}" });
  expect((await findCutOff(root))[0]?.detail).toContain("It had not begun to change anything.");
});

it("is silent about runs that ended, about older ones, and where there are none", async () => {
  expect(await findCutOff(root)).toEqual([]);
  run("20260101T000000-aaaaaa", { "journal.jsonl": JOURNAL.join("\n") });
  run("20260102T000000-bbbbbb", { "outcome.json": "{}" });
  expect(await findCutOff(root)).toEqual([]);
});

it("is silent about a run that is still at work", async () => {
  run("20260102T000000-bbbbbb", { "journal.jsonl": JOURNAL.join("\n") });
  const work = async () => expect(await findCutOff(root)).toEqual([]);
  await createRunLock(join(root, "lock"))(work, { patience: 5_000 });
  expect(await findCutOff(root)).toHaveLength(1);
});
