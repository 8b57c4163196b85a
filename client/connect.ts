import { fileURLToPath } from "node:url";
import type { ByteStream } from "../shared/protocol/byte-stream.ts";
import { loadArtifacts } from "./bootstrap/artifacts.ts";
import { type AgentStream, dial } from "./bootstrap/dial.ts";
import type { BootstrapProgress } from "./bootstrap/progress.ts";
import type { EndReason } from "./conversation.ts";
import { openSession } from "./open-session.ts";
import type { Phase } from "./operate/talk.ts";
import type { Reached } from "./operate/operating.ts";
import type { ResolvedTarget } from "./operate/target.ts";
import type { Session } from "./session.ts";
import { createLocalTransport } from "./transport/local.ts";
import { createSshTransport } from "./transport/ssh.ts";
import { sshFailure } from "./transport/ssh-failure.ts";
import type { Connection, Exec } from "./transport/transport.ts";

export interface ConnectOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (phase: Phase) => void;
  readonly onReached?: (reached: Reached) => void;
  /** Where the agents are. Default: beside the client, as the build leaves them. */
  readonly agents?: string;
}

/** From a target to a session with a running agent on it. */
export async function connectTarget(
  target: ResolvedTarget,
  { signal, onProgress, onReached = () => undefined, agents = besideTheClient() }: ConnectOptions,
): Promise<Session> {
  const transport =
    target.kind === "local" ? createLocalTransport() : createSshTransport(target.endpoint);
  // The agents are looked at while the network is waited for.
  const loading = loadArtifacts(agents);
  loading.catch(() => undefined);
  const connection = await transport.connect(signal);
  onReached({ what: "login", hostKey: connection.hostKey });
  try {
    const agent = await dial(connection, {
      artifacts: await loading,
      elevate: target.kind === "ssh" && target.sudo ? "sudo" : "none",
      signal,
      report: (progress) => onProgress(phaseOf(progress)),
    });
    onReached({ what: "agent", installed: agent.installed, root: agent.stateRoot });
    return await openSession(streamOf(agent), {
      label: connection.label,
      hostKey: connection.hostKey,
      reason: endOf(connection, agent.exec),
      close: async () => {
        agent.exec.close();
        await connection.close();
      },
    });
  } catch (error) {
    await connection.close();
    throw error;
  }
}

/** Where the build leaves the agents. */
export function besideTheClient(): string {
  return fileURLToPath(new URL("../agent/", import.meta.url));
}

function phaseOf(progress: BootstrapProgress): Phase {
  switch (progress.phase) {
    case "connecting":
    case "checking":
      return { name: progress.phase };
    case "uploading":
      return { name: "uploading", fraction: progress.bytes / progress.total };
    case "starting":
      return { name: "checking" };
  }
}

function streamOf({ readable, writable, exec }: AgentStream): ByteStream {
  // A write still pending when the remote side ends never calls back, so every write is raced against the end.
  const ended = exec.exit.then(() => {
    throw new Error("the agent has ended");
  });
  ended.catch(() => undefined);
  return {
    readable,
    write: (bytes) =>
      Promise.race([
        ended,
        new Promise<void>((resolve, reject) => {
          writable.write(bytes, (error) => (error ? reject(error) : resolve()));
        }),
      ]),
  };
}

/** Milliseconds to learn how the agent ended once its output has. */
const EXIT_TIMEOUT = 2_000;

function endOf({ label }: Connection, exec: Exec): EndReason {
  return async () => {
    const late = new Promise<undefined>((resolve) => {
      setTimeout(() => resolve(undefined), EXIT_TIMEOUT).unref();
    });
    const exit = await Promise.race([exec.exit, late]);
    const said = exec.stderrTail().trim();
    const tail = said === "" ? "" : ` It said:\n${said}\n`;
    switch (exit?.kind) {
      case "exited":
        return `The agent on ${label} ended with code ${exit.code}.${tail}`;
      case "signalled":
        return `The agent on ${label} was ended by the signal ${exit.signal}.${tail}`;
      case "lost":
        return sshFailure(
          "HK2030",
          `${label}: ${exit.reason}, while the agent was at work.${tail} A plan changes nothing. For an apply that had begun, run a plan to see what is left to do.`,
        );
      case undefined:
        return `The agent on ${label} closed its output.${tail}`;
    }
  };
}
