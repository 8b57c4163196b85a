import { expect, it } from "vitest";
import { declare } from "../support/declare.ts";
import { MemoryHost } from "../support/memory-host/memory-host.ts";
import { cutOffRun } from "./cut-off.ts";
import { contentsOf, join, manifestOf } from "./joined.ts";

/** What an agent tells of its host, and that one thing that is wrong hides nothing else. */

const LEDGER = "/var/lib/hostkit/ledger.json";
const contents = contentsOf("a\n");
const manifest = manifestOf(declare.file("/srv/a", { text: "a\n" }));

async function examine(host: MemoryHost) {
  const before = host.digest();
  const { session } = await join(host);
  const found = await session.examine();
  expect(host.digest()).toBe(before);
  return found;
}

it("a bare host has nothing managed and no key, and gets neither", async () => {
  const host = new MemoryHost();
  const found = await examine(host);
  expect(found).toMatchObject({ ledger: { resources: 0 }, key: { made: false }, runs: [] });
  expect(found.space.free).toBeGreaterThan(0);
  expect(host.hasKey()).toBe(false);
});

it("programs that are nowhere in the usual directories are missing", async () => {
  const host = new MemoryHost();
  for (const name of ["flock", "cp", "systemctl", "unshare", "mount"])
    host.put(`/usr/bin/${name}`, "");
  expect((await examine(host)).missing).toEqual(["systemd-analyze"]);
});

it("a ledger that can't be read and a run that was cut off are both told", async () => {
  const host = new MemoryHost();
  await cutOffRun(manifest, { host, contents, after: 30 });
  host.put(LEDGER, "{");
  const found = await examine(host);
  expect(found.ledger).toMatchObject({ problem: { code: "HK4050" } });
  expect(found.runs).toMatchObject([{ code: "HK4007" }]);
});
