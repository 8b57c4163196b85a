import type { Directives } from "./directives-made.ts";

/** How much a service is confined; see `IsolateOptions.profile`. */
export const PROFILES = ["strict", "web", "vibe-dev", "untrusted", "none"] as const;
export type Profile = (typeof PROFILES)[number];

/** Everything denied that a service which minds its own business does without. */
const STRICT: Readonly<Directives> = {
  NoNewPrivileges: true,
  CapabilityBoundingSet: "",
  PrivateUsers: true,
  // Its own group alone, unless storage was given another one: whoever is in that is meant to read what it writes.
  UMask: "0027",
  ProtectSystem: "strict",
  ProtectHome: true,
  PrivateTmp: true,
  PrivateMounts: true,
  PrivateDevices: true,
  DevicePolicy: "closed",
  ProtectProc: "invisible",
  ProcSubset: "pid",
  ProtectClock: true,
  ProtectHostname: true,
  ProtectKernelLogs: true,
  ProtectKernelModules: true,
  ProtectKernelTunables: true,
  ProtectControlGroups: true,
  RestrictAddressFamilies: "AF_UNIX AF_INET AF_INET6",
  RestrictNamespaces: true,
  RestrictRealtime: true,
  RestrictSUIDSGID: true,
  LockPersonality: true,
  MemoryDenyWriteExecute: true,
  RemoveIPC: true,
  KeyringMode: "private",
  SystemCallArchitectures: "native",
  SystemCallFilter: ["@system-service", "~@privileged @resources"],
  SystemCallErrorNumber: "EPERM",
};

const {
  MemoryDenyWriteExecute: _jit,
  ProcSubset: _memoryAndProcessors,
  ...WITHOUT_RUNTIME_LIMITS
} = STRICT;

/** By name, what each says in [Service]. */
export const DIRECTIVES_OF: Readonly<Record<Profile, Readonly<Directives>>> = {
  strict: STRICT,
  web: {
    ...WITHOUT_RUNTIME_LIMITS,
    // Runtimes list interfaces by netlink, and set priorities and limits of their own threads.
    RestrictAddressFamilies: "AF_UNIX AF_INET AF_INET6 AF_NETLINK",
    SystemCallFilter: ["@system-service", "~@privileged"],
  },
  // Builds, debuggers, browsers and nested sandboxes work: nothing here keeps namespaces, devices or a fresh /proc from them.
  "vibe-dev": {
    NoNewPrivileges: true,
    CapabilityBoundingSet: "",
    ProtectSystem: "full",
    PrivateTmp: true,
    ProtectHostname: true,
    ProtectKernelModules: true,
    ProtectControlGroups: true,
    RestrictAddressFamilies: "AF_UNIX AF_INET AF_INET6 AF_NETLINK",
    RestrictRealtime: true,
    RestrictSUIDSGID: true,
    RemoveIPC: true,
    KeyringMode: "private",
    SystemCallArchitectures: "native",
  },
  untrusted: {
    ...STRICT,
    UMask: "0077",
    PrivateIPC: true,
    PrivateNetwork: true,
    IPAddressDeny: "any",
    RestrictAddressFamilies: "AF_UNIX",
  },
  none: {},
};
