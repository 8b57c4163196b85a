import * as z from "zod";
import { WireDiagnostic, WireDiagnostics } from "./protocol/wire-diagnostic.ts";

/** What an agent finds when it looks whether its host can be worked on. */

/** What HostKit runs there: without these nothing can be applied. */
export const NEEDED_PROGRAMS = ["flock", "cp"] as const;
/** And what some of it needs. */
export const USEFUL_PROGRAMS = ["systemctl", "systemd-analyze", "unshare", "mount"] as const;

const Program = z.enum([...NEEDED_PROGRAMS, ...USEFUL_PROGRAMS]);

export const Examination = z.strictObject({
  /** As systemctl(1) is-system-running says, and which units failed; `null`: systemd does not run the host. */
  systemd: z.strictObject({ state: z.string(), failed: z.array(z.string()) }).nullable(),
  /** Programs that are not there. */
  missing: z.array(Program),
  /** Why validators can't be given a view of the host; `null`: they can. */
  noViews: z.string().nullable(),
  /** Where the agent's own directory is. `inodes`: `null` where the file system has no fixed number of them. */
  space: z.strictObject({
    path: z.string(),
    /** Bytes. */
    free: z.number(),
    inodes: z.number().nullable(),
  }),
  /** How much HostKit manages there, or why that can't be told. */
  ledger: z.union([
    z.strictObject({ resources: z.int().min(0) }),
    z.strictObject({ problem: WireDiagnostic }),
  ]),
  key: z.union([
    z.strictObject({ made: z.boolean() }),
    z.strictObject({ problem: WireDiagnostic }),
  ]),
  /** Runs that have not come to an end, and records that can't be read. */
  runs: WireDiagnostics,
});
export type Examination = z.output<typeof Examination>;
