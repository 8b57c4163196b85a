import { expect, it, vi } from "vitest";
import type { MemoryHost } from "../support/memory-host/memory-host.ts";
import { join } from "./joined.ts";
import { contents, createRandom, type Random, randomHost, wideManifest } from "./random-plans.ts";
import { broken, everything, unannounced } from "./truth.ts";

/** Whatever is declared on whatever host: a plan changes nothing, what it says comes true, and nothing else happens. */

vi.setConfig({ testTimeout: 60_000 });

const SEEDS = Number(process.env["HOSTKIT_RUNS"] ?? 100);

/** Plans and applies one manifest after the other, as one project does. */
async function holds(host: MemoryHost, random: Random): Promise<void> {
  for (const round of [1, 2, 3]) {
    const manifest = wideManifest(random);
    const { session } = await join(host);
    const [untouched, before] = [host.digest(), everything(host)];
    const { plan, diagnostics } = await session.plan(manifest, contents);
    expect(host.digest(), `round ${round}: planning changes nothing`).toBe(untouched);
    if (plan === null) {
      // A host that can't be made so says why, before anything is changed.
      expect(diagnostics.filter(({ severity }) => severity === "error")).not.toEqual([]);
      await session.close();
      continue;
    }
    const ended = await session.apply(plan, {
      contents,
      onFailure: "rollback",
      wait: 0,
      onEvent: () => undefined,
    });
    const told = { round, diagnostics: ended.diagnostics };
    expect({ ...told, verdict: ended.outcome.verdict }).toEqual({ ...told, verdict: "applied" });
    expect(await broken(plan, host), `round ${round}`).toEqual([]);
    expect(unannounced(plan, { before, after: everything(host) }), `round ${round}`).toEqual([]);
    const second = await session.plan(manifest, contents);
    expect(second.plan?.changes, `round ${round}: a second plan`).toEqual([]);
    await session.close();
  }
}

it.each(Array.from({ length: SEEDS }, (_none, seed) => seed))("seed %i", async (seed) => {
  const random = createRandom(seed);
  await holds(randomHost(random), random);
});
