/** What a test wants its host to be. Everything has a default: `bootHost()` is a bare Debian 12 with a root login. */
export interface HostOptions {
  /** The machine's host name. Hosts of the same name can run side by side. Default `host`. */
  readonly name?: string;
  /** Logins beside root, with the same authorised key. */
  readonly users?: readonly HostUser[];
  /** Written before the first boot, owned by root; parents are made. Mode 0644 by default. */
  readonly files?: Readonly<Record<string, HostFile>>;
  /** Separate file systems in memory by mount point: `{ "/srv/small": "1M" }`. Empty after each boot. */
  readonly tmpfs?: Readonly<Record<string, string>>;
  /** Existing directories that are read-only mounts inside. */
  readonly readOnlyPaths?: readonly string[];
  /** Separate file systems from which nothing can be executed, like a hardened host's /var. Empty after each boot. */
  readonly noexecPaths?: readonly string[];
  /** Whether `reboot` keeps what was written. Without it, a reboot finds the disk as it was before the first boot. */
  readonly persistent?: boolean;
  /** Size of the machine's disk as `df /` shows it; memory is used only for what is written. Default `2G`. */
  readonly diskSize?: string;
  /** Whether its systemd can load BPF programs, with which it filters addresses. Containers seldom may. */
  readonly bpf?: boolean;
  /** How long the first boot may take until sshd answers. Default 30 s. */
  readonly bootTimeoutMs?: number;
}

export interface HostUser {
  readonly name: string;
  readonly sudo: "nopasswd" | "none";
  /** Default `/bin/bash`. */
  readonly shell?: string;
}

export interface HostFile {
  readonly content: string | Uint8Array;
  readonly mode?: number;
}
