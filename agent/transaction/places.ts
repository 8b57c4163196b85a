import type { RunId } from "../../shared/run.ts";
import { type Host, HostFault, type LookingHost } from "../host/host.ts";

/**
 * Where a run is kept, below the agent's own directory. What is asked for waits in `spool`; what began is in `runs`, and has
 * a mark in `open` until it came to an end.
 */
export interface Root {
  readonly host: Host;
  /** The agent's own directory. */
  readonly root: string;
}

/** The same for whoever only looks. */
export interface LookingRoot {
  readonly host: LookingHost;
  readonly root: string;
}

/** Held by whoever changes the host, or what is known of it. */
export const lockOf = (root: string) => `${root}/lock`;
/** What digests are keyed with, and what is generated is made of. */
export const keyOf = (root: string) => `${root}/key`;
/** Which artifacts took effect. */
export const artifactsOf = (root: string) => `${root}/artifacts.jsonl`;
export const spoolOf = (root: string, run: string) => `${root}/spool/${run}`;
/** What no disk may have, and a reboot clears; see file-hierarchy(7). */
export const MEMORY = "/run";
export const memoryOf = (run: string) => `${MEMORY}/hostkit-${run}`;
export const runsOf = (root: string) => `${root}/runs`;
export const runOf = (root: string, run: string) => `${root}/runs/${run}`;
export const openOf = (root: string) => `${root}/open`;
export const markOf = (root: string, run: string) => `${root}/open/${run}`;

/** Readable by nobody but the agent's user. */
const PRIVATE_DIRECTORY = 0o700;
const PRIVATE_FILE = 0o600;

export async function ensureDirectories(host: Host, paths: readonly string[]): Promise<void> {
  const entries = await host.inspect(paths, { digest: false });
  for (const [index, path] of paths.entries()) {
    if (entries[index]?.type === "directory") continue;
    try {
      await host.makeDirectory(path, { uid: host.uid, gid: -1, mode: PRIVATE_DIRECTORY });
    } catch (error) {
      if (!(error instanceof HostFault) || error.code !== "EEXIST") throw error;
    }
  }
}

/** Writes a file of the agent's own, or replaces it in one step. */
export function writePrivate(
  host: Host,
  path: string,
  content: AsyncIterable<Uint8Array>,
): Promise<void> {
  const metadata = { uid: host.uid, gid: -1, mode: PRIVATE_FILE };
  return host.writeFile(path, content, metadata, { over: "anything" });
}

/** The directory of a run, wherever it is by now; `undefined` where there is no such run. */
export async function findDirectory({ host, root }: Root, run: RunId): Promise<string | undefined> {
  const places = [runOf(root, run), spoolOf(root, run)];
  const entries = await host.inspect(places, { digest: false });
  return places.find((_place, index) => entries[index]?.type === "directory");
}
