import { describe, expect, it } from "vitest";
import { readOutcome } from "../../agent/transaction/run.ts";
import { runOf } from "../../agent/transaction/places.ts";
import { scoreOf } from "../../shared/outcome.ts";
import type { Resource } from "../../shared/resources/registry.ts";
import { declare } from "../support/declare.ts";
import { MemoryHost } from "../support/memory-host/memory-host.ts";
import { listed, takeBack } from "./everything.ts";
import { contentsOf, join, manifestOf, ROOT } from "./joined.ts";

/** Each run records what came of each change, held against what its plan had said. */

const contents = contentsOf("first\n", "second\n");

async function push(host: MemoryHost, resources: readonly Resource[], meanwhile = () => {}) {
  const { session } = await join(host);
  const { plan } = await session.plan(manifestOf(...resources), contents);
  meanwhile();
  const run = session.newRunId();
  const how = { run, contents, onFailure: "rollback", wait: 0, onEvent: () => undefined } as const;
  const { outcome } = await session.apply(plan!, how);
  await session.close();
  // As it is told later, from the host's own record.
  const recorded = (await listed(host, run)).outcome;
  expect(recorded?.changes).toEqual(outcome.changes);
  const came = outcome.changes.map(({ id, actual }) => [id, actual] as const);
  return { run, verdict: outcome.verdict, came: Object.fromEntries(came), score: scoreOf(outcome) };
}

const api = (options: object = {}) =>
  declare.unit("api.service", {
    service: { Type: "notify", ExecStart: "/bin/api" },
    active: true,
    ...options,
  });
const motd = (text: string, options: object = {}) =>
  declare.file("/etc/motd", { text, ...options });

describe("what came of a change", () => {
  it("is as predicted, and of several outcomes the one that it was", async () => {
    const host = new MemoryHost();
    const first = await push(host, [motd("first\n"), declare.group("web"), api()]);
    expect(first.came).toEqual({
      "file:/etc/motd": { as: "predicted" },
      "group:web": { as: "predicted" },
      "unit:api.service": { as: "predicted", outcome: "runs" },
    });
    expect(first.score).toEqual({ tested: 3, asPredicted: 3 });
    // What is only let go of was never put to the test.
    const second = await push(host, [api()]);
    expect(second.came).toEqual({ "file:/etc/motd": { as: "predicted" }, "group:web": undefined });
    const { ended } = await takeBack(host);
    expect(ended?.outcome.changes).toMatchObject([
      { id: "file:/etc/motd", actual: { as: "predicted" } },
    ]);
  });

  it("is the failure that was foreseen; what was made before came as predicted, though it is taken back", async () => {
    const host = new MemoryHost();
    host.systemd.behave("api.service", { start: "fails", status: 1 });
    const { verdict, came, score } = await push(host, [motd("first\n"), api()]);
    expect(verdict).toBe("rolled-back");
    expect(came).toEqual({
      "file:/etc/motd": { as: "predicted" },
      "unit:api.service": { as: "predicted", outcome: "does not start, and the run fails" },
    });
    expect(score).toEqual({ tested: 2, asPredicted: 2 });
  });

  it("is the refusal that was foreseen, and nothing is known of the others", async () => {
    const host = new MemoryHost();
    host.validators.set("check", () => ({ status: 1 }));
    const checked = declare.file("/etc/checked", { text: "first\n", validate: ["check", "{}"] });
    const { came } = await push(host, [checked, motd("first\n")]);
    expect(came).toEqual({
      "file:/etc/checked": {
        as: "predicted",
        outcome: "refused by check, and nothing is changed",
      },
      "file:/etc/motd": undefined,
    });
  });

  it("is something else where the disk or somebody else was in the way", async () => {
    const full = new MemoryHost();
    full.tree.refusals.set("/etc/systemd/system/api.service", "ENOSPC");
    const { came, score } = await push(full, [api()]);
    expect(came).toEqual({
      "unit:api.service": { as: "otherwise", why: "The host refused a change to a path." },
    });
    expect(score).toEqual({ tested: 1, asPredicted: 0 });

    const host = new MemoryHost();
    await push(host, [declare.directory("/srv/data")]);
    const filled = await push(host, [], () => host.put("/srv/data/theirs", "x"));
    expect(filled.came).toEqual({
      "directory:/srv/data": {
        as: "otherwise",
        why: "A directory was filled after the plan was made.",
      },
    });
  });

  it("is not known of runs that older agents recorded", async () => {
    const host = new MemoryHost();
    const { run } = await push(host, [motd("first\n")]);
    const path = `${runOf(ROOT, run)}/outcome.json`;
    const text = host.text(path)!;
    const old = text.replace(/,\s*"actual": \{[^}]*\}/, "");
    expect(old).not.toBe(text);
    host.put(path, old);
    const read = await readOutcome(host, runOf(ROOT, run));
    expect(read?.changes).toMatchObject([{ id: "file:/etc/motd", result: "done" }]);
    expect(scoreOf(read!)).toEqual({ tested: 0, asPredicted: 0 });
  });
});
