/**
 * Directives of a service that confine it or bound what it uses, as systemd.exec(5) and systemd.resource-control(5) of
 * systemd 258 have them: those that a host's older systemd does not know it leaves out, with a warning in the push.
 */
export const CONFINING: readonly string[] = [
  // Files.
  "ProtectSystem ProtectHome PrivateTmp PrivateDevices PrivateMounts MountFlags MountAPIVFS",
  "ReadWritePaths ReadOnlyPaths InaccessiblePaths ExecPaths NoExecPaths BindPaths BindReadOnlyPaths",
  "TemporaryFileSystem RootDirectory RootImage RootImageOptions RootImagePolicy RootHash RootHashSignature RootVerity",
  "RootEphemeral RootMStack MountImages MountImagePolicy ExtensionImages ExtensionImagePolicy ExtensionDirectories",
  "RestrictFileSystems UMask RuntimeDirectory RuntimeDirectoryMode RuntimeDirectoryPreserve StateDirectory",
  "StateDirectoryMode CacheDirectory CacheDirectoryMode LogsDirectory LogsDirectoryMode ConfigurationDirectory",
  "ConfigurationDirectoryMode StateDirectoryQuota CacheDirectoryQuota LogsDirectoryQuota",
  "StateDirectoryAccounting CacheDirectoryAccounting LogsDirectoryAccounting",
  // Users, processes and the kernel.
  "DynamicUser PrivateUsers PrivatePIDs PrivateIPC RemoveIPC IPCNamespacePath ProtectProc ProcSubset ProtectClock",
  "ProtectHostname ProtectKernelLogs ProtectKernelModules ProtectKernelTunables ProtectControlGroups",
  "PrivateBPF BPFDelegateCommands BPFDelegateMaps BPFDelegatePrograms BPFDelegateAttachments",
  "KeyringMode LockPersonality Personality MemoryDenyWriteExecute NoNewPrivileges SecureBits",
  "CapabilityBoundingSet AmbientCapabilities RestrictNamespaces DelegateNamespaces UserNamespacePath",
  "RestrictRealtime RestrictSUIDSGID SystemCallFilter SystemCallArchitectures SystemCallErrorNumber SystemCallLog",
  "AppArmorProfile SELinuxContext SmackProcessLabel CoredumpFilter DevicePolicy DeviceAllow",
  // The network.
  "PrivateNetwork NetworkNamespacePath RestrictAddressFamilies RestrictNetworkInterfaces IPAddressAllow IPAddressDeny",
  "IPIngressFilterPath IPEgressFilterPath BPFProgram SocketBindAllow SocketBindDeny NFTSet IPAccounting BindNetworkInterface",
  // What it uses.
  "Slice Delegate DelegateSubgroup DisableControllers CPUAccounting CPUWeight StartupCPUWeight CPUQuota CPUQuotaPeriodSec",
  "AllowedCPUs StartupAllowedCPUs AllowedMemoryNodes StartupAllowedMemoryNodes CPUAffinity NUMAPolicy NUMAMask",
  "MemoryAccounting MemoryMin MemoryLow StartupMemoryLow DefaultMemoryMin DefaultMemoryLow MemoryHigh StartupMemoryHigh",
  "MemoryMax StartupMemoryMax MemorySwapMax StartupMemorySwapMax MemoryZSwapMax StartupMemoryZSwapMax MemoryZSwapWriteback",
  "MemoryPressureWatch MemoryPressureThresholdSec MemoryKSM MemoryTHP CoredumpReceive ManagedOOMSwap",
  "ManagedOOMMemoryPressure ManagedOOMMemoryPressureLimit ManagedOOMMemoryPressureDurationSec ManagedOOMPreference",
  "IOAccounting IOWeight StartupIOWeight IODeviceWeight IOReadBandwidthMax IOWriteBandwidthMax IOReadIOPSMax IOWriteIOPSMax",
  "IODeviceLatencyTargetSec TasksAccounting TasksMax OOMPolicy OOMScoreAdjust Nice CPUSchedulingPolicy",
  "CPUSchedulingPriority CPUSchedulingResetOnFork IOSchedulingClass IOSchedulingPriority TimerSlackNSec",
  "LimitCPU LimitFSIZE LimitDATA LimitSTACK LimitCORE LimitRSS LimitNOFILE LimitAS LimitNPROC LimitMEMLOCK LimitLOCKS",
  "LimitSIGPENDING LimitMSGQUEUE LimitNICE LimitRTPRIO LimitRTTIME RuntimeMaxSec RuntimeRandomizedExtraSec",
].flatMap((line) => line.split(" "));

/** Groups that SystemCallFilter= knows; see systemd-analyze(1), syscall-filter. */
export const CALL_GROUPS: readonly string[] = [
  "@default @aio @basic-io @chown @clock @cpu-emulation @debug @file-system @io-event @ipc @keyring @known @memlock",
  "@module @mount @network-io @obsolete @pkey @privileged @process @raw-io @reboot @resources @sandbox @setuid @signal",
  "@swap @sync @system-service @timer",
].flatMap((line) => line.split(" "));
