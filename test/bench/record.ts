import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { execute } from "../../agent/executor/execute.ts";
import { readIdentity } from "../../agent/host/facts.ts";
import type { Host } from "../../agent/host/host.ts";
import { SecretValues } from "../../agent/secrets/secret-values.ts";
import { createLinuxHost } from "../../agent/host/linux.ts";
import { makePlan } from "../../agent/plan.ts";
import { createRunLock } from "../../agent/run-lock.ts";
import { runOf } from "../../agent/transaction/places.ts";
import { submitRun } from "../../agent/transaction/request.ts";
import { readOutcome } from "../../agent/transaction/run.ts";
import type { Contents } from "../../client/session.ts";
import type { Manifest } from "../../shared/manifest.ts";
import { runId } from "../../shared/run.ts";

/** On a disk also where /tmp is memory: file-hierarchy(7). */
const ON_DISK = "/var/tmp";

/**
 * At most what being recorded costs a run, in milliseconds: all until its first change (the request on disk, and read again; a
 * look at everything; kept files, intents), what is appended and read back meanwhile, as if nothing else could go on, and all
 * after the last look at the host (ledger, outcome). No connection and no start of a process is in it.
 *
 * Measured in a process of its own, as every run has one: in one that ran before, the same code is several times as fast.
 */
export async function costOfRecord(): Promise<number> {
  const child = fork(new URL("record-once.ts", import.meta.url));
  const told = once(child, "message", { signal: AbortSignal.timeout(60_000) });
  const [cost] = (await told) as [number];
  return cost;
}

/** A first apply on this machine, below a directory of its own. `load` compiles a declaration for it. */
export async function measureRecord(
  load: (directory: string) => Promise<{ manifest: Manifest; contents: Contents }>,
): Promise<number> {
  const scratch = mkdtempSync(join(ON_DISK, "hostkit-bench-"));
  try {
    const { manifest, contents } = await load(join(scratch, "host"));
    return await timed(manifest, { contents, root: join(scratch, "state") });
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function timed(
  manifest: Manifest,
  { contents, root }: { contents: Contents; root: string },
): Promise<number> {
  const { machineId, bootId } = readIdentity();
  const plain = createLinuxHost();
  const identity = { machineId };
  const { plan } = await makePlan(manifest, {
    root,
    host: plain,
    identity,
    login: "root",
    texts: async () => new Map(),
    secrets: new SecretValues(plain),
  });
  if (plan === null) throw new Error("no plan");

  const watch = watched(plain, root);
  const { host } = watch;
  const run = runId(new Date(), 1);
  const source = { open: (ref: { sha256: string }) => contents.open(ref.sha256) };
  const asked = { by: "bench", onFailure: "rollback", confirmWithin: 60_000 } as const;
  const begun = performance.now();
  const requested = { run, ...asked, plan, manifest, contents: source };
  const written = await submitRun({ host, root }, requested);
  await execute(
    { run, goal: "apply", wait: 0, attempt: "bench", written },
    {
      host,
      root,
      machineId,
      bootId,
      agentId: "bench",
      lock: createRunLock(`${root}/lock`),
      fetchSecrets: async () => [],
      stopping: () => undefined,
    },
  );
  const ended = performance.now();
  const outcome = await readOutcome(plain, runOf(root, run));
  if (outcome?.verdict !== "applied") throw new Error(`the run ended as ${outcome?.verdict}`);
  const { first, last, meanwhile } = watch.times();
  return first - begun + meanwhile + (ended - last);
}

/** A host that takes the time of what is done to it, and of what is written about that below `root`. */
function watched(host: Host, root: string) {
  let [first, last] = [Number.NaN, Number.NaN];
  const meanwhile: { at: number; took: number }[] = [];
  /** Both are done when they return; what is waited for afterwards is the turn of others. */
  const taking = <Result>(work: () => Promise<Result>) => {
    const at = performance.now();
    const result = work();
    meanwhile.push({ at, took: performance.now() - at });
    return result;
  };
  const isOutside = (path: string) => !path.startsWith(`${root}/`) && path !== root;
  const changing = <Args extends [string, ...unknown[]]>(call: (...args: Args) => Promise<void>) =>
    (async (...args) => {
      if (isOutside(args[0])) first = Number.isNaN(first) ? performance.now() : first;
      await call(...args);
    }) satisfies typeof call;
  return {
    times: () => ({
      first,
      last,
      meanwhile: meanwhile
        .filter(({ at }) => at > first && at < last)
        .reduce((sum, { took }) => sum + took, 0),
    }),
    host: {
      ...host,
      uid: host.uid,
      writeFile: changing(host.writeFile.bind(host)),
      makeDirectory: changing(host.makeDirectory.bind(host)),
      inspect: async (paths, options) => {
        const found = await host.inspect(paths, options);
        if (paths.some(isOutside)) last = performance.now();
        return found;
      },
      appendText: (...args) => taking(() => host.appendText(...args)),
      readRange: (...args) => taking(() => host.readRange(...args)),
    } satisfies Host,
  };
}
