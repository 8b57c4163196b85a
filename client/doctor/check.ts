import type { Diagnostic } from "../../shared/diagnostic.ts";

/** One thing that was looked at. */
export interface Check {
  /** `SSH agent`, `host key`. */
  readonly name: string;
  readonly health: Health;
  /** What was found, in few words. */
  readonly found: string;
  /** How long it took, where that tells something. */
  readonly milliseconds?: number;
  /** Why it is not well and what to do. */
  readonly diagnostic?: Diagnostic;
  /** Worth a line only where all is asked for. */
  readonly detail?: true;
}

/** `skipped`: it could not be looked at, or was better not. */
export type Health = "ok" | "warn" | "fail" | "skipped";

/** Checks that belong together: of this machine, or of a host. */
export interface CheckGroup {
  /** The host; `null`: this machine. */
  readonly host: string | null;
  readonly checks: readonly Check[];
}

export const ok = (name: string, found: string, more: Partial<Check> = {}): Check => ({
  name,
  health: "ok",
  found,
  ...more,
});

export const skipped = (name: string, found = "not checked"): Check => ({
  name,
  health: "skipped",
  found,
});

/** As bad as its diagnostic says. */
export const unwell = (name: string, diagnostic: Diagnostic, found?: string): Check => ({
  name,
  health: diagnostic.severity === "error" ? "fail" : "warn",
  found: found ?? diagnostic.summary.replace(/\.$/, ""),
  diagnostic,
});

export function countHealth(checks: readonly Check[]): Record<Health, number> {
  const count = (health: Health) => checks.filter((each) => each.health === health).length;
  return { ok: count("ok"), warn: count("warn"), fail: count("fail"), skipped: count("skipped") };
}
