import { expect, it } from "vitest";
import { ledgerPath } from "../../agent/ledger/ledger-file.ts";
import type { Manifest } from "../../shared/manifest.ts";
import { declare } from "../support/declare.ts";
import { MemoryHost } from "../support/memory-host/memory-host.ts";
import { contentsOf, join, manifestOf, ofTheHost, ROOT } from "./joined.ts";

/** A run that removed and restarted is taken back by another: what was removed is there again, and HostKit's. */

const contents = contentsOf("one\n", "two\n", "gone\n");
const conf = (text: string) => declare.file("/etc/api.conf", { text });
const unit = (name: string, exec: string) =>
  declare.unit(name, { service: { Type: "notify", ExecStart: exec }, active: true });
const api = unit("api.service", "/bin/api /etc/api.conf");
const first = manifestOf(
  conf("one\n"),
  api,
  declare.file("/srv/deep/gone", { text: "gone\n" }),
  { ...declare.account("ann", { uid: 2000 }), onRemove: "delete" },
  unit("old.service", "/bin/old"),
);
const second = manifestOf(conf("two\n"), api, unit("new.service", "/bin/new"));

const noticed = (host: MemoryHost) => [
  ...ofTheHost(host).filter((line) => !/^\/etc\/\S+- /.test(line)),
  ...host.systemd.describe(),
];
const owned = (host: MemoryHost) =>
  Object.entries(
    (
      JSON.parse(host.text(ledgerPath(ROOT)) ?? "{}") as {
        resources: Record<string, { origin: string }>;
      }
    ).resources,
  )
    .map(([id, { origin }]) => `${origin} ${id}`)
    .toSorted();

const applied = { contents, onFailure: "rollback", wait: 0, onEvent: () => undefined } as const;

async function push(host: MemoryHost, manifest: Manifest) {
  const { session } = await join(host);
  const { plan } = await session.plan(manifest, contents);
  const { outcome } = await session.apply(plan!, applied);
  expect(outcome.verdict).toBe("applied");
  return plan!.changes;
}

it("what a run removed is there again, runs again, and belongs to HostKit again", async () => {
  const host = new MemoryHost();
  await push(host, first);
  const before = { noticed: noticed(host), owned: owned(host) };
  await push(host, second);
  expect(owned(host)).not.toEqual(before.owned);
  const { session } = await join(host);
  const { plan } = await session.planRollback(null);
  expect(plan?.changes.map(({ id, action }) => `${action} ${id}`).toSorted()).toEqual([
    "create account:ann",
    "create directory:/srv/deep",
    "create file:/srv/deep/gone",
    "create unit:old.service",
    "delete unit:new.service",
    "restart unit:api.service",
    "update file:/etc/api.conf",
  ]);
  host.systemd.jobs.length = 0;
  const { outcome } = await session.apply(plan!, applied);
  expect(outcome.verdict).toBe("applied");
  expect(noticed(host)).toEqual(before.noticed);
  expect(owned(host)).toEqual(before.owned);
  expect(host.systemd.jobs.filter((job) => job.startsWith("restart"))).toContain(
    "restart api.service",
  );
  expect(await push(host, first)).toEqual([]);
  expect((await push(host, second)).length).toBeGreaterThan(0);
});
