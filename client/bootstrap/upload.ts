import { open } from "node:fs/promises";

import type { Exec } from "../transport/transport.ts";
import type { AgentArtifact } from "./artifact.ts";
import { bootstrapFailure } from "./bootstrap-failure.ts";

const WRITE_SIZE = 64 * 1024;
/** For one write: 64 KiB take 2 s on the slowest line worth supporting, so this means that nothing moves at all. */
const STALL_MS = 120_000;

export interface Upload {
  readonly exec: Exec;
  readonly artifact: AgentArtifact;
  readonly signal: AbortSignal;
  readonly onProgress: (bytes: number) => void;
}

/** Sends exactly the stated number of bytes and not one more; `stopped` when the command ended before it had them all. */
export async function upload({
  exec,
  artifact,
  signal,
  onProgress,
}: Upload): Promise<"sent" | "stopped"> {
  const file = await open(artifact.path, "r");
  try {
    let sent = 0;
    while (sent < artifact.compressedSize) {
      signal.throwIfAborted();
      const want = Math.min(WRITE_SIZE, artifact.compressedSize - sent);
      // A new buffer each time: the previous one may still wait in the socket's queue.
      const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(want), 0, want, sent);
      if (bytesRead === 0)
        throw bootstrapFailure(
          "HK2120",
          `${artifact.path} ends after ${sent} of ${artifact.compressedSize} bytes: it was changed meanwhile. Try again.`,
        );
      if ((await write(exec, buffer.subarray(0, bytesRead))) === "stopped") return "stopped";
      sent += bytesRead;
      onProgress(sent);
    }
    return "sent";
  } finally {
    await file.close();
  }
}

async function write(exec: Exec, chunk: Buffer): Promise<"written" | "stopped"> {
  let timer: NodeJS.Timeout | undefined;
  const written = new Promise<"written" | "stopped">((resolve, reject) => {
    timer = setTimeout(
      () =>
        reject(
          bootstrapFailure(
            "HK2120",
            `The host took no data for ${STALL_MS / 1000} s, though the connection lives. Its disk may hang.`,
          ),
        ),
      STALL_MS,
    );
    exec.stdin.write(chunk, (error) => resolve(error ? "stopped" : "written"));
  });
  try {
    return await Promise.race([written, exec.exit.then(() => "stopped" as const)]);
  } finally {
    clearTimeout(timer);
  }
}
