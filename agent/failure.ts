import { type Diagnostic, HostKitError } from "../shared/diagnostic.ts";

/** What is told of an error: its own diagnostics, or that it should never have come this far. */
export function diagnosticsOf(error: unknown): readonly Diagnostic[] {
  if (error instanceof HostKitError) return error.diagnostics;
  return [
    {
      severity: "error",
      side: "agent",
      code: "HK3001",
      summary: "The agent failed in a way it should not.",
      detail: `${error instanceof Error ? (error.stack ?? error.message) : String(error)}\nThis is a bug in HostKit.`,
    },
  ];
}
