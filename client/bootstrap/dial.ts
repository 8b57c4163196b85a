import type { Readable, Writable } from "node:stream";

import type { Connection, Exec } from "../transport/transport.ts";
import type { AgentArtifact } from "./artifact.ts";
import { bootstrapFailure } from "./bootstrap-failure.ts";
import { explain, type FailedStart } from "./explain.ts";
import { parseReport, parseStarted } from "./report.ts";
import { install, type Start, startCached, type StartOptions } from "./start.ts";
import { chooseArtifact } from "./target.ts";

/** A running agent, proved by its first line. */
export interface AgentStream {
  /** Everything after the agent's first line. */
  readonly readable: Readable;
  readonly writable: Writable;
  readonly nonce: string;
  readonly installed: "cached" | "uploaded";
  readonly artifact: AgentArtifact;
  /** The agent's directory on the host. */
  readonly stateRoot: string;
  /** For its stderr and its exit. */
  readonly exec: Exec;
}

export interface DialOptions extends StartOptions {
  /** One per target, of which the host's own is chosen. */
  readonly artifacts: readonly AgentArtifact[];
}

/**
 * Brings an agent to speak over the connection: the cached one with a single command, else a new one with a second. Throws
 * `HostKitError`; the connection stays open and belongs to the caller.
 */
export async function dial(connection: Connection, options: DialOptions): Promise<AgentStream> {
  options.report({ phase: "checking" });
  const cached = await startCached(connection, options.artifacts, options);
  const { exec, nonce, opening } = cached;
  if (opening.kind === "found")
    return agentStream(connection, options, { ...cached, installed: "cached" });
  exec.close();
  const artifact = artifactToInstall(connection, options, { exec, nonce, opening });
  const fresh = await install(connection, artifact, options);
  return agentStream(connection, options, { ...fresh, installed: "uploaded" });
}

type Missed = Omit<FailedStart, "label" | "elevate">;

function artifactToInstall(
  { label }: Connection,
  { artifacts, elevate }: DialOptions,
  missed: Missed,
): AgentArtifact {
  const { opening, nonce } = missed;
  if (opening.kind === "ended" && opening.exit.kind !== "lost") {
    const report = parseReport(opening.before, nonce);
    if (report !== undefined) return chooseArtifact(report, artifacts);
    // A cached agent of the right size that dies before its first line is damaged: one new, verified copy, and only one.
    const started = parseStarted(opening.before, nonce);
    const damaged = artifacts.find((each) => each.agentId === started?.agentId);
    if (damaged !== undefined) return damaged;
  }
  throw explain({ ...missed, label, elevate });
}

function agentStream(
  { label }: Connection,
  { artifacts, elevate }: DialOptions,
  { exec, nonce, opening, installed }: Start & Pick<AgentStream, "installed">,
): AgentStream {
  if (opening.kind !== "found") {
    exec.close();
    throw explain({ exec, nonce, opening, label, elevate });
  }
  const started = parseStarted(opening.before, nonce);
  const artifact = artifacts.find((each) => each.agentId === started?.agentId);
  if (started === undefined || artifact === undefined) {
    exec.close();
    throw bootstrapFailure(
      "HK2110",
      `${label}: an agent answered, but the script did not say which one it started.`,
    );
  }
  const { stateRoot } = started;
  return {
    readable: exec.stdout,
    writable: exec.stdin,
    nonce,
    installed,
    artifact,
    stateRoot,
    exec,
  };
}
