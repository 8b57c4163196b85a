import { describe, expect, it, vi } from "vitest";
import { declare } from "../support/declare.ts";
import { cutOffRun, RUN } from "./cut-off.ts";
import {
  contents,
  finish,
  first,
  listed,
  noticed,
  planBack,
  prepared,
  push,
  second,
  takeBack,
} from "./everything.ts";
import { join, manifestOf } from "./joined.ts";

/** Runs that came to an end, or did not, and are taken back or finished by a command of their own. */

vi.setConfig({ testTimeout: 60_000 });

describe("a run that is taken back", () => {
  it("leaves the host as it was before, whatever kinds it changed, one run after the other", async () => {
    const host = prepared();
    const states = [noticed(host)];
    for (const manifest of [first(), second()]) {
      expect((await push(host, manifest)).ended.outcome.verdict).toBe("applied");
      states.push(noticed(host));
    }
    expect(states[2]).not.toEqual(states[1]);
    for (const before of states.slice(0, 2).toReversed()) {
      const { ended } = await takeBack(host);
      expect(ended?.diagnostics).toEqual([]);
      expect(ended?.outcome.verdict).toBe("applied");
      expect(noticed(host)).toEqual(before);
    }
    await expect(takeBack(host)).rejects.toMatchObject({ diagnostics: [{ code: "HK4063" }] });
    // What was taken back can be made again, and that as well be taken back.
    await push(host, first());
    expect(noticed(host)).toEqual(states[1]);
    await takeBack(host);
    expect(noticed(host)).toEqual(states[0]);
  });

  it("is named by the plan, which tells what will be there again, the last change first", async () => {
    const host = prepared();
    const { run } = await push(host, first());
    const { plan } = await planBack(host);
    expect(plan?.reverts).toBe(run);
    expect(new Set(plan?.changes.map(({ reason }) => reason))).toEqual(new Set(["rollback"]));
    const ids = plan?.changes.map(({ id }) => id) ?? [];
    expect(ids.indexOf("directory:/srv/app" as never)).toBeGreaterThan(
      ids.indexOf("file:/srv/app/deep/er" as never),
    );
    const motd = plan?.changes.find(({ id }) => id === "file:/etc/motd");
    expect(motd).toMatchObject({ action: "update" });
    expect(motd?.differences.find(({ field }) => field === "content")?.patch).toContain("+old");
  });

  it("changes nothing while it is planned", async () => {
    const host = prepared();
    await push(host, first());
    const before = host.digest();
    await planBack(host);
    expect(host.digest()).toBe(before);
  });

  it("leaves alone what a later run changed, with a warning, when it is named", async () => {
    const host = prepared();
    const { run } = await push(host, first());
    await push(host, manifestOf(declare.file("/etc/motd", { text: "second\n" })));
    const { planned, ended } = await takeBack(host, run);
    expect(planned.diagnostics).toMatchObject([{ code: "HK4048", severity: "warning" }]);
    expect(planned.diagnostics[0]?.detail).toContain("  file:/etc/motd\n");
    expect(ended?.outcome.verdict).toBe("applied");
    expect(host.text("/etc/motd")).toBe("second\n");
    expect(host.text("/srv/app/deep/er")).toBeUndefined();
  });

  it("leaves alone what somebody edited before it was planned", async () => {
    const host = prepared();
    await push(host, first());
    host.put("/etc/motd", "theirs\n");
    const { planned, ended } = await takeBack(host);
    expect(planned.diagnostics).toMatchObject([{ code: "HK4048" }]);
    expect(ended?.outcome.verdict).toBe("applied");
    expect(host.text("/etc/motd")).toBe("theirs\n");
    expect(host.text("/srv/app/deep/er")).toBeUndefined();
  });

  it("can't be a rollback itself", async () => {
    const host = prepared();
    await push(host, first());
    const { ended } = await takeBack(host);
    const before = host.digest();
    const back = ended?.outcome.run as never;
    await expect(planBack(host, back)).rejects.toMatchObject({ diagnostics: [{ code: "HK4049" }] });
    expect(host.digest()).toBe(before);
  });

  it("that left nothing is refused by name, whatever made the host like it since", async () => {
    const host = prepared();
    host.systemd.behave("fresh.service", { start: "fails" });
    const { run, ended } = await push(host, second());
    expect(ended.outcome.verdict).toBe("rolled-back");
    host.systemd.behave("fresh.service", { start: "runs" });
    await push(host, second());
    await expect(planBack(host, run)).rejects.toMatchObject({ diagnostics: [{ code: "HK4063" }] });
  });

  it("that is not known is refused", async () => {
    await expect(planBack(prepared(), RUN)).rejects.toMatchObject({
      diagnostics: [{ code: "HK3022" }],
    });
  });

  it("is refused as stale when somebody edits between plan and apply", async () => {
    const host = prepared();
    await push(host, first());
    const { session } = await join(host);
    const { plan } = await session.planRollback(null);
    host.put("/etc/motd", "theirs\n");
    const how = { contents, onFailure: "rollback", wait: 0, onEvent: () => undefined } as const;
    const { outcome, fresh, diagnostics } = await session.apply(plan!, how);
    expect(outcome.verdict).toBe("stale");
    // What is shown instead takes the same run back, and leaves alone what is somebody else's by now.
    expect(fresh?.reverts).toBe(plan!.reverts);
    expect(fresh?.changes.map(({ id }) => id)).not.toContain("file:/etc/motd");
    expect(diagnostics.map(({ code }) => code)).toContain("HK4048");
    expect(host.text("/srv/app/deep/er")).toBe("more\n");
    await session.close();
  });
});

describe("taking back that is cut off itself", () => {
  it("after any call comes to the same end the next time, and a third time", async () => {
    const before = noticed(prepared());
    const pushed = async () => {
      const host = prepared();
      await push(host, first());
      return host;
    };
    const whole = await pushed();
    const calls = whole.calls;
    await takeBack(whole);
    const total = whole.calls - calls;
    expect(total).toBeGreaterThan(50);
    for (let after = 0; after < total; after++) {
      const host = await pushed();
      host.faultAfter(after);
      await takeBack(host).catch(() => undefined);
      host.revive();
      const { pending } = await listed(host);
      const where = `cut off after ${after} of ${total}`;
      if (pending !== null) {
        const { outcome } = await finish(host);
        expect(["applied", "failed"], where).toContain(outcome.verdict);
      }
      await takeBack(host).catch((error: unknown) =>
        expect(error, where).toMatchObject({ diagnostics: [{ code: "HK4063" }] }),
      );
      expect(noticed(host), where).toEqual(before);
      expect((await listed(host)).pending, where).toBeNull();
    }
  });
});

describe("a run that was cut off", () => {
  const total = async () => (await cutOffRun(first(), { host: prepared(), contents })).calls;

  it("is taken back by name of nothing but being the last", async () => {
    const before = noticed(prepared());
    const half = Math.floor((await total()) * 0.7);
    for (const onFailure of ["rollback", "stop"] as const) {
      const host = prepared();
      await cutOffRun(first(), { host, contents, after: half, onFailure });
      expect(noticed(host)).not.toEqual(before);
      const { ended } = await takeBack(host);
      expect(ended?.outcome.verdict, onFailure).toBe("applied");
      expect(noticed(host), onFailure).toEqual(before);
      const { runs, pending } = await listed(host);
      expect(pending).toBeNull();
      expect(runs.map(({ state, reverts }) => [state, reverts])).toEqual([
        ["applied", RUN],
        ["rolled-back", null],
      ]);
    }
  });
});

describe("a run that stopped part way", () => {
  const failing = () => {
    const host = prepared();
    host.systemd.behave("fresh.service", { start: "fails" });
    return host;
  };
  const mend = (host: ReturnType<typeof prepared>) => {
    host.systemd.behave("fresh.service", { start: "runs" });
    return host;
  };

  it("is finished once the cause is mended, and a second time there is nothing to finish", async () => {
    const wished = prepared();
    await push(wished, second());
    const host = failing();
    const { run, ended } = await push(host, second(), "stop");
    expect(ended.outcome.verdict).toBe("partial");
    expect((await listed(host)).pending).toMatchObject({ run, state: "stopped" });
    mend(host);
    const { outcome } = await finish(host);
    expect(outcome).toMatchObject({ verdict: "applied", run });
    expect(noticed(host)).toEqual(noticed(wished));
    await expect(finish(host)).rejects.toMatchObject({ diagnostics: [{ code: "HK3025" }] });
    expect((await listed(host)).runs).toMatchObject([{ run, state: "applied" }]);
  });

  it("stays stopped while the cause is there", async () => {
    const host = failing();
    await push(host, second(), "stop");
    expect((await finish(host)).outcome.verdict).toBe("partial");
    expect((await listed(host)).pending).not.toBeNull();
  });

  it("is not finished over what somebody edited meanwhile, and is as before then", async () => {
    const host = failing();
    await push(host, second(), "stop");
    mend(host);
    host.put("/etc/systemd/system/fresh.service", "[Service]\nExecStart=/bin/theirs\n");
    const before = noticed(host);
    await expect(finish(host)).rejects.toMatchObject({
      diagnostics: [{ code: "HK4044", detail: expect.stringContaining("unit:fresh.service") }],
    });
    expect(noticed(host)).toEqual(before);
    expect((await listed(host)).pending).not.toBeNull();
  });

  it("is taken back, and then no longer pending", async () => {
    const before = noticed(failing());
    const host = failing();
    const { run } = await push(host, second(), "stop");
    const { ended } = await takeBack(host);
    expect(ended?.outcome.verdict).toBe("applied");
    expect(noticed(host)).toEqual(before);
    const { runs, pending } = await listed(host);
    expect(pending).toBeNull();
    expect(runs.find((each) => each.run === run)?.state).toBe("rolled-back");
  });

  it("is taken back but for what it did not come to and somebody else made meanwhile", async () => {
    const host = failing();
    const { ended } = await push(
      host,
      manifestOf(
        declare.file("/etc/motd", { text: "second\n" }),
        declare.unit("fresh.service", {
          service: { Type: "notify", ExecStart: "/bin/fresh" },
          active: true,
        }),
        {
          ...declare.file("/etc/behind", { text: "more\n" }),
          dependsOn: ["unit:fresh.service" as never],
        },
      ),
      "stop",
    );
    expect(ended.outcome.verdict).toBe("partial");
    host.put("/etc/behind", "theirs\n");
    // Nor is it forgotten by an attempt to finish it.
    await expect(finish(host)).rejects.toMatchObject({ diagnostics: [{ code: "HK4044" }] });
    const back = await takeBack(host);
    expect(back.planned.diagnostics).toMatchObject([{ code: "HK4048" }]);
    expect(back.ended?.outcome.verdict).toBe("applied");
    expect(host.text("/etc/behind")).toBe("theirs\n");
    expect(host.text("/etc/motd")).toBe("old\n");
  });

  it("is superseded by the next push, keeps its record, and leaves no contents behind", async () => {
    const host = failing();
    const { run } = await push(host, second(), "stop");
    mend(host);
    const contentsOfRun = `/var/lib/hostkit/runs/${run}/contents`;
    expect(host.text(contentsOfRun)).toBeDefined();
    expect((await push(host, first())).ended.outcome.verdict).toBe("applied");
    const { runs, pending } = await listed(host);
    expect(pending).toBeNull();
    expect(runs.map(({ state }) => state)).toEqual(["applied", "partial"]);
    expect(host.text(contentsOfRun)).toBeUndefined();
  });
});
