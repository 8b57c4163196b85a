import { buildError } from "./failure.ts";
import type { Target } from "./targets.ts";

/** Bytes. The compressed agent is what a first contact waits for; the other one is what a small host has to store. */
export const BUDGET = { size: 120_000_000, compressedSize: 45_000_000 } as const;

/**
 * Bytes of the agent's own code. Every start reads it: one import that brings what nobody uses shows here first
 * (`import { z } from "zod"` in the place of `import * as z` is 350 kB of translations). The formats of documents are 150 kB.
 */
export const CODE_BUDGET = 1_000_000;

interface AgentSize {
  readonly target: Target;
  readonly size: number;
  readonly compressedSize: number;
}

/** Throws HK8006 when an agent is larger than it may be. */
export function checkSize({ target, size, compressedSize }: AgentSize): void {
  const over = [
    { what: "uncompressed", is: size, may: BUDGET.size },
    { what: "compressed", is: compressedSize, may: BUDGET.compressedSize },
  ].filter(({ is, may }) => is > may);
  if (over.length === 0) return;
  const found = over.map(
    ({ what, is, may }) => `${what} ${megabytes(is)}, allowed ${megabytes(may)}`,
  );
  throw buildError({
    code: "HK8006",
    detail: `The ${target} agent is ${found.join("; ")}. Each host's first contact waits for the upload. Look for a dependency that grew in the bundle, or raise the budget in build/size.ts and say why.`,
  });
}

/** Throws HK8006 when the agent's code is larger than it may be. */
export function checkCode(code: string): void {
  const size = Buffer.byteLength(code);
  if (size <= CODE_BUDGET) return;
  throw buildError({
    code: "HK8006",
    detail: `The agent's code is ${megabytes(size)}, allowed ${megabytes(CODE_BUDGET)}. Each start of an agent reads it. Look for an import that grew, or raise the budget in build/size.ts and say why.`,
  });
}

export function megabytes(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(2)} MB`;
}
