import { type Diagnostic, HostKitError } from "../shared/diagnostic.ts";
import { type Examination, NEEDED_PROGRAMS, USEFUL_PROGRAMS } from "../shared/examination.ts";
import { HostFault, type LookingHost } from "./host/host.ts";
import { PROGRAM_DIRECTORIES } from "./host/run.ts";
import { readSpace } from "./host/space.ts";
import { readSystemState } from "./host/systemctl.ts";
import { keyLost } from "./key-lost.ts";
import { readLedger } from "./ledger/ledger-file.ts";
import { describePending, findPending, type IsAlive } from "./transaction/pending.ts";
import type { LookingRoot } from "./transaction/places.ts";

export interface Examining extends LookingRoot {
  readonly machineId: string;
  readonly isAlive: IsAlive;
}

/** Whether the host can be worked on, as far as a look tells. What is wrong with one part keeps nobody from the others. */
export async function examine(examining: Examining): Promise<Examination> {
  const { host, root } = examining;
  const ledger = await attempt(() => readLedger(examining));
  const key = await attempt(async () => host.hasKey());
  const lost = "problem" in key || "problem" in ledger ? [] : keyLost(ledger.value, host);
  return {
    systemd: await readSystemState(host),
    missing: await missingPrograms(host),
    noViews: await whyNoViews(host),
    space: readSpace(root),
    ledger: "problem" in ledger ? ledger : { resources: ledger.value.resources.size },
    key:
      "problem" in key ? key : lost[0] === undefined ? { made: key.value } : { problem: lost[0] },
    runs: await runsIn(examining),
  };
}

async function attempt<Value>(
  look: () => Promise<Value>,
): Promise<{ readonly value: Value } | { readonly problem: Diagnostic }> {
  try {
    return { value: await look() };
  } catch (error) {
    const [problem] = error instanceof HostKitError ? error.diagnostics : [];
    if (problem === undefined) throw error;
    return { problem };
  }
}

async function missingPrograms(host: LookingHost): Promise<Examination["missing"]> {
  const programs = [...NEEDED_PROGRAMS, ...USEFUL_PROGRAMS];
  const places = programs.flatMap((name) => PROGRAM_DIRECTORIES.map((each) => `${each}/${name}`));
  const entries = await host.inspect(places, { digest: false });
  const there = new Set(places.filter((_place, index) => entries[index]?.type !== "absent"));
  return programs.filter(
    (name) => !PROGRAM_DIRECTORIES.some((each) => there.has(`${each}/${name}`)),
  );
}

/** Milliseconds. */
const VIEW_TIMEOUT = 5000;

async function whyNoViews(host: LookingHost): Promise<string | null> {
  try {
    const { status, stderr } = await host.run(["unshare", "--mount", "--pid", "--fork", "true"], {
      timeout: VIEW_TIMEOUT,
    });
    return status === 0 ? null : stderr.trim().split("\n")[0] || `unshare ended with ${status}`;
  } catch (error) {
    if (!(error instanceof HostFault)) throw error;
    return `unshare(1) of util-linux could not be run (${error.code})`;
  }
}

async function runsIn({ host, root, machineId, isAlive }: Examining): Promise<Diagnostic[]> {
  const found = await attempt(() => findPending({ host, root }, isAlive));
  if ("problem" in found) return [found.problem];
  const { value: pending } = found;
  if (pending === undefined) return [];
  const told = await attempt(() => describePending({ host, root, machineId }, pending));
  return ["problem" in told ? told.problem : told.value];
}
