import { describe, expect, it, vi } from "vitest";
import { ledgerPath } from "../../agent/ledger/ledger-file.ts";
import type { Manifest } from "../../shared/manifest.ts";
import { declare } from "../support/declare.ts";
import { MemoryHost } from "../support/memory-host/memory-host.ts";
import { cutOffRun, settle } from "./cut-off.ts";
import { contentsOf, join, manifestOf, ofTheHost, ROOT } from "./joined.ts";

/** A run that removes and restarts, and is cut off after any call it makes: host and ledger are as before, or as wished. */

// Some hundred runs each.
vi.setConfig({ testTimeout: 120_000 });

const contents = contentsOf("one\n", "two\n", "gone\n", "");
const ignore = () => undefined;

const notify = (exec: string) => ({ Type: "notify", ExecStart: exec });
const stays = (text: string) => [
  declare.file("/etc/api.conf", { text }),
  declare.unit("api.service", { service: notify("/bin/api /etc/api.conf"), active: true }),
];
const first = manifestOf(
  { ...declare.group("web", { gid: 4100 }), onRemove: "delete" },
  { ...declare.account("deploy", { uid: 4200, groups: ["web", "adm"] }), onRemove: "delete" },
  declare.directory("/srv/app", { mode: 0o750 }),
  declare.file("/srv/app/deep/er", { text: "gone\n", owner: "deploy" }),
  declare.symlink("/srv/current", { to: "/srv/app" }),
  declare.unit("old.service", {
    service: { ...notify("/bin/old"), User: "deploy" },
    install: { WantedBy: "multi-user.target" },
    enabled: true,
    active: true,
  }),
  declare.group("kept", { gid: 4300 }),
  ...stays("one\n"),
);
const second = manifestOf(...stays("two\n"));

async function push(host: MemoryHost, manifest: Manifest) {
  const { session } = await join(host);
  const { plan } = await session.plan(manifest, contents);
  const { outcome } = await session.apply(plan!, {
    contents,
    onFailure: "rollback",
    wait: 0,
    onEvent: ignore,
  });
  await session.close();
  return { changes: plan!.changes, outcome };
}

async function takeBack(host: MemoryHost): Promise<void> {
  const { session } = await join(host);
  const { plan } = await session.planRollback(null);
  const how = { contents, onFailure: "rollback", wait: 0, onEvent: ignore } as const;
  const { outcome } = await session.apply(plan!, how);
  expect(outcome.verdict).toBe("applied");
  await session.close();
}

async function prepared(): Promise<MemoryHost> {
  const host = new MemoryHost();
  await push(host, first);
  return host;
}

const noticed = (host: MemoryHost) => [
  ...ofTheHost(host).filter((line) => !/^\/etc\/\S+- /.test(line)),
  ...host.systemd.describe(),
];
/** Without which run it was. */
const ledgerOf = (host: MemoryHost) =>
  (host.text(ledgerPath(ROOT)) ?? "").replaceAll(/"run":"[^"]*"/g, "");
/** What the ledger has, whatever it says of it: what a run declared stays declared when the run is taken back. */
const ownedOn = (host: MemoryHost): string[] => {
  const { resources } = JSON.parse(host.text(ledgerPath(ROOT)) ?? "{}") as { resources: object };
  return Object.keys(resources).toSorted();
};

describe("a run that removes and restarts, cut off after any of its calls", async () => {
  const untouched = await prepared();
  const before = { host: noticed(untouched), ledger: ledgerOf(untouched) };
  const whole = await cutOffRun(second, { host: await prepared(), contents });
  const after = { host: noticed(whole.host), ledger: ledgerOf(whole.host) };
  const every = Array.from({ length: whole.calls }, (_none, index) => index);
  const now = (host: MemoryHost) => ({ host: noticed(host), ledger: ledgerOf(host) });

  it("has something to be cut off in", () => {
    expect(after.host).not.toEqual(before.host);
    expect(after.ledger).not.toContain("deploy");
    expect(after.ledger).toContain("unit:api.service");
    expect(every.length).toBeGreaterThan(80);
  });

  it("is as before or as wished after it was settled", async () => {
    for (const calls of every) {
      const { host } = await cutOffRun(second, { host: await prepared(), contents, after: calls });
      const verdict = await settle(host, "settle");
      const isDone = JSON.stringify(noticed(host)) === JSON.stringify(after.host);
      expect(now(host), `cut off after ${calls}: ${verdict}`).toEqual(isDone ? after : before);
      expect((await push(host, second)).outcome.verdict, `cut off after ${calls}`).toBe("applied");
      expect(now(host), `cut off after ${calls}: ${verdict}`).toEqual(after);
    }
  });

  it("is as wished after it was finished, or as before when it had not begun", async () => {
    for (const calls of every) {
      const cut = { host: await prepared(), contents, after: calls, onFailure: "stop" } as const;
      const { host } = await cutOffRun(second, cut);
      const verdict = await settle(host, "finish");
      expect(["applied", "failed", undefined], `cut off after ${calls}`).toContain(verdict);
      if (verdict !== "applied") continue;
      expect(now(host), `cut off after ${calls}`).toEqual(after);
      expect((await push(host, second)).changes, `cut off after ${calls}`).toEqual([]);
    }
  });

  it("that was left as it was is as before after it was taken back, and as wished after the next push", async () => {
    for (const calls of every) {
      for (const next of ["take back", "push"] as const) {
        const what = `cut off after ${calls}, then ${next}`;
        const cut = { host: await prepared(), contents, after: calls, onFailure: "stop" } as const;
        const { host } = await cutOffRun(second, cut);
        if ((await settle(host, "settle")) !== "partial") continue;
        if (next === "take back") {
          await takeBack(host);
          expect(noticed(host), what).toEqual(before.host);
          expect(ownedOn(host), what).toEqual(ownedOn(untouched));
        }
        await push(host, second);
        expect(noticed(host), what).toEqual(after.host);
        expect(ownedOn(host), what).toEqual(ownedOn(whole.host));
        expect((await push(host, second)).changes, what).toEqual([]);
      }
    }
  });
});
