/** An agent binary as the build left it in `dist/agent`, described by `dist/agent/agents.json`. */
export interface AgentArtifact {
  readonly target: "linux-x64" | "linux-arm64";
  /** Lower-case hex SHA-256 of the uncompressed binary: cache key and integrity check. */
  readonly agentId: string;
  /** Bytes, uncompressed. */
  readonly size: number;
  /** Bytes of the gzip file. */
  readonly compressedSize: number;
  /** Absolute path of the gzip file. */
  readonly path: string;
}
