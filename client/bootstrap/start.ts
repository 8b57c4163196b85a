import { randomBytes } from "node:crypto";

import type { Connection, Exec } from "../transport/transport.ts";
import type { AgentArtifact } from "./artifact.ts";
import { explain } from "./explain.ts";
import { awaitLine, type Opening } from "./noise.ts";
import type { BootstrapProgress } from "./progress.ts";
import { coldScript, type Elevation, warmScript } from "./scripts.ts";
import { upload } from "./upload.ts";

/** From the command to the agent's first line. */
const START_WINDOW_MS = 15_000;
/** After an upload, in which the host also hashes the agent and writes it to a slow disk. */
const INSTALL_WINDOW_MS = 120_000;

export interface StartOptions {
  readonly elevate: Elevation;
  readonly signal: AbortSignal;
  readonly report: (progress: BootstrapProgress) => void;
  /** An absolute directory instead of the usual state root. */
  readonly stateRoot?: string;
  /** How long to wait for the agent's first line. Default 15 000, after an installation 120 000. */
  readonly windowMs?: number;
}

/** A command that was to become the agent, and what came of it. */
export interface Start {
  readonly exec: Exec;
  readonly nonce: string;
  readonly opening: Opening;
}

/** The warm path: one command, no upload. */
export async function startCached(
  connection: Connection,
  artifacts: readonly AgentArtifact[],
  options: StartOptions,
): Promise<Start> {
  const nonce = newNonce();
  const exec = await connection.exec(warmScript({ ...options, nonce }, artifacts));
  return closingOnFailure(exec, async () => {
    const opening = await awaitLine({
      exec,
      line: `HKIT1 ${nonce}`,
      windowMs: options.windowMs ?? START_WINDOW_MS,
      signal: options.signal,
    });
    return { exec, nonce, opening };
  });
}

/** The cold path: one command that takes the agent on its stdin, publishes it and becomes it. */
export async function install(
  connection: Connection,
  artifact: AgentArtifact,
  options: StartOptions,
): Promise<Start> {
  const { elevate, signal, report } = options;
  const nonce = newNonce();
  const exec = await connection.exec(coldScript({ ...options, nonce }, artifact));
  return closingOnFailure(exec, async () => {
    // The line proves elevation and a writable directory, before the first byte is sent.
    const ready = await awaitLine({
      exec,
      line: `HKRDY1 ${nonce}`,
      windowMs: options.windowMs ?? START_WINDOW_MS,
      signal,
    });
    if (ready.kind !== "found")
      throw explain({ exec, nonce, opening: ready, label: connection.label, elevate });
    const total = artifact.compressedSize;
    report({ phase: "uploading", bytes: 0, total });
    const onProgress = (bytes: number): void => report({ phase: "uploading", bytes, total });
    if ((await upload({ exec, artifact, signal, onProgress })) === "sent")
      report({ phase: "starting" });
    // From here on silence, until the agent has spoken: `head` of some hosts reads more than it was told to.
    const opening = await awaitLine({
      exec,
      line: `HKIT1 ${nonce}`,
      windowMs: options.windowMs ?? INSTALL_WINDOW_MS,
      signal,
    });
    return { exec, nonce, opening };
  });
}

async function closingOnFailure<T>(exec: Exec, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    exec.close();
    throw error;
  }
}

function newNonce(): string {
  return randomBytes(16).toString("hex");
}
