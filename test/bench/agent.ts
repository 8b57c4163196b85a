import { chmodSync, closeSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { loadArtifacts } from "../../client/bootstrap/artifacts.ts";
import { openSession } from "../../client/open-session.ts";
import type { Session } from "../../client/session.ts";
import { magicLine } from "../../shared/protocol/handshake.ts";

/** The agent of this machine's own kind as a child process, so that its start and its memory can be looked at. */
export interface StartedAgent {
  readonly session: Session;
  /** Milliseconds from the start of the process to its hello. */
  readonly start: number;
  /** The most memory it ever held, in bytes: VmHWM of proc(5). */
  peakMemory(): number;
}

/**
 * Unpacks the x64 agent into a directory with the tool a bootstrap uses: in how large pieces a file was written decides how
 * much of it the kernel maps at once, and so how much memory a process seems to hold.
 */
export async function unpackAgent(directory: string): Promise<string> {
  const artifact = (await loadArtifacts(resolve("dist/agent"))).find(
    (a) => a.target === "linux-x64",
  );
  if (artifact === undefined) throw new Error("the x64 agent is not built: run npm run build");
  const path = join(directory, artifact.agentId, "hostkit-agent");
  mkdirSync(join(directory, artifact.agentId), { recursive: true });
  const file = openSync(path, "w");
  const { status } = spawnSync("gzip", ["-dc", artifact.path], {
    stdio: ["ignore", file, "inherit"],
  });
  closeSync(file);
  if (status !== 0) throw new Error(`gzip ended with ${status}`);
  chmodSync(path, 0o755);
  return path;
}

export async function startAgent(path: string, root: string): Promise<StartedAgent> {
  const nonce = randomBytes(16).toString("hex");
  const begun = performance.now();
  const child = spawn(path, ["serve", "--nonce", nonce, "--root", root], {
    stdio: ["ignore", "ignore", "inherit", "pipe", "pipe"],
    env: {},
  });
  const input = child.stdio[3] as NodeJS.WritableStream;
  const output = (child.stdio[4] as NodeJS.ReadableStream)[Symbol.asyncIterator]();
  const magic = magicLine(nonce);
  let head = Buffer.alloc(0);
  while (!head.includes(magic)) {
    const next = await output.next();
    if (next.done === true) throw new Error("the agent ended before its first line");
    head = Buffer.concat([head, next.value as Buffer]);
  }
  const rest = head.subarray(head.indexOf(magic) + magic.length);
  async function* readable(): AsyncGenerator<Uint8Array> {
    if (rest.length > 0) yield rest;
    for (;;) {
      const next = await output.next();
      if (next.done === true) return;
      yield next.value as Buffer;
    }
  }
  const session = await openSession(
    {
      readable: readable(),
      write: (bytes) =>
        new Promise((done, fail) => {
          input.write(bytes, (error) => (error == null ? done() : fail(error)));
        }),
    },
    {
      label: "bench",
      reason: () => Promise.resolve("The agent ended."),
      close: () =>
        new Promise((done) => {
          child.once("exit", () => done());
          input.end();
        }),
    },
  );
  return {
    session,
    start: performance.now() - begun,
    peakMemory: () => {
      const status = readFileSync(`/proc/${child.pid}/status`, "utf8");
      return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) * 1024;
    },
  };
}
