import { expect, it, vi } from "vitest";
import { cutOffRun, settle } from "./cut-off.ts";
import { noticed as allNoticed, takeBack } from "./everything.ts";
import type { MemoryHost } from "../support/memory-host/memory-host.ts";
import { join } from "./joined.ts";
import { contents, createRandom, randomHost, randomManifest } from "./random-plans.ts";

/** Whatever is declared on whatever host, and whenever it is cut off: it is as before, as wished, or one command away. */

vi.setConfig({ testTimeout: 60_000 });

const SEEDS = 80;

/** In which order a group lists its members says nothing, and usermod puts whoever comes back last. */
const noticed = (host: MemoryHost) =>
  allNoticed(host).map((line) =>
    line.startsWith("/etc/group ")
      ? line.replaceAll(/:(\w+(?:,\w+)+)(?=\\n)/g, (_all, members: string) => {
          return `:${members.split(",").toSorted().join(",")}`;
        })
      : line,
  );

/** The same host, with the same run before, as often as it is asked for. */
async function scene(seed: number) {
  const random = createRandom(seed);
  const host = randomHost(random);
  const { session } = await join(host);
  const { plan } = await session.plan(randomManifest(random), contents);
  const how = { contents, onFailure: "rollback", wait: 0, onEvent: () => undefined } as const;
  if (plan !== null && plan.changes.length > 0) {
    const { outcome } = await session.apply(plan, how);
    expect(outcome.verdict).toBe("applied");
  }
  await session.close();
  return { host, manifest: randomManifest(random), random };
}

it.each(Array.from({ length: SEEDS }, (_none, seed) => seed))("plan %i", async (seed) => {
  const whole = await scene(seed);
  const before = noticed(whole.host);
  const { calls } = await cutOffRun(whole.manifest, { host: whole.host, contents });
  const after = noticed(whole.host);
  const wanted = new Set([JSON.stringify(before), JSON.stringify(after)]);
  const cut = whole.random.below(calls);
  const where = `cut off after ${cut} of ${calls}`;

  const settled = await scene(seed);
  await cutOffRun(settled.manifest, { host: settled.host, contents, after: cut });
  const verdict = await settle(settled.host, "settle");
  if (verdict === "rolled-back") expect(noticed(settled.host), where).toEqual(before);
  else if (verdict === "applied") expect(noticed(settled.host), where).toEqual(after);
  else expect(wanted, `${where}: ${verdict}`).toContain(JSON.stringify(noticed(settled.host)));

  const finished = await scene(seed);
  const half = { host: finished.host, contents, after: cut, onFailure: "stop" } as const;
  await cutOffRun(finished.manifest, half);
  const end = await settle(finished.host, "finish");
  if (end === "applied") expect(noticed(finished.host), where).toEqual(after);
  else expect(["failed", undefined], where).toContain(end);

  // Of a run that made nothing there is nothing to take back but the one before.
  if (end !== "applied" || JSON.stringify(before) === JSON.stringify(after)) return;
  const { ended } = await takeBack(finished.host);
  expect(ended?.diagnostics, where).toEqual([]);
  expect(noticed(finished.host), where).toEqual(before);
});
