import { type Diagnostic, HostKitError } from "../../shared/diagnostic.ts";
import { HostFault, type LookingHost } from "../host/host.ts";
import { bytesOf } from "../host/bytes-of.ts";
import { type LookingRoot, type Root, writePrivate } from "../transaction/places.ts";
import { EMPTY, type Ledger, parseLedger, renderLedger } from "./ledger.ts";

/** Bytes; ten thousand resources are far below. */
const LIMIT = 64 * 1024 * 1024;

export const ledgerPath = (root: string): string => `${root}/ledger.json`;

/** The ledger of the host; empty where none was ever written. What can't be understood is refused, never guessed. */
export async function readLedger({ host, root }: LookingRoot): Promise<Ledger> {
  const path = ledgerPath(root);
  const bytes = await readBytes(host, path);
  if (bytes === null) return EMPTY;
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw refused(path, "it is not text");
  }
  const parsed = parseLedger(text);
  if ("ledger" in parsed) return parsed.ledger;
  if (parsed.newer === true) {
    throw new HostKitError({
      ...problem("HK4051", "The ledger was written by a newer HostKit."),
      detail: `${path}: ${parsed.fault}. What it says of ownership must not be lost, so nothing was planned or changed. Use the hostkit that wrote it, or a newer one.`,
    });
  }
  throw refused(path, parsed.fault);
}

async function readBytes(host: LookingHost, path: string): Promise<Uint8Array | null> {
  try {
    const [bytes = null] = await host.readFiles([path], { limit: LIMIT });
    if (bytes !== null) return bytes;
    const [entry] = await host.inspect([path], { digest: false });
    if (entry?.type === "absent") return null;
    throw refused(
      path,
      entry?.type === "file" ? `it is larger than ${LIMIT} bytes` : "it is no file",
    );
  } catch (error) {
    if (!(error instanceof HostFault)) throw error;
    throw refused(path, error.message);
  }
}

/** Replaces the ledger in one step; its name is on disk after the next flush of the host. */
export async function writeLedger({ host, root }: Root, ledger: Ledger): Promise<void> {
  await writePrivate(host, ledgerPath(root), bytesOf(renderLedger(ledger)));
}

const problem = (code: Diagnostic["code"], summary: string) =>
  ({ severity: "error", side: "host", code, summary }) as const;

function refused(path: string, why: string): HostKitError {
  return new HostKitError({
    ...problem("HK4050", "The ledger can't be read."),
    detail: `${path} tells what HostKit owns on this host, and ${why}. It was left as it is, and nothing was planned or changed. Repair it, or put a copy from a backup in its place. To begin with an empty one, move it away: then nothing that was made so far will be removed when it is no longer declared.`,
  });
}
