import { existsSync, readdirSync, readFileSync, rmdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { controlGroupAt, killControlGroup, removeControlGroup } from "./cgroup.ts";
import { diskAt, unmountDisk } from "./disk.ts";
import { tryLock } from "./kernel-lock.ts";
import { deleteBridge, subnetAt } from "./network.ts";

/** One directory per host, named by its index; made first and removed last. */
export const stateRoot = "/run/hostkit-test-hosts";
const killLimitMs = 10_000;

export function stateDirectory(index: number): string {
  return join(stateRoot, String(index));
}

/** Held for as long as a host with this index may exist. */
export function indexLock(index: number): string {
  return `hostkit-test-host-${index}`;
}

export function controlGroupName(index: number): string {
  return `hostkit-test-host-${index}`;
}

export function machineName(index: number): string {
  return subnetAt(index).bridge;
}

/**
 * Removes all that a host leaves on this machine, as far as it exists: processes, network, mounts, directories. Synchronous,
 * because it must also work while this process ends. The caller holds the index's lock.
 */
export function removeRemains(index: number): void {
  const group = controlGroupAt(controlGroupName(index));
  const until = Date.now() + killLimitMs;
  while (killControlGroup(group)) {
    if (Date.now() > until) throw new Error(`Processes of test host ${index} survive SIGKILL.`);
    pause(5);
  }
  removeControlGroup(group);
  deleteBridge(subnetAt(index));
  unmountDisk(diskAt(stateDirectory(index)), mountPoints());
  rmSync(stateDirectory(index), { recursive: true, force: true });
  const propagation = join("/run/systemd/nspawn/propagate", machineName(index));
  if (existsSync(propagation)) rmdirSync(propagation);
}

/** Removes the hosts whose owner ended without doing so itself: their lock is free. */
export async function reapAbandonedHosts(): Promise<void> {
  if (!existsSync(stateRoot)) return;
  for (const name of readdirSync(stateRoot)) {
    if (!/^\d+$/.test(name)) continue;
    const index = Number(name);
    const held = await tryLock(indexLock(index));
    if (!held) continue;
    try {
      removeRemains(index);
    } finally {
      await held.release();
    }
  }
}

function mountPoints(): ReadonlySet<string> {
  const lines = readFileSync("/proc/self/mountinfo", "utf8").split("\n");
  return new Set(lines.map((line) => line.split(" ")[4] ?? ""));
}

function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
