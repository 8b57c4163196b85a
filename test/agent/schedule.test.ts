import { describe, expect, it } from "vitest";
import { runSchedule } from "../../agent/schedule.ts";
import type { ResourceId } from "../../shared/brands.ts";
import type { Change, Edge } from "../../shared/plan.ts";
import type { Kind } from "../../shared/resources/registry.ts";
import { declare } from "../support/declare.ts";

const change = (resource: ReturnType<typeof declare.file>): Change => ({
  id: resource.id,
  action: "create",
  reason: "missing",
  differences: [],
  follow: null,
  prediction: { class: "exact" },
  fingerprint: "0".repeat(64) as Change["fingerprint"],
  resource,
});

const file = (name: string) => change(declare.file(`/${name}`));
const unit = (name: string) =>
  change(declare.unit(`${name}.service`, { service: { ExecStart: "/bin/true" } }));
const account = (name: string) => change(declare.account(name));
const edge = (from: Change, to: Change): Edge => ({ from: from.id, to: to.id, reason: "declared" });
const laneOf = (kind: Kind) => ({ unit: "systemd", account: "accounts" })[kind as string];

/** Runs changes that take a moment each; gives the groups in order and how many ran at once. */
async function run(
  changes: readonly Change[],
  { edges = [], parallel = 4, fail }: { edges?: Edge[]; parallel?: number; fail?: ResourceId } = {},
) {
  const groups: string[][] = [];
  const finished = new Set<ResourceId>();
  let busy = 0;
  let busiest = 0;
  const result = await runSchedule({
    changes,
    edges,
    parallel,
    laneOf,
    isIdle: (kind) => kind === "readiness",
    run: async (group) => {
      groups.push(group.map((c) => c.id));
      for (const { id } of group) {
        for (const { from, to } of edges) {
          const inGroup = group.some((c) => c.id === from);
          if (to === id && !inGroup) expect(finished).toContain(from);
        }
      }
      busiest = Math.max(busiest, ++busy);
      const takes = group.every((c) => c.resource.kind === "readiness") ? 20 : 1;
      await new Promise((resolve) => setTimeout(resolve, takes));
      busy--;
      if (group.some((c) => c.id === fail)) throw new Error(`${fail} failed`);
      for (const { id } of group) finished.add(id);
    },
  });
  return { ...result, groups, busiest };
}

describe("schedule", () => {
  it("runs what is independent side by side, up to the limit", async () => {
    const { groups, busiest } = await run("abcdefgh".split("").map(file), { parallel: 3 });
    expect(groups).toHaveLength(8);
    expect(busiest).toBe(3);
  });

  it("keeps every edge", async () => {
    const all = "abcdef".split("").map(file);
    const edges = all.slice(1).map((to, index) => edge(all[index] as Change, to));
    const { groups, busiest } = await run(all, { edges });
    expect(groups.flat()).toEqual(all.map((c) => c.id));
    expect(busiest).toBe(1);
  });

  it("hands over all units at once, after what has no lane, with their own order kept", async () => {
    const [config, a, b, other] = [file("config"), unit("a"), unit("b"), file("other")];
    const { groups } = await run([a, config, b, other], { edges: [edge(a, b), edge(config, a)] });
    expect(groups.at(-1)).toEqual(["unit:a.service", "unit:b.service"]);
    expect(groups).toHaveLength(3);
  });

  it("splits a lane only where something else must come between", async () => {
    const [a, between, b] = [unit("a"), file("between"), unit("b")];
    const { groups } = await run([a, between, b], { edges: [edge(a, between), edge(between, b)] });
    expect(groups).toEqual([["unit:a.service"], ["file:/between"], ["unit:b.service"]]);
  });

  it("gives a group one kind only", async () => {
    const { groups } = await run([account("x"), unit("a"), account("y"), unit("b")]);
    expect(groups).toEqual([
      ["account:x", "account:y"],
      ["unit:a.service", "unit:b.service"],
    ]);
  });

  it("holds nobody back for what only waits, but for what comes after it", async () => {
    const waits = change(declare.readiness("a", { unit: "a.service" }));
    const [a, b, c, other] = [unit("a"), unit("b"), unit("c"), file("other")];
    const edges = [edge(a, waits), edge(waits, c), edge(other, b), edge(a, other)];
    const { groups } = await run([a, waits, other, b, c], { edges, parallel: 1 });
    expect(groups).toEqual([
      ["unit:a.service"],
      ["readiness:a"],
      ["file:/other"],
      ["unit:b.service"],
      ["unit:c.service"],
    ]);
  });

  it("starts nothing after a failure and says what was never begun", async () => {
    const [a, b, c] = [file("a"), file("b"), file("c")];
    const { failures, skipped, groups } = await run([a, b, c], {
      edges: [edge(a, b)],
      parallel: 1,
      fail: a.id,
    });
    expect(failures).toHaveLength(1);
    expect(groups).toEqual([[a.id]]);
    expect(skipped.map((s) => s.id)).toEqual([b.id, c.id]);
  });
});
