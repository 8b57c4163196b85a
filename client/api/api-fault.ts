import { HostKitError } from "../../shared/diagnostic.ts";

/** What can be wrong with how a program uses the library: one fixed sentence for each code. */
const API_SUMMARIES = {
  HK5040: "An argument can't be used.",
  HK5041: "It is not clear which host is meant.",
  HK5042: "The plan can't be applied any more.",
} as const;

export function apiFault(code: keyof typeof API_SUMMARIES, detail: string): HostKitError {
  return new HostKitError({
    severity: "error",
    side: "cli",
    code,
    summary: API_SUMMARIES[code],
    detail,
  });
}
