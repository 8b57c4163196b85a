import { resolve } from "node:path";
import { loadArtifacts } from "../../../client/bootstrap/artifacts.ts";
import { type AgentStream, dial } from "../../../client/bootstrap/dial.ts";
import type { BootstrapProgress } from "../../../client/bootstrap/progress.ts";
import { openSession } from "../../../client/open-session.ts";
import type { Session } from "../../../client/session.ts";
import { createSshTransport } from "../../../client/transport/ssh.ts";
import type { Connection } from "../../../client/transport/transport.ts";
import type { ByteStream } from "../../../shared/protocol/byte-stream.ts";
import type { TestHost } from "./host.ts";

const limitMs = 60_000;

export interface AgentSessionOptions {
  /** Where the host is reached, such as a proxy. Default: the host itself. */
  readonly at?: { readonly address: string; readonly port: number };
  readonly report?: (progress: BootstrapProgress) => void;
  /** Put between the session and its agent. */
  readonly between?: (stream: ByteStream) => ByteStream;
}

export interface AgentSession {
  readonly connection: Connection;
  readonly agent: AgentStream;
  readonly session: Session;
}

/** The client's parts in this process, joined as the command line joins them, so that each can be looked at. */
export async function openAgentSession(
  host: TestHost,
  { at = host, report = () => undefined, between = (stream) => stream }: AgentSessionOptions = {},
): Promise<AgentSession> {
  const signal = AbortSignal.timeout(limitMs);
  const artifacts = await loadArtifacts(resolve("dist/agent"));
  const connection = await createSshTransport({
    host: at.address,
    port: at.port,
    user: "root",
    identityFiles: [host.privateKeyPath],
    agent: "none",
    hostKey: host.hostKeyFingerprint,
    knownHostsFiles: [],
  }).connect(signal);
  try {
    const agent = await dial(connection, { artifacts, elevate: "none", signal, report });
    const { exec, readable, writable } = agent;
    const session = await openSession(
      between({
        readable,
        write: (bytes) =>
          new Promise((done, fail) => {
            writable.write(bytes, (error) => (error ? fail(error) : done()));
          }),
      }),
      {
        label: connection.label,
        reason: async () => `The agent ended. ${exec.stderrTail()}`,
        close: async () => {
          exec.close();
          await connection.close();
        },
      },
    );
    return { connection, agent, session };
  } catch (error) {
    await connection.close();
    throw error;
  }
}
