import * as z from "zod";
import { CAPABILITIES } from "./capabilities.ts";
import { PROFILES } from "./profiles.ts";
import { Address, Calls, Device, hint, Memory, Paths, Quota, Tasks, Weight } from "./values.ts";

const Text = z.string().refine((text) => !/[\r\n\0]/.test(text), "must not contain a line break");

const Adjustments = z.strictObject({
  /**
   * What it starts from; `strict` unless set. `strict`: reads the system and writes its own storage, talks over the network, and
   * nothing else. `web`: the same for runtimes that compile as they go and look at the machine (Node, Java, .NET). `vibe-dev`: a
   * place to develop in, with homes, devices, debuggers and nested sandboxes. `untrusted`: `strict` without a network and with
   * files nobody else can read. `none`: nothing is denied. `profile: "web"`
   */
  profile: z.enum(PROFILES).default("strict"),

  /** Memory above which it is killed; no limit unless set. `memoryMax: "512M"` */
  memoryMax: Memory.optional(),
  /** Memory above which it is slowed down and made to give some back; no limit unless set. `memoryHigh: "400M"` */
  memoryHigh: Memory.optional(),
  /** Share of one processor it may use; no limit unless set. `cpuQuota: "150%"` */
  cpuQuota: Quota.optional(),
  /** Its part of processors that are fought for, 1 to 10000 where others have 100; `idle`: what nobody wants. `cpuWeight: 20` */
  cpuWeight: z
    .union([Weight, z.literal("idle")], { error: 'must be a weight from 1 to 10000, or "idle"' })
    .optional(),
  /** Its part of disks that are fought for, 1 to 10000 where others have 100. `ioWeight: 20` */
  ioWeight: Weight.optional(),
  /** How many processes and threads it may have; the host's own default unless set. `tasksMax: 64` */
  tasksMax: Tasks.optional(),
  /** How many files and sockets each of its processes may have open; the host's own default unless set. `openFiles: 65_536` */
  openFiles: z.int().min(1).optional(),

  /**
   * What it may write, besides /tmp (its own): storage and files it is given, all of them. Unset: what the service has as
   * `s.storage`, except `config`. Paths have to be declared, since a unit whose paths are missing does not start. `writable: [data]`
   */
  writable: Paths.optional(),
  /** What it may read although the profile hides it, or may only read within what is writable: `readable: ["/home/ann/site"]`. */
  readable: Paths.optional(),
  /** What it does not see; what is missing is no fault. `hidden: ["/srv/other"]` */
  hidden: Paths.optional(),
  /** /home, /root and /run/user: `hidden` unless the profile is `vibe-dev` or `none`, `read-only` or `visible`. `home: "read-only"` */
  home: z.enum(["hidden", "read-only", "visible"]).optional(),

  /**
   * Whom it can talk to over IP; `all` unless the profile is `untrusted`. `loopback`: this host alone. `none`: nobody, not even
   * this host. A list: those alone, `localhost` among them if wanted. Addresses are filtered by the kernel where systemd can
   * load a BPF program, which not every container allows. `network: { allow: ["localhost", "10.0.0.0/8"] }`
   */
  network: z
    .union([
      z.enum(["all", "loopback", "none"]),
      z.strictObject({
        /** Addresses and networks: `allow: ["10.0.0.0/8", "fd00::/8"]`. */
        allow: z.array(Address).min(1, 'must name at least one address; `network: "none"` is none'),
      }),
    ])
    .optional(),

  /**
   * What it may do of what else only root may, with the system calls this takes; none unless set.
   * `capabilities: ["CAP_NET_BIND_SERVICE"]`
   */
  capabilities: z
    .array(
      z.enum(CAPABILITIES, {
        error: ({ input }) =>
          `must be one of capabilities(7), such as CAP_NET_BIND_SERVICE${hint(input, CAPABILITIES)}`,
      }),
    )
    .optional(),
  /** System calls it may make besides, or may not (`~`), by name or group: `systemCalls: ["@clock", "~@mount"]`. */
  systemCalls: z.array(Calls).optional(),
  /** Devices it may use besides /dev/null and its like: `devices: ["/dev/fuse", { path: "/dev/kvm", access: "rw" }]`. */
  devices: z.array(Device).optional(),
  /** May make code while it runs, as Node, Java, .NET and LuaJIT do; false unless the profile is `web` or laxer. `jit: true` */
  jit: z.boolean().optional(),
  /**
   * May become root by programs such as sudo or ping; false unless the profile is `none`. Takes back all that would keep it from that:
   * what is left guards files, /dev and /proc. `privileges: true`
   */
  privileges: z.boolean().optional(),

  /** Directives as they are, over all of the above; null: without it. `directives: { ProtectProc: "default", UMask: null }` */
  directives: z
    .record(
      z.string(),
      z.union([Text, z.number(), z.boolean(), z.array(z.union([Text, z.number()])), z.null()], {
        error: "must be text, a number, a boolean, a list of these, or null to leave it out",
      }),
    )
    .optional(),
});

/** The name of a profile, or one with adjustments. */
export const Isolate = z
  .union([z.enum(PROFILES), Adjustments])
  .transform((given) =>
    typeof given === "string" ? Adjustments.parse({ profile: given }) : given,
  );

/** How a daemon or job is confined: the name of a profile, or a profile with adjustments. */
export type IsolateOptions = z.input<typeof Isolate>;
export type Isolation = z.output<typeof Isolate>;
