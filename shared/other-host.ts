import type { Diagnostic } from "./diagnostic.ts";

/** A plan was taken to a host that it was not made on; both sides look, the client before it sends any secret. */
export const otherHost = (why: string): Diagnostic => ({
  severity: "error",
  side: "agent",
  code: "HK3045",
  summary: "The plan is for another host.",
  detail: `${why} Nothing was changed. Name the host that was planned, or make a plan of this one.`,
});
