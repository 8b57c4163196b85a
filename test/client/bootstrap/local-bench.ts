import { mkdirSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";

import type { AgentArtifact } from "../../../client/bootstrap/artifact.ts";
import { type AgentStream, dial, type DialOptions } from "../../../client/bootstrap/dial.ts";
import { createLocalTransport } from "../../../client/transport/local.ts";
import type { Connection } from "../../../client/transport/transport.ts";
import { createScratch, timeLimit } from "../transport/scratch.ts";
import { makeAgent } from "./fake-agent.ts";

/** Root runs only what lies in directories of root's, which the usual temporary directory is not. */
const SAFE_PARENT = userInfo().uid === 0 ? "/var/lib" : tmpdir();

export interface Bench extends Disposable {
  readonly artifact: AgentArtifact;
  readonly stateRoot: string;
  /** Where the agent is to lie on the host. */
  readonly installed: string;
  readonly directory: string;
  dial(connection: Connection, extra?: Partial<DialOptions>): Promise<AgentStream>;
}

export function createBench(lines?: readonly string[]): Bench {
  const files = createScratch();
  const state = createScratch(SAFE_PARENT);
  // A level of our own above it, which tests can spoil.
  const above = join(state.path, "above");
  mkdirSync(above, { mode: 0o700 });
  const stateRoot = join(above, "hostkit");
  const artifact = makeAgent(files.path, lines === undefined ? {} : { lines });
  return {
    artifact,
    stateRoot,
    installed: join(stateRoot, "agents", artifact.agentId, "hostkit-agent"),
    directory: files.path,
    dial: (connection, extra) =>
      dial(connection, {
        artifacts: [artifact],
        elevate: "none",
        signal: timeLimit(30_000),
        report: () => undefined,
        stateRoot,
        ...extra,
      }),
    [Symbol.dispose]() {
      files[Symbol.dispose]();
      state[Symbol.dispose]();
    },
  };
}

export function local(): Promise<Connection> {
  return createLocalTransport().connect(timeLimit());
}

/** Sends something, gets it back, and lets the agent end. */
export async function converse(stream: AgentStream): Promise<string> {
  stream.writable.end("ping");
  return Buffer.concat((await stream.readable.toArray()) as Buffer[]).toString();
}
