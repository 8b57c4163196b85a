import { describe, expect, it, vi } from "vitest";
import { runOf } from "../../agent/transaction/places.ts";
import type { Manifest } from "../../shared/manifest.ts";
import { declare } from "../support/declare.ts";
import { MemoryHost } from "../support/memory-host/memory-host.ts";
import { type Cut, cutOffRun, RUN, settle } from "./cut-off.ts";
import { contentsOf, join, manifestOf, ofTheHost, ROOT } from "./joined.ts";

/** A run that is cut off after any call it makes is brought to an end by the next contact, wherever it was. */

// Some hundred runs each.
vi.setConfig({ testTimeout: 120_000 });

const KEY = `ssh-ed25519 ${"A".repeat(68)} ann`;
const TEXTS = ["old\n", "new\n", "more\n"];
const contents = contentsOf(...TEXTS);
const ignore = () => undefined;

/** Something of every kind, made, changed and left, with a unit that is restarted. */
const everything = () =>
  manifestOf(
    declare.group("web", { gid: 4100 }),
    declare.account("deploy", { uid: 4200, groups: ["web"], authorizedKeys: [KEY] }),
    declare.directory("/srv/app", { owner: "deploy", mode: 0o750 }),
    declare.file("/srv/app/deep/er", { text: "more\n", owner: "deploy" }),
    declare.file("/etc/motd", { text: "new\n", mode: 0o600 }),
    declare.symlink("/srv/current", { to: "/srv/app" }),
    declare.unit("api.service", {
      unit: { Description: "new" },
      service: { Type: "notify", ExecStart: "/bin/api" },
      install: { WantedBy: "multi-user.target" },
      enabled: true,
      active: true,
    }),
    declare.unit("fresh.service", {
      service: { Type: "notify", ExecStart: "/bin/fresh" },
      active: true,
    }),
  );

function prepared(): MemoryHost {
  const host = new MemoryHost();
  host.put("/etc/motd", "old\n");
  host.tree.putSymlink("/srv/current", "/srv/elsewhere");
  host.put("/etc/systemd/system/api.service", "[Service]\nType=notify\nExecStart=/bin/api\n");
  host.systemd.settle("api.service", "active");
  return host;
}

/** What a person could notice, the agent's own directory and the backups of the account tools apart. */
const noticed = (host: MemoryHost) => [
  ...ofTheHost(host).filter((line) => !/^\/etc\/\S+- /.test(line)),
  ...host.systemd.describe(),
];

const cutOff = (manifest: Manifest, options: Omit<Cut, "contents" | "host">) =>
  cutOffRun(manifest, { ...options, contents, host: prepared() });

async function isEmptyAgain(host: MemoryHost): Promise<void> {
  const { session } = await join(host);
  const { plan, pending } = await session.plan(everything(), contents);
  expect(plan?.changes.map(({ id }) => id)).toEqual([]);
  expect(pending).toBeNull();
}

describe("a run of every kind that is cut off after any of its calls", async () => {
  const before = noticed(prepared());
  const whole = await cutOff(everything(), {});
  const after = noticed(whole.host);
  const every = Array.from({ length: whole.calls }, (_none, index) => index);

  it("has something to be cut off in", () => {
    expect(before).not.toEqual(after);
    expect(every.length).toBeGreaterThan(60);
  });

  it("is as before or as wished after it was settled, and a second time changes nothing", async () => {
    for (const calls of every) {
      const { host } = await cutOff(everything(), { after: calls });
      const verdict = await settle(host, "settle");
      const now = noticed(host);
      const expected = verdict === "applied" ? after : before;
      const isDone = verdict === undefined && JSON.stringify(now) === JSON.stringify(after);
      expect(now, `cut off after ${calls}: ${verdict}`).toEqual(isDone ? after : expected);
      expect(await settle(host, "settle"), `cut off after ${calls}`).toBeUndefined();
      expect(noticed(host)).toEqual(now);
    }
  });

  it("has accounts that were half made when they were cut off made whole when it is finished", async () => {
    let torn = 0;
    for (const calls of every) {
      const { host } = await cutOff(everything(), { after: calls, onFailure: "stop" });
      const group = /^deploy:[^\n]*\n/m.exec(host.text("/etc/group") ?? "")?.[0];
      const isDone = host
        .text(`${runOf(ROOT, RUN)}/journal.jsonl`)
        ?.includes('"done","id":"account:deploy"');
      if (group === undefined || isDone === true) continue;
      torn++;
      host.put("/etc/group", host.text("/etc/group")!.replace(group, ""));
      expect(await settle(host, "finish"), `cut off after ${calls}`).toBe("applied");
      expect(noticed(host), `cut off after ${calls}`).toEqual(after);
    }
    expect(torn).toBeGreaterThan(0);
  });

  it("is as wished after it was finished, or as before when it had not begun", async () => {
    for (const calls of every) {
      const { host } = await cutOff(everything(), { after: calls, onFailure: "stop" });
      const verdict = await settle(host, "finish");
      expect(["applied", "failed", undefined], `cut off after ${calls}`).toContain(verdict);
      if (verdict === "applied") {
        expect(noticed(host), `cut off after ${calls}`).toEqual(after);
        await isEmptyAgain(host);
      }
    }
  });

  it("can be cut off again while it is settled, after any call", async () => {
    const { host: settled } = await cutOff(everything(), { after: every.length - 20 });
    const total = settled.calls;
    await settle(settled, "settle");
    const calls = settled.calls - total;
    for (let again = 0; again < calls; again++) {
      const { host } = await cutOff(everything(), { after: every.length - 20 });
      host.faultAfter(again);
      await settle(host, "settle").catch(ignore);
      host.revive();
      const verdict = await settle(host, "settle");
      const now = JSON.stringify(noticed(host));
      expect(noticed(host), `${again}: ${verdict}`).toEqual(
        now === JSON.stringify(after) ? after : before,
      );
    }
  });
});

it("what is cut off is told of, and a push of the same afterwards makes all of it", async () => {
  const { host } = await cutOff(everything(), {
    after: Math.floor(((await cutOff(everything(), {})).calls * 2) / 3),
  });
  const { session } = await join(host);
  const { plan, pending, diagnostics } = await session.plan(everything(), contents);
  expect(pending).toMatchObject({ run: RUN, state: "cut-off", onFailure: "rollback" });
  expect(diagnostics).toMatchObject([{ code: "HK4007", severity: "warning" }]);
  // Whoever pushes a plan that was made while it was cut off: it is taken back first, and the plan does not fit any more.
  const { outcome } = await session.apply(plan!, {
    contents,
    onFailure: "rollback",
    wait: 0,
    onEvent: ignore,
  });
  expect(outcome.verdict).toBe("stale");
  expect(noticed(host)).toEqual(noticed(prepared()));
});
