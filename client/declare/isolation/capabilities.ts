/** capabilities(7). */
export const CAPABILITIES = [
  "CAP_AUDIT_CONTROL",
  "CAP_AUDIT_READ",
  "CAP_AUDIT_WRITE",
  "CAP_BLOCK_SUSPEND",
  "CAP_BPF",
  "CAP_CHECKPOINT_RESTORE",
  "CAP_CHOWN",
  "CAP_DAC_OVERRIDE",
  "CAP_DAC_READ_SEARCH",
  "CAP_FOWNER",
  "CAP_FSETID",
  "CAP_IPC_LOCK",
  "CAP_IPC_OWNER",
  "CAP_KILL",
  "CAP_LEASE",
  "CAP_LINUX_IMMUTABLE",
  "CAP_MAC_ADMIN",
  "CAP_MAC_OVERRIDE",
  "CAP_MKNOD",
  "CAP_NET_ADMIN",
  "CAP_NET_BIND_SERVICE",
  "CAP_NET_BROADCAST",
  "CAP_NET_RAW",
  "CAP_PERFMON",
  "CAP_SETFCAP",
  "CAP_SETGID",
  "CAP_SETPCAP",
  "CAP_SETUID",
  "CAP_SYSLOG",
  "CAP_SYS_ADMIN",
  "CAP_SYS_BOOT",
  "CAP_SYS_CHROOT",
  "CAP_SYS_MODULE",
  "CAP_SYS_NICE",
  "CAP_SYS_PACCT",
  "CAP_SYS_PTRACE",
  "CAP_SYS_RAWIO",
  "CAP_SYS_RESOURCE",
  "CAP_SYS_TIME",
  "CAP_SYS_TTY_CONFIG",
  "CAP_WAKE_ALARM",
] as const;
export type Capability = (typeof CAPABILITIES)[number];

interface Needs {
  /** System calls without which it is of no use. */
  readonly calls?: string;
  /** Address families likewise. */
  readonly families?: string;
  /** Directives that would take it away again, or what it is for; see systemd.exec(5). */
  readonly without?: readonly string[];
}

/** What a capability brings along, so that one that is given can be used. */
const NEEDS: Partial<Record<Capability, Needs>> = {
  CAP_AUDIT_CONTROL: { families: "AF_NETLINK" },
  CAP_AUDIT_READ: { families: "AF_NETLINK" },
  CAP_AUDIT_WRITE: { families: "AF_NETLINK" },
  CAP_BPF: { calls: "bpf" },
  CAP_CHOWN: { calls: "@chown" },
  CAP_DAC_READ_SEARCH: { calls: "open_by_handle_at" },
  CAP_MKNOD: { without: ["PrivateDevices"] },
  CAP_NET_ADMIN: { families: "AF_NETLINK" },
  CAP_NET_RAW: { families: "AF_PACKET" },
  CAP_PERFMON: { calls: "@debug" },
  CAP_SETGID: { calls: "@setuid" },
  CAP_SETUID: { calls: "@setuid" },
  CAP_SYSLOG: { calls: "syslog", without: ["ProtectKernelLogs"] },
  CAP_SYS_ADMIN: {
    calls: "@mount @privileged",
    without: ["ProtectHostname", "RestrictNamespaces"],
  },
  CAP_SYS_BOOT: { calls: "@reboot" },
  CAP_SYS_CHROOT: { calls: "chroot" },
  CAP_SYS_MODULE: { calls: "@module", without: ["ProtectKernelModules"] },
  CAP_SYS_NICE: { calls: "@resources" },
  CAP_SYS_PACCT: { calls: "acct" },
  CAP_SYS_PTRACE: { calls: "@debug" },
  CAP_SYS_RAWIO: { calls: "@raw-io", without: ["PrivateDevices"] },
  CAP_SYS_RESOURCE: { calls: "@resources" },
  CAP_SYS_TIME: { calls: "@clock", without: ["ProtectClock"] },
  CAP_SYS_TTY_CONFIG: { calls: "vhangup" },
  CAP_WAKE_ALARM: { without: ["ProtectClock"] },
};

const unique = (lists: readonly (readonly string[])[]) => [...new Set(lists.flat())];

/** All that some capabilities bring along. */
export function needsOf(capabilities: readonly Capability[]): Required<{
  [Field in keyof Needs]: readonly string[];
}> {
  const all = capabilities.map((capability) => NEEDS[capability] ?? {});
  return {
    // Whoever has some is to be able to let go of them.
    calls: unique([["capset"], ...all.map(({ calls }) => calls?.split(" ") ?? [])]),
    families: unique(all.map(({ families }) => families?.split(" ") ?? [])),
    // In a user namespace of its own they would be worth nothing outside of it.
    without: unique([["PrivateUsers"], ...all.map(({ without }) => without ?? [])]),
  };
}
