import type { Diagnostic } from "../../shared/diagnostic.ts";

export function unknownRun(run: string): Diagnostic {
  return {
    severity: "error",
    side: "host",
    code: "HK3022",
    summary: "There is no such run on the host.",
    detail: `The host has no record of the run ${run}: it never arrived there as a whole, so nothing was changed by it, or its record was removed since. \`hostkit runs\` lists those there are.`,
  };
}
