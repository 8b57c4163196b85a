import type { Diagnostic } from "../../shared/diagnostic.ts";
import { didYouMean } from "../../shared/nearest-name.ts";

/** Share of the letters that may be wrong: most of them are a date, and alike in all of one day. */
const SLIPS = 0.1;

/** `known`: the runs that the host has a record of. */
export function unknownRun(run: string, known: readonly string[] = []): Diagnostic {
  return {
    severity: "error",
    side: "host",
    code: "HK3022",
    summary: "There is no such run on the host.",
    detail: `The host has no record of the run ${run}: it never arrived there as a whole, so nothing was changed by it, or its record was removed since.${didYouMean(run, known, SLIPS)} \`hostkit runs\` lists those there are.`,
  };
}
