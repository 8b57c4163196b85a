import { createHash, randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

import type { AgentArtifact } from "../../../client/bootstrap/artifact.ts";

/** Says the first line, then sends back what it gets; on stderr it tells what it was started with. */
const ECHO = [
  "printf '\\nHKIT1 %s\\n' \"$3\" >&4",
  "echo from stdout",
  'echo "arguments: $*; umask $(umask); options ${NODE_OPTIONS-none} ${OPENSSL_CONF-none}" >&2',
  "exec cat <&3 >&4",
];

export interface FakeAgentOptions {
  readonly lines?: readonly string[];
  readonly target?: AgentArtifact["target"];
  /** Bytes that do not compress, so that an upload takes several writes. */
  readonly padding?: number;
}

/** A shell script in an agent's place. */
export function makeAgent(directory: string, options: FakeAgentOptions = {}): AgentArtifact {
  const { lines = ECHO, target = "linux-x64", padding = 300_000 } = options;
  const script = ["#!/bin/sh", ...lines, "exit", randomBytes(padding / 2).toString("base64"), ""];
  return pack(directory, { target, content: Buffer.from(script.join("\n")) });
}

export function pack(
  directory: string,
  { target, content }: { target: AgentArtifact["target"]; content: Buffer },
): AgentArtifact {
  const compressed = gzipSync(content);
  const agentId = createHash("sha256").update(content).digest("hex");
  const path = join(directory, `${agentId}.gz`);
  writeFileSync(path, compressed);
  return { target, agentId, size: content.length, compressedSize: compressed.length, path };
}
