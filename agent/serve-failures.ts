import type { Diagnostic } from "../shared/diagnostic.ts";
import { FrameError } from "../shared/protocol/frame.ts";
import { diagnosticsOf } from "./failure.ts";

/** What can be wrong with what a client asks, in words for a person. */

export const CLIENT_LEFT: Diagnostic = {
  severity: "error",
  side: "agent",
  code: "HK3013",
  summary: "The client left before everything arrived.",
  detail: "Contents that the plan needs never came. Nothing was changed.",
};

export const UNKNOWN_PLAN: Diagnostic = {
  severity: "error",
  side: "agent",
  code: "HK3011",
  summary: "The plan to apply was not made in this session.",
  detail:
    "An apply names a plan that this agent made and the operator reviewed. Nothing was changed. Plan again.",
};

export function describe(error: unknown): readonly Diagnostic[] {
  if (!(error instanceof FrameError)) return diagnosticsOf(error);
  return [
    {
      severity: "error",
      side: "agent",
      code: "HK3002",
      summary: "The agent could not understand the client.",
      detail: `It received ${error.message}. The connection was closed. This is a bug in HostKit, or something between the two changes what is sent.`,
    },
  ];
}
