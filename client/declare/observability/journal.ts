import * as z from "zod";
import { durationText } from "../../../shared/duration-text.ts";
import type { ResourceBuilders } from "../resource-builders.ts";
import { RateLimit } from "./logs.ts";

/** Sizes as journald.conf(5) takes them: bytes, or with K, M, G, T, P or E, of 1024 each. */
const JournalSize = z
  .string()
  .refine(
    (text) => /^\d+(?:\.\d+)?[KMGTPE]?$/.test(text) && Number.parseFloat(text) > 0,
    'must be a size such as "500M" or "1.5G"',
  );

/** How much the host's journal keeps; see journald.conf(5). */
export const JournalOptions = z
  .strictObject({
    /** How much of the disk it may take; a tenth, and 4G at most, unless set. `maxUse: "1G"` */
    maxUse: JournalSize.optional(),
    /** How much of the disk it leaves free; 15 % unless set. `keepFree: "2G"` */
    keepFree: JournalSize.optional(),
    /** How much of the memory it may take, where it is kept there: `maxUseInMemory: "64M"`. */
    maxUseInMemory: JournalSize.optional(),
    /** How old entries may become; any age unless set. `retention: "30d"` */
    retention: durationText({ from: "1h", to: "36500d" }).optional(),
    /** On disk or in memory; on disk where /var/log/journal exists unless set. `storage: "persistent"` */
    storage: z.enum(["persistent", "volatile", "auto", "none"]).optional(),
    /** How much each unit may log within a time, unless it says otherwise itself: `rateLimit: { lines: 10000, within: "30s" }`. */
    rateLimit: RateLimit.optional(),
  })
  .refine(
    (journal) => Object.values(journal).some((value) => value !== undefined),
    "must set something, such as `maxUse`",
  );
export type JournalOptions = z.output<typeof JournalOptions>;

const DROP_IN = "/etc/systemd/journald.conf.d/50-hostkit.conf";

/**
 * A drop-in, and the restart that makes it hold. systemd keeps the sockets of all services while journald(8) restarts, see its
 * FileDescriptorStoreMax=, so nobody loses a line.
 */
export function declareJournal(
  journal: JournalOptions,
  { file, unit }: Pick<ResourceBuilders, "file" | "unit">,
): void {
  const { rateLimit } = journal;
  const settings = Object.entries({
    Storage: journal.storage,
    SystemMaxUse: journal.maxUse,
    SystemKeepFree: journal.keepFree,
    RuntimeMaxUse: journal.maxUseInMemory,
    MaxRetentionSec: journal.retention,
    RateLimitIntervalSec: rateLimit === false ? 0 : rateLimit?.within,
    RateLimitBurst: rateLimit === false ? undefined : rateLimit?.lines,
  }).flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}\n`]));
  const dropIn = file(DROP_IN, { content: `[Journal]\n${settings.join("")}` });
  unit("systemd-journald.service", { inputs: [dropIn], onChange: "restart" });
}
