import type { Host } from "../../agent/host/host.ts";
import type { RunLock } from "../../agent/run-lock.ts";
import { serve, type Served } from "../../agent/serve.ts";
import { openSession } from "../../client/open-session.ts";
import type { Contents, Session } from "../../client/session.ts";
import type { Manifest } from "../../shared/manifest.ts";
import type { Hello } from "../../shared/protocol/messages.ts";
import { PROTOCOL } from "../../shared/protocol/messages.ts";
import type { Resource } from "../../shared/resources/registry.ts";
import { contentOf } from "../support/declare.ts";
import type { MemoryHost } from "../support/memory-host/memory-host.ts";
import {
  createInProcessExecutor,
  createMemoryLock,
  type InProcessExecutor,
} from "../support/in-process-executor.ts";
import { createWire, type Wire } from "../support/memory-stream.ts";

export const HELLO: Hello = {
  protocol: { min: PROTOCOL, max: PROTOCOL },
  version: "0.0.0-test",
  agentId: "0".repeat(64),
  uid: 0,
  hostname: "memory",
  machineId: "memory-machine",
  bootId: "memory-boot",
  kernel: "6.0",
  arch: "x64",
  os: { id: "debian", versionId: "12", name: "Debian", idLike: [] },
  init: "systemd",
  time: 0,
};

export const ROOT = "/var/lib/hostkit";

export interface Joined {
  readonly session: Session;
  readonly wire: Wire;
  /** Settles when the agent has ended, and the runs that it had begun. */
  readonly agentEnded: Promise<Served>;
}

/**
 * The real client and the real agent, joined by a wire in memory. Sessions at the same time share an executor. `lock`: what
 * the agent itself takes.
 */
export async function join(
  host: Host,
  hello: Hello = HELLO,
  executor: InProcessExecutor = createInProcessExecutor(host, { root: ROOT, hello }),
  lock: RunLock = createMemoryLock(),
): Promise<Joined> {
  const wire = createWire();
  const agentEnded = serve(wire.agent, {
    host,
    hello,
    root: ROOT,
    spool: "/nonexistent/hostkit-spool",
    by: "tester",
    login: "tester",
    executor,
    lock,
  }).then(async (served) => {
    await executor.idle();
    return served;
  });
  const session = await openSession(wire.client, {
    label: "memory",
    reason: () => Promise.resolve("The wire was cut."),
    close: () => Promise.resolve(wire.cut()),
  });
  return { session, wire, agentEnded };
}

export function manifestOf(...resources: Resource[]): Manifest {
  return { version: 1, project: "test", host: "memory", resources };
}

/** Contents by their texts; counts what is asked for. */
export function contentsOf(...texts: string[]): Contents & { readonly opened: string[] } {
  const byDigest = new Map(texts.map((text) => [contentOf(text).sha256, text]));
  const opened: string[] = [];
  return {
    opened,
    async *open(sha256) {
      const text = byDigest.get(sha256);
      if (text === undefined) throw new Error(`nobody declared ${sha256}`);
      opened.push(text);
      yield new TextEncoder().encode(text);
    },
  };
}

/** Without what an agent keeps for itself. */
export const ofTheHost = (host: MemoryHost) =>
  host.files().filter((line) => !/^\/(var\/lib|run)\/hostkit[/ ]/.test(line));
