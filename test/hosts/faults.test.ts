import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { ResponseOf } from "../../shared/protocol/messages.ts";
import { contentsOf, manifestOf } from "../flow/joined.ts";
import { declare } from "../support/declare.ts";
import { openAgentSession } from "./support/agent-session.ts";
import { type Faults, installFaults } from "./support/fault.ts";
import { differences } from "./support/host-state-differences.ts";
import { type HostState, hostState } from "./support/host-state.ts";
import { describeHosts } from "./support/requirements.ts";
import { RunTable } from "./support/run-table.ts";
import { sharedHost } from "./support/shared-host.ts";
import { ended } from "./support/site.ts";

/**
 * The real agent on a real host, ended or failed at every record it writes: the host is as before, as wished, or in a state
 * that one command finishes or takes back, and nothing is left that nobody can explain.
 */

// Some hundred runs, of a second or two each.
vi.setConfig({ testTimeout: 900_000 });

const KEY_A = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBp1ZZJj2cYCkS0uBqPTV4cFBDX3L1Ys5q4aMDP0eBVb a";
const KEY_B = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ7x0cV6c7bXJ3s7hEJt5m0S5eMyo0d9cXJ2bW0vWq1Z b";
const UNITS = ["worker.service", "fresh.service", "old.service"];
const contents = contentsOf("first\n", "second\n", "new\n");

const worker = (description: string, enabled: boolean) =>
  declare.unit("worker.service", {
    unit: { Description: description },
    service: { Type: "oneshot", RemainAfterExit: true, ExecStart: "/bin/true" },
    install: { WantedBy: "multi-user.target" },
    enabled,
    active: true,
  });

const FIRST = manifestOf(
  declare.file("/etc/app.conf", { text: "first\n", mode: 0o640 }),
  declare.directory("/srv/app", { mode: 0o750 }),
  declare.symlink("/srv/current", { to: "/srv/app" }),
  declare.group("web", { gid: 4100 }),
  declare.account("deploy", { uid: 4200, groups: ["web"], authorizedKeys: [KEY_A] }),
  worker("first", true),
  declare.file("/etc/old/gone.conf", { text: "first\n" }),
  declare.directory("/srv/old"),
  declare.symlink("/srv/former", { to: "/srv/old" }),
  declare.unit("old.service", {
    service: { Type: "oneshot", RemainAfterExit: true, ExecStart: "/bin/true" },
    install: { WantedBy: "multi-user.target" },
    enabled: true,
    active: true,
  }),
);

/** Every kind: changed, made, and, of those that are ever removed, removed. */
const SECOND = manifestOf(
  declare.file("/etc/app.conf", { text: "second\n", mode: 0o600, owner: "daemon" }),
  declare.file("/etc/new/deep/file", { text: "new\n" }),
  declare.directory("/srv/app", { mode: 0o700, group: "web" }),
  declare.directory("/srv/more"),
  declare.symlink("/srv/current", { to: "/srv/elsewhere" }),
  declare.symlink("/srv/fresh", { to: "/srv/elsewhere" }),
  declare.group("web", { gid: 4500 }),
  declare.group("extra"),
  declare.account("deploy", { uid: 4200, groups: ["extra"], authorizedKeys: [KEY_B] }),
  declare.account("robot", { system: true }),
  worker("second", false),
  declare.unit("fresh.service", {
    service: { Type: "oneshot", RemainAfterExit: true, ExecStart: "/bin/true" },
    install: { WantedBy: "multi-user.target" },
    enabled: true,
    active: true,
  }),
);

type Ended = ResponseOf<"apply">;
const ignore = () => undefined;

describeHosts("a run on a real host", () => {
  const host = sharedHost({ name: "faults", persistent: true });
  const table = new RunTable();
  let faults: Faults;
  let before: HostState;
  let after: HostState;
  let records = 0;
  let writes = 0;

  const look = () => hostState(host(), { units: UNITS });
  /** A connection for as long as the work takes. */
  const connected = async <Result>(
    work: (session: Awaited<ReturnType<typeof openAgentSession>>["session"]) => Promise<Result>,
  ): Promise<Result> => {
    const { session } = await openAgentSession(host());
    try {
      return await work(session);
    } finally {
      await session.close();
    }
  };
  const push = (manifest: typeof FIRST, onFailure: "rollback" | "stop" = "rollback") =>
    connected(async (session): Promise<Ended> => {
      const { plan, diagnostics } = await session.plan(manifest, contents);
      if (plan === null) throw new Error(JSON.stringify(diagnostics));
      return session.apply(plan, { contents, onFailure, wait: 60_000, onEvent: ignore });
    });
  const applied = async (manifest: typeof FIRST) => {
    const { outcome, diagnostics } = await push(manifest);
    if (outcome.verdict !== "applied") throw new Error(JSON.stringify(diagnostics));
  };
  const recover = (goal: "settle" | "finish") =>
    connected((session) => session.recover({ run: null, goal, wait: 60_000 }, { onEvent: ignore }));
  const takeBack = () =>
    connected(async (session): Promise<Ended> => {
      const { plan } = await session.planRollback(null);
      return session.apply(plan!, { contents, onFailure: "rollback", wait: 0, onEvent: ignore });
    });
  /** Whether a fault struck while the work went on; what starts afterwards is spared. */
  const strikes = async (work: Promise<unknown>): Promise<boolean> => {
    const state = { over: false };
    const ended = work.catch(ignore).finally(() => (state.over = true));
    const hit = async () => {
      while (!state.over && faults.struck().length === 0) await sleep(2);
      return faults.struck().length > 0;
    };
    const isHit = await Promise.race([hit(), ended.then(() => faults.struck().length > 0)]);
    faults.disarm();
    return isHit;
  };
  const isBefore = async (what: string) =>
    expect(differences(before, await look()), what).toEqual([]);
  const isAfter = async (what: string) =>
    expect(differences(after, await look()), what).toEqual([]);
  /** Back to where every scenario begins. */
  const reset = async () => {
    if (differences(before, await look()).length === 0) return;
    const { outcome, diagnostics } = await takeBack();
    expect({ verdict: outcome.verdict, diagnostics }).toEqual({
      verdict: "applied",
      diagnostics: [],
    });
    await isBefore("taken back");
  };

  beforeAll(async () => {
    await applied(FIRST);
    before = await look();
    faults = await installFaults(host());
    faults.arm("count");
    await applied(SECOND);
    const calls = faults.calls();
    faults.disarm();
    const own = calls.filter(
      ({ call, path }) => call === "write" && path.includes("/hostkit/runs"),
    );
    records = own.filter(({ path }) => path.endsWith("/journal.jsonl")).length;
    writes = calls.filter(({ call }) => call === "write").length;
    after = await look();
    await reset();
  }, 300_000);

  afterAll(() => {
    process.stderr.write(`\n${String(table)}\n`);
  });

  it("writes enough to be ended in", () => {
    expect(records).toBeGreaterThan(10);
    expect(writes).toBeGreaterThan(records);
    expect(differences(before, after).length).toBeGreaterThan(15);
  });

  it.each(["kill", "tear"])(
    "whose process is ended at any record (%s) is brought to its end by the agent that waits for it",
    async (action) => {
      // How many records are written together differs a little from run to run: until there are no more.
      for (let record = 1; ; record++) {
        const what = `${action} at record ${record}`;
        faults.arm(`${action}@write#${record} path=*/journal.jsonl`);
        const pushing = push(SECOND);
        const isHit = await strikes(pushing);
        const { outcome } = await pushing;
        const isDone = outcome.verdict === "applied";
        await (isDone ? isAfter(what) : isBefore(what));
        expect(["applied", "failed", "rolled-back"], what).toContain(outcome.verdict);
        await reset();
        if (!isHit) break;
        table.add(
          `executor ended at a journal record (${action})`,
          isDone ? "as wished" : "as before",
        );
      }
    },
  );

  describe.each(["finish", "settle", "rollback"] as const)(
    "cut off with everything, then %s",
    (how) => {
      it("is as wished or as before after that one command, at any record", async () => {
        for (let record = 1; ; record++) {
          const what = `${how} after record ${record}`;
          faults.arm(`kill-after@write#${record} path=*/journal.jsonl`);
          const { session, connection } = await openAgentSession(host());
          const { plan } = await session.plan(SECOND, contents);
          const asked = { contents, onFailure: "stop", wait: 0, onEvent: ignore } as const;
          const lost = session.apply(plan!, asked);
          const isHit = await strikes(lost);
          if (isHit) {
            await host().ssh("pkill -KILL -f '[h]ostkit-agent serve'");
            // It may have begun to have the run put in order before it was killed itself.
            await host().ssh(ended("[h]ostkit-agent"));
          }
          await connection.close();
          await lost.catch(ignore);
          const verdict = isHit ? await settleBy(how) : "applied";
          const state = differences(after, await look()).length === 0 ? "as wished" : "as before";
          await (state === "as wished"
            ? isAfter(what)
            : isBefore(
                `${what}: ${verdict}, not as wished: ${differences(after, await look()).join("; ")}`,
              ));
          await reset();
          if (!isHit) break;
          table.add(`executor, agent and client killed, then ${how}`, state);
        }
      });

      /** What has no run to it was never begun. */
      const settleBy = async (goal: typeof how): Promise<string> => {
        if (goal === "rollback") {
          const pending = await connected((session) => session.runs(null));
          return pending.pending === null ? "nothing" : (await takeBack()).outcome.verdict;
        }
        const ended = await recover(goal).catch((error: unknown) => String(error));
        if (typeof ended === "string") {
          expect(ended).toMatch(/HK3025/);
          return "nothing";
        }
        // By its own policy a run that was told to stop is left; somebody has to say what to do.
        if (ended.outcome.verdict === "partial") return (await takeBack()).outcome.verdict;
        return ended.outcome.verdict;
      };
    },
  );

  it("whose disk is full from any write on is taken back, and says so", async () => {
    for (let write = 1; write <= writes; write++) {
      const what = `full from write ${write} on`;
      // Whatever is on the disk; /run and /root are spared, the former being memory.
      faults.arm(`errno=ENOSPC@write#${write} path=/[!r]* sticky`);
      const ended = await push(SECOND).catch((error: unknown) => String(error));
      faults.disarm();
      const verdict = typeof ended === "string" ? "refused" : ended.outcome.verdict;
      const told = typeof ended === "string" ? ended : JSON.stringify(ended.diagnostics);
      const known = ["refused", "failed", "rolled-back", "applied", "rollback-failed"];
      expect(known, `${what}: ${told}`).toContain(verdict);
      if (verdict !== "applied") expect(told, what).toMatch(/ENOSPC|no space|HK3/);
      // Its record may be what could not be written, and what has to be written to take something back has no room either:
      // then whoever comes next, when there is room again, ends it.
      if (verdict !== "rolled-back") await recover("settle").catch(ignore);
      await (verdict === "applied"
        ? isAfter(`${what}: ${told}`)
        : isBefore(`${what}: ${verdict} ${told}`));
      const how = verdict === "rollback-failed" ? "repaired by the next contact" : "as before";
      table.add("disk full from a write on", verdict === "applied" ? "as wished" : how);
      await reset();
    }
  });
});
