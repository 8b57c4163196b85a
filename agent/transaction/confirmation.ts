import { HostKitError } from "../../shared/diagnostic.ts";
import type { RunId } from "../../shared/run.ts";
import { type Host, HostFault } from "../host/host.ts";
import { type Root, runOf } from "./places.ts";

/**
 * A run that could lock its operator out waits, when all is done, for a word over a new connection. What decides is which of
 * two renames of one file comes first: to `confirmed`, or to `refused`. rename(2) lets one of them win, whoever asks, in
 * whatever process, before a reboot or after it.
 */
export type Decision = "awaiting" | "confirmed" | "refused" | "none";

const fileOf = (directory: string, state: Exclude<Decision, "none" | "awaiting"> | "await") =>
  `${directory}/${state}`;

/** Everything is done and looks right; from here on the word is waited for. */
export async function beginAwaiting(host: Host, directory: string): Promise<void> {
  await host.appendText(fileOf(directory, "await"), "", { sync: true });
  await host.flush();
}

export async function readDecision(host: Host, directory: string): Promise<Decision> {
  const [confirmed, refused, awaiting] = await host.inspect(
    [fileOf(directory, "confirmed"), fileOf(directory, "refused"), fileOf(directory, "await")],
    { digest: false },
  );
  if (confirmed?.type === "file") return "confirmed";
  if (refused?.type === "file") return "refused";
  return awaiting?.type === "file" ? "awaiting" : "none";
}

/** Decides, unless it was decided already; tells what was. On disk when it returns. */
export async function decide(
  host: Host,
  directory: string,
  wanted: "confirmed" | "refused",
): Promise<Decision> {
  try {
    await host.rename(fileOf(directory, "await"), fileOf(directory, wanted));
    await host.flush();
  } catch (error) {
    if (!(error instanceof HostFault) || error.code !== "ENOENT") throw error;
  }
  return readDecision(host, directory);
}

/** The word of an operator who came in over a new connection. */
export async function confirmRun(at: Root, run: RunId): Promise<void> {
  const decision = await decide(at.host, runOf(at.root, run), "confirmed");
  if (decision === "confirmed") return;
  throw new HostKitError({
    severity: "error",
    side: "host",
    code: "HK4060",
    summary: "The run does not wait for a confirmation.",
    detail:
      decision === "refused"
        ? `The time to confirm the run ${run} is over: it is being taken back, or was.`
        : `The run ${run} has not come so far, has ended, or never needed one. \`hostkit runs --run ${run}\` tells.`,
  });
}
