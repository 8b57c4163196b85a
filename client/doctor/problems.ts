import type { Diagnostic } from "../../shared/diagnostic.ts";

/** What can be wrong here or on a host without failing anything by itself: one fixed sentence for each code. */
const SUMMARIES = {
  HK5070: "Node.js is older than HostKit needs.",
  HK5071: "The SSH agent can't be used.",
  HK5072: "A private key is open to others.",
  HK5073: "No key of a declared host is on record here.",
  HK5074: "There is nothing here to log in with.",
  HK5075: "A variable names no flag.",
  HK5076: "An agent binary is not the one that was built.",
  HK4152: "systemd does not run the host as it should.",
  HK4153: "The host's clock is not this machine's.",
  HK4154: "Little space is left on the host.",
  HK4155: "A program that every push needs is missing on the host.",
  HK4156: "A program that some pushes need is missing on the host.",
  HK4157: "Validators can't be given a view of the host.",
} as const;
type Code = keyof typeof SUMMARIES;

/** With these nothing can be pushed; with all others something can. */
const ERRORS: readonly Code[] = ["HK5070", "HK5076", "HK4155"];

export function complaint(code: Code, detail: string): Diagnostic {
  return {
    severity: ERRORS.includes(code) ? "error" : "warning",
    side: code.startsWith("HK4") ? "host" : "cli",
    code,
    summary: SUMMARIES[code],
    detail,
  };
}
