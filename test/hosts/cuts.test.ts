import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { HostKitError } from "../../shared/diagnostic.ts";
import type { ResponseOf } from "../../shared/protocol/messages.ts";
import { contentsOf, manifestOf } from "../flow/joined.ts";
import { declare } from "../support/declare.ts";
import { type AgentSession, openAgentSession } from "./support/agent-session.ts";
import { type Faults, installFaults } from "./support/fault.ts";
import { cutAtFrame, type FrameCut } from "./support/frame-cuts.ts";
import { differences } from "./support/host-state-differences.ts";
import { type HostState, hostState } from "./support/host-state.ts";
import { describeHosts } from "./support/requirements.ts";
import { RunTable } from "./support/run-table.ts";
import { sharedHost } from "./support/shared-host.ts";
import { startProxy, type TcpProxy } from "./support/tcp-proxy.ts";

/**
 * A run on a real host whose connection is cut at any frame, whose host loses its power, and whose disk refuses: it ends as
 * before, as wished, or in a state that the next contact brings to one of the two, and nothing is left that nobody can explain.
 */

vi.setConfig({ testTimeout: 300_000 });

const UNITS = ["worker.service", "slow.service"];
const contents = contentsOf("first\n", "second\n", "new\n");
const ignore = () => undefined;

const worker = (description: string) =>
  declare.unit("worker.service", {
    unit: { Description: description },
    service: { Type: "oneshot", RemainAfterExit: true, ExecStart: "/bin/true" },
    install: { WantedBy: "multi-user.target" },
    enabled: true,
    active: true,
  });

const FIRST = manifestOf(
  declare.file("/etc/app.conf", { text: "first\n", mode: 0o640 }),
  declare.directory("/srv/app", { mode: 0o750 }),
  worker("first"),
);

const SECOND = manifestOf(
  declare.file("/etc/app.conf", { text: "second\n", mode: 0o600 }),
  declare.directory("/srv/app", { mode: 0o700 }),
  declare.file("/srv/app/new", { text: "new\n" }),
  declare.symlink("/srv/current", { to: "/srv/app" }),
  declare.group("extra"),
  worker("second"),
);

/** As the second, and then a unit that takes its time. */
const SLOW = manifestOf(
  ...SECOND.resources,
  declare.unit(
    "slow.service",
    {
      service: {
        Type: "oneshot",
        RemainAfterExit: true,
        ExecStartPre: "/bin/sleep 60",
        ExecStart: "/bin/true",
      },
      active: true,
    },
    { dependsOn: SECOND.resources.map(({ id }) => id) },
  ),
);

type Ended = ResponseOf<"apply">;

describeHosts("a run that is cut off", () => {
  const host = sharedHost({ name: "cuts", persistent: true });
  const table = new RunTable();
  let faults: Faults;
  let before: HostState;
  let after: HostState;
  /** The connection of whoever looks after what is left. */
  let next: AgentSession;

  const look = () => hostState(host(), { units: UNITS });
  const push = async (manifest: typeof FIRST): Promise<Ended> => {
    const { plan, diagnostics } = await next.session.plan(manifest, contents);
    if (plan === null) throw new HostKitError(diagnostics);
    return next.session.apply(plan, {
      contents,
      onFailure: "rollback",
      wait: 60_000,
      onEvent: ignore,
    });
  };
  const applied = async (manifest: typeof FIRST) => {
    const { outcome, diagnostics } = await push(manifest);
    if (outcome.verdict !== "applied") throw new HostKitError(diagnostics);
  };
  const settle = () =>
    next.session.recover({ run: null, goal: "settle", wait: 60_000 }, { onEvent: ignore });
  const isBefore = async (what: string) =>
    expect(differences(before, await look()), what).toEqual([]);
  const isAfter = async (what: string) =>
    expect(differences(after, await look()), what).toEqual([]);
  /** Back to where every scenario begins. */
  const reset = async () => {
    if (differences(before, await look()).length === 0) return;
    const { plan } = await next.session.planRollback(null);
    const asked = { contents, onFailure: "rollback", wait: 0, onEvent: ignore } as const;
    const { outcome, diagnostics } = await next.session.apply(plan!, asked);
    expect({ verdict: outcome.verdict, diagnostics }).toEqual({
      verdict: "applied",
      diagnostics: [],
    });
    await isBefore("taken back");
  };
  const inside = async (command: string) => {
    const { status, stdout, stderr } = await host().inside(command);
    expect({ command, status, stderr }).toEqual({ command, status: 0, stderr: "" });
    return stdout;
  };
  const succeed = async (command: string) => {
    const { status, stdout, stderr } = await host().ssh(command);
    expect({ command, status, stderr }).toEqual({ command, status: 0, stderr: "" });
    return stdout;
  };

  beforeAll(async () => {
    faults = await installFaults(host());
    next = await openAgentSession(host());
    await applied(FIRST);
    before = await look();
    await applied(SECOND);
    after = await look();
    await reset();
  }, 300_000);

  afterAll(async () => {
    await next.session.close();
    process.stderr.write(`\n${String(table)}\n`);
  });

  describe("from its client", () => {
    let proxy: TcpProxy;
    beforeAll(async () => {
      proxy = await startProxy({ target: host() });
    });
    afterAll(() => proxy.close());

    /** A push over a connection that is cut; its run's name is the client's own choice, and so known whatever becomes of it. */
    const pushCut = async (cut: FrameCut | null) => {
      const stream = cutAtFrame(proxy, cut);
      let asked: { readonly run: ReturnType<AgentSession["session"]["newRunId"]> } | undefined;
      let submittedAt = { "to the agent": Infinity, "from the agent": Infinity };
      const work = async () => {
        const { session } = await openAgentSession(host(), { at: proxy, between: stream.between });
        try {
          asked = { run: session.newRunId() };
          const { plan } = await session.plan(SECOND, contents);
          const ended = await session.apply(plan!, {
            ...asked,
            contents,
            onFailure: "rollback",
            wait: 60_000,
            onEvent: ({ type }) => {
              if (type === "begun") submittedAt = { ...stream.frames };
            },
          });
          return ended.outcome.verdict;
        } finally {
          await session.close();
        }
      };
      const ended = await work().catch((error: unknown) => error);
      proxy.cut();
      return { ended, run: asked?.run, isCut: stream.isCut, frames: stream.frames, submittedAt };
    };
    /** Returns when only the agent of whoever comes next is there. */
    const agentGone = () =>
      inside(
        "for i in $(seq 300); do test $(pgrep -fc '[h]ostkit-agent serve') = 1 && exit 0; sleep 0.1; done; exit 1",
      );
    /** The run as another connection sees it, from its first event on. */
    const follow = async (run: Parameters<AgentSession["session"]["runs"]>[0] & string) => {
      const events: string[] = [];
      const onEvent = ({ type }: { readonly type: string }) => events.push(type);
      const { outcome } = await next.session.attach({ run, after: 0 }, { onEvent });
      return { verdict: outcome.verdict, events };
    };

    it.each([
      { direction: "to the agent", where: "within" },
      { direction: "to the agent", where: "behind" },
      { direction: "from the agent", where: "behind" },
    ] as const)("at any frame $direction, $where it, was never begun or goes on", async (how) => {
      const whole = await pushCut(null);
      expect(whole).toMatchObject({ ended: "applied", isCut: false });
      await reset();
      const seen = new Set<string>();
      for (let frame = 1; ; frame++) {
        const what = `${how.where} frame ${frame} ${how.direction}`;
        const { ended, run, isCut, frames } = await pushCut({ ...how, frame });
        await agentGone();
        // The last frame that a client sends before it leaves is the last piece of a content.
        const isSubmitted = frames["to the agent"] >= whole.submittedAt["to the agent"];
        // Behind the answer there is nothing left to be told.
        if (isCut && ended !== "applied") expect(ended, what).toBeInstanceOf(HostKitError);
        if (isSubmitted) {
          const { verdict, events } = await follow(run!);
          expect(verdict, what).toBe("applied");
          expect(events, what).toContain("begun");
          await isAfter(what);
        } else {
          if (run !== undefined) await expect(follow(run), what).rejects.toThrow(/HK3022|no run/i);
          await isBefore(what);
        }
        await reset();
        if (!isCut) break;
        const outcome = isSubmitted ? "as wished: the run went on" : "as before: never begun";
        seen.add(outcome);
        table.add(`connection cut ${how.where} a frame ${how.direction}`, outcome);
      }
      expect(seen.size).toBe(2);
    });
  });

  describe("from its disk", () => {
    /** At each such call of the run, until there are no more; tells how many there were. */
    const refuse = async (error: string, calls: string, path: string) => {
      const scenario = `${error} at ${calls.replaceAll(",", ", ")} of ${path}`;
      for (let nth = 1; ; nth++) {
        const what = `${scenario}, the ${nth}.`;
        faults.arm(`errno=${error}@${calls}#${nth} path=${path}`);
        const ended = await push(SECOND).catch((error: unknown) => error);
        const [struck] = faults.struck();
        faults.disarm();
        if (struck === undefined) {
          await isAfter(what);
          await reset();
          return nth - 1;
        }
        const verdict =
          ended instanceof HostKitError ? "refused" : (ended as Ended).outcome.verdict;
        const { diagnostics } = ended as Ended | HostKitError;
        const told = `${what}, ${struck.path}: ${verdict} ${JSON.stringify(diagnostics)}`;
        expect(["refused", "failed", "rolled-back", "applied", "rollback-failed"], told).toContain(
          verdict,
        );
        expect(told).not.toContain("HK3001");
        if (verdict !== "applied") expect(told).toContain(`${error}:`);
        // What could not be recorded is ended by whoever comes next.
        if (verdict !== "rolled-back") await settle().catch(ignore);
        await (verdict === "applied" ? isAfter(told) : isBefore(told));
        const how = verdict === "rollback-failed" ? "repaired by the next contact" : "as before";
        table.add(scenario, verdict === "applied" ? "as wished" : how);
        await reset();
      }
    };

    // Spared are /run, which is memory, and root's home.
    it.each([
      ["EROFS", "rename,link,symlink", "/[!r]*"],
      ["EIO", "fsync", "/[!r]*"],
      ["EROFS", "open,mkdir,chmod,chown,truncate,unlink", "/[es]*"],
    ])("by %s at any %s of %s, is taken back and says so", async (error, calls, path) => {
      expect(await refuse(error, calls, path)).toBeGreaterThan(3);
    });

    /** A run that meets something only after it was planned. */
    const pushInto = async (spoil: string, mend: string): Promise<Ended> => {
      const { plan } = await next.session.plan(SECOND, contents);
      await succeed(spoil);
      try {
        const asked = { contents, onFailure: "rollback", wait: 0, onEvent: ignore } as const;
        return await next.session.apply(plan!, asked);
      } finally {
        await succeed(mend);
      }
    };

    it.each([
      {
        what: "a directory mounted read-only",
        spoil: "mount --bind /srv/app /srv/app && mount -o remount,bind,ro /srv/app",
        mend: "umount /srv/app",
        says: /EROFS[^"]*'?\/srv\/app/,
      },
      {
        what: "an immutable file",
        spoil: "chattr +i /etc/app.conf",
        mend: "chattr -i /etc/app.conf",
        says: /EPERM[^"]*\/etc\/app.conf/,
      },
      {
        what: "an immutable directory",
        spoil: "chattr +i /srv/app",
        mend: "chattr -i /srv/app",
        says: /EPERM[^"]*\/srv\/app/,
      },
      {
        what: "an immutable file of a unit",
        spoil: "chattr +i /etc/systemd/system/worker.service",
        mend: "chattr -i /etc/systemd/system/worker.service",
        says: /EPERM[^"]*worker.service/,
      },
    ])("by $what, is taken back and says so", async ({ what, spoil, mend, says }) => {
      const { outcome, diagnostics } = await pushInto(spoil, mend);
      const told = JSON.stringify(diagnostics);
      expect(["failed", "rolled-back"], told).toContain(outcome.verdict);
      expect(told).toMatch(says);
      await isBefore(told);
      table.add(what, "as before");
    });
  });

  describe("from its power", () => {
    /** Ends everything at once, and looks whether the host, back again, does anything by itself. */
    const cutPower = async (connection: AgentSession["connection"]) => {
      faults.disarm();
      await next.session.close();
      const left = await hostState(host());
      await host().reboot("power-cut");
      // What ended with it answers no more.
      await connection.close();
      expect(await inside("systemctl list-units --all --plain --no-legend 'hostkit*'")).toBe("");
      expect(await inside("pgrep -f '[h]ostkit-agent' || true")).toBe("");
      expect(differences(left, await hostState(host()))).toEqual([]);
      next = await openAgentSession(host());
    };
    /** A push that goes on by itself, up to somewhere. */
    const begin = async (manifest: typeof FIRST) => {
      const { session, connection } = await openAgentSession(host());
      const { plan } = await session.plan(manifest, contents);
      const asked = { contents, onFailure: "rollback", wait: 0, onEvent: ignore } as const;
      const lost = session.apply(plan!, asked).catch(ignore);
      return { connection, lost };
    };
    const until = async (isSo: () => boolean) => {
      for (let look = 0; !isSo(); look++) {
        if (look > 2000) throw new Error("it never came that far");
        await sleep(10);
      }
    };

    it("before any record, is ended by the next contact", async () => {
      for (let record = 1; ; record++) {
        faults.arm(`stop@write#${record} path=*/journal.jsonl`);
        const { connection, lost } = await begin(SECOND);
        const state = { over: false };
        void lost.then(() => (state.over = true));
        await until(() => state.over || faults.struck().length > 0);
        if (state.over) {
          faults.disarm();
          await connection.close();
          await reset();
          expect(record).toBeGreaterThan(5);
          break;
        }
        await cutPower(connection);
        await lost;
        const { outcome } = await settle();
        expect(["failed", "rolled-back", "applied"]).toContain(outcome.verdict);
        const isApplied = outcome.verdict === "applied";
        await (isApplied ? isAfter : isBefore)(`power cut before record ${record}`);
        table.add("power cut before a record, then settled", isApplied ? "as wished" : "as before");
        await reset();
      }
    });

    const starting =
      "for i in $(seq 300); do test $(systemctl show -P ActiveState slow) = activating && exit 0; sleep 0.1; done; exit 1";

    it("while a unit starts, is ended by the next contact", async () => {
      const { connection, lost } = await begin(SLOW);
      await inside(starting);
      await cutPower(connection);
      await lost;
      const { outcome } = await settle();
      expect(outcome.verdict).toBe("rolled-back");
      await isBefore("power cut while a unit starts");
      table.add("power cut while a unit starts, then settled", "as before");
    });

    it("while a unit starts, is ended by the next push", async () => {
      const { connection, lost } = await begin(SLOW);
      await inside(starting);
      await cutPower(connection);
      await lost;
      const { pending } = await next.session.plan(SECOND, contents);
      expect(pending).toMatchObject({ state: "cut-off", onFailure: "rollback" });
      // It takes the other back first, and then its own plan is of a host that has moved.
      expect((await push(SECOND)).outcome.verdict).toBe("stale");
      await isBefore("taken back by a push");
      await applied(SECOND);
      await isAfter("pushed again");
      table.add("power cut while a unit starts, then pushed", "as wished");
      await reset();
    });
  });
});
