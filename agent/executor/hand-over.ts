import { rmSync } from "node:fs";
import { connect, createServer } from "node:net";
import { json } from "node:stream/consumers";
import { HostKitError } from "../../shared/diagnostic.ts";
import { OperatorSecret } from "../../shared/secret.ts";
import type { Task } from "./executor.ts";

/**
 * Hands the secrets of a run to its executor over a socket in the agent's own directory, which nobody else can enter: they go
 * from memory to memory, and no disk ever has them.
 */

/** Milliseconds in which an executor has to fetch them; it does so first of all. */
const PATIENCE = 130_000;
/** Bytes of the name of a socket; see unix(7). */
const LONGEST = 107;
/** Milliseconds for the answer of somebody who is there. */
const ANSWER = 10_000;

export const socketOf = (root: string, { attempt }: Pick<Task, "attempt">): string =>
  `${root}/spool/${attempt}.socket`;

/** Waits, without keeping the process alive, for the one who comes to fetch them. */
export async function offerSecrets(
  path: string,
  secrets: readonly OperatorSecret[],
): Promise<void> {
  // A longer one would be cut off without a word, and be another name.
  if (Buffer.byteLength(path) > LONGEST) throw notOffered(path, new Error("the path is too long"));
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.end(JSON.stringify(secrets));
    server.close();
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) => reject(notOffered(path, error)));
    server.listen(path, resolve);
  });
  server.on("error", () => undefined);
  server.unref();
  const timer = setTimeout(() => server.close(), PATIENCE).unref();
  server.once("close", () => {
    clearTimeout(timer);
    rmSync(path, { force: true });
  });
}

/** What was offered; nothing where nobody offers any, or not to the end. */
export async function fetchSecrets(path: string): Promise<readonly OperatorSecret[]> {
  const socket = connect(path);
  socket.setTimeout(ANSWER, () => socket.destroy(new Error("no answer")));
  try {
    return OperatorSecret.array().parse(await json(socket));
  } catch {
    // Whoever offered some may be gone. What needs one says so, before anything is changed.
    return [];
  }
}

function notOffered(path: string, error: unknown): HostKitError {
  const why = error instanceof Error ? error.message : String(error);
  return new HostKitError(
    {
      severity: "error",
      side: "agent",
      code: "HK3032",
      summary: "The secrets could not be handed to the run.",
      detail: `They go over a socket, ${path}, so that no disk has them: ${why}. Nothing was changed. A path of more than 107 characters is one cause; connect as root, or with sudo, then.`,
    },
    { cause: error },
  );
}
