import { expect, it } from "vitest";
import { makePlan } from "../../../agent/plan.ts";
import { SecretValues } from "../../../agent/secrets/secret-values.ts";
import { spoolOf } from "../../../agent/transaction/places.ts";
import { readRequest, submitRun } from "../../../agent/transaction/request.ts";
import type { Digest } from "../../../shared/brands.ts";
import { runId } from "../../../shared/run.ts";
import { manifestOf } from "../../flow/joined.ts";
import { declare } from "../../support/declare.ts";
import { MemoryHost } from "../../support/memory-host/memory-host.ts";

const ROOT = "/var/lib/hostkit";
const RUN = runId(new Date("2026-01-02T03:04:05Z"), 1);
const DIRECTORY = spoolOf(ROOT, RUN);

async function submitted() {
  const host = new MemoryHost();
  const declared = manifestOf(
    declare.directory("/srv/a", {}),
    declare.account("web", { system: true }),
    declare.unit("a.service", { service: { ExecStart: "/bin/true" }, active: true }),
  );
  const { plan } = await makePlan(declared, {
    host,
    root: ROOT,
    identity: { machineId: "memory-machine" },
    login: "root",
    texts: async () => new Map(),
    secrets: new SecretValues(host),
  });
  if (plan === null) throw new Error("no plan");
  const contents = {
    open: () => {
      throw new Error("nothing has contents");
    },
  };
  const asked = { run: RUN, by: "tester", onFailure: "rollback", confirmWithin: 0 } as const;
  const requested = { ...asked, plan, manifest: declared, contents };
  return { host, written: await submitRun({ host, root: ROOT }, requested) };
}

/** As somebody with an editor would. */
function edit(host: MemoryHost, name: string, from: string, to: string): void {
  const path = `${DIRECTORY}/${name}`;
  const text = host.text(path) ?? "";
  expect(text).toContain(from);
  host.put(path, text.replace(from, to));
}

it("is the same, checked or known to be what was written", async () => {
  const { host, written } = await submitted();
  const { plan, manifest } = await readRequest({ host }, DIRECTORY);
  expect(await readRequest({ host }, DIRECTORY, written)).toMatchObject({ plan, manifest });
});

it.each(["plan.json", "manifest.json"])("is checked where %s is another by then", async (name) => {
  const { host, written } = await submitted();
  edit(host, name, '"version": 1', '"version": 7');
  const reading = readRequest({ host }, DIRECTORY, written);
  await expect(reading).rejects.toMatchObject({ diagnostics: [{ code: "HK4040" }] });
});

it("is checked where nobody says what was written, or something else", async () => {
  const { host } = await submitted();
  edit(host, "plan.json", '"unchanged": 0', '"unchanged": -1');
  for (const written of [undefined, "0".repeat(64) as Digest]) {
    const reading = readRequest({ host }, DIRECTORY, written);
    await expect(reading).rejects.toMatchObject({ diagnostics: [{ code: "HK4040" }] });
  }
});
