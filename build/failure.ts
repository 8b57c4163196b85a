import { HostKitError } from "../shared/diagnostic.ts";

/** What can go wrong in a build and is not a bug of the build: the code and its fixed summary. */
const FAILURES = {
  HK8001: "A tool that the build needs is missing.",
  HK8002: "A build step failed.",
  HK8003: "The Node runtime could not be fetched.",
  HK8004: "The Node runtime is not the pinned one.",
  HK8005: "The source could not be bundled.",
  HK8006: "An agent is over its size budget.",
  HK8007: "Agents cannot be built on this machine.",
} as const;

interface BuildFailure {
  readonly code: keyof typeof FAILURES;
  /** What, where, why it matters and what to do, in full sentences. */
  readonly detail: string;
  readonly cause?: unknown;
}

export function buildError({ code, detail, cause }: BuildFailure): HostKitError {
  return new HostKitError(
    { severity: "error", side: "cli", code, summary: FAILURES[code], detail },
    cause === undefined ? undefined : { cause },
  );
}
