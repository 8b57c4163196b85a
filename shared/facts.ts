import * as z from "zod";

/** What the agent knows of a host. Sections can be asked for one by one: `hostkit facts --only os,memory`. */

export const InitSystem = z.enum(["systemd", "other"]);

/** os-release(5). */
export const OsFacts = z.strictObject({
  id: z.string(),
  versionId: z.string(),
  name: z.string(),
  idLike: z.array(z.string()),
});

export const Facts = z.strictObject({
  host: z.strictObject({
    hostname: z.string(),
    machineId: z.string(),
    bootId: z.string(),
    /** Seconds. */
    uptime: z.number(),
    init: InitSystem,
    virtualization: z.string(),
  }),
  os: OsFacts,
  kernel: z.strictObject({ release: z.string(), arch: z.string() }),
  libc: z.strictObject({ family: z.enum(["glibc", "musl", "unknown"]), version: z.string() }),
  cpu: z.strictObject({ model: z.string(), cores: z.int() }),
  /** Bytes. */
  memory: z.strictObject({ total: z.number(), available: z.number(), swapTotal: z.number() }),
  /** Bytes. */
  disks: z.array(
    z.strictObject({
      mount: z.string(),
      device: z.string(),
      type: z.string(),
      size: z.number(),
      available: z.number(),
    }),
  ),
  network: z.array(
    z.strictObject({ name: z.string(), mac: z.string(), addresses: z.array(z.string()) }),
  ),
  users: z.array(z.strictObject({ name: z.string(), uid: z.int(), shell: z.string() })),
});
export type Facts = z.output<typeof Facts>;

export const FactSection = z.enum(Object.keys(Facts.shape) as [keyof Facts, ...(keyof Facts)[]]);
export type FactSection = z.output<typeof FactSection>;
