import { setTimeout as sleep } from "node:timers/promises";
import type { ResourceId } from "../../shared/brands.ts";
import { HostKitError } from "../../shared/diagnostic.ts";
import { type Host, HostFault } from "../host/host.ts";

/**
 * Keeps the tools of the shadow suite out while the account databases are written, in the way they keep each other out: a
 * second link to a file that holds the number of the process, under the database's name and `.lock`. One whose process is
 * gone counts for nothing, for them and here.
 */

/** Milliseconds, as lckpwdf(3) waits, and between two tries. */
const PATIENCE = 15_000;
const PAUSE = 100;

interface Locking {
  readonly id: ResourceId;
  readonly paths: readonly string[];
}

export async function lockDatabases(
  host: Host,
  { id, paths }: Locking,
  work: () => Promise<void>,
): Promise<void> {
  const held: string[] = [];
  try {
    for (const path of paths) {
      await take(host, { id, path });
      held.push(`${path}.lock`);
    }
    await work();
  } finally {
    for (const lock of held.toReversed()) await host.removeFile(lock);
  }
}

async function take(
  host: Host,
  { id, path }: { readonly id: ResourceId; readonly path: string },
): Promise<void> {
  const own = `${path}.${process.pid}`;
  const lock = `${path}.lock`;
  await host.removeFile(own);
  await host.appendText(own, String(process.pid), { sync: false });
  try {
    for (let waited = 0; ; waited += PAUSE) {
      try {
        await host.keepFile(own, lock);
        return;
      } catch (error) {
        if (!(error instanceof HostFault) || error.code !== "EEXIST") throw error;
      }
      if (await isStale(host, lock)) await host.removeFile(lock);
      else if (waited >= PATIENCE) throw locked(id, path);
      else await sleep(PAUSE);
    }
  } finally {
    await host.removeFile(own);
  }
}

async function isStale(host: Host, lock: string): Promise<boolean> {
  const [bytes] = await host.readFiles([lock], { limit: 64 });
  const pid = new TextDecoder().decode(bytes ?? new Uint8Array()).replace(/\0$/, "");
  if (!/^\d+$/.test(pid)) return false;
  const [entry] = await host.inspect([`/proc/${pid}`], { digest: false });
  return entry?.type === "absent";
}

function locked(id: ResourceId, path: string): HostKitError {
  return new HostKitError({
    severity: "error",
    side: "host",
    code: "HK4225",
    summary: "The account databases are locked by another program.",
    detail: `${id} could not be put back, because ${path} stayed locked for ${PATIENCE / 1000} s (${path}.lock). Wait for the program that holds it, or remove the lock file if none does, then roll back again.`,
    resource: id,
  });
}
