import { mkdirSync } from "node:fs";
import { type ControlGroup, createControlGroup } from "./cgroup.ts";
import { type Disk, diskAt, mountDisk, resetDisk } from "./disk.ts";
import { runBeside } from "./enter.ts";
import { atExit } from "./exit-hook.ts";
import type { HostOptions } from "./host-options.ts";
import { ensureImage, type Image } from "./image.ts";
import { type KernelLock, tryLock } from "./kernel-lock.ts";
import { type Machine, rebootStatus, startMachine } from "./machine.ts";
import { createBridge, preferredIndex, subnetAt, subnetCount, subnetIsFree } from "./network.ts";
import { type HostIdentity, newMachineId, provision } from "./provision.ts";
import {
  controlGroupName,
  indexLock,
  machineName,
  reapAbandonedHosts,
  removeRemains,
  stateDirectory,
} from "./remains.ts";
import { waitForSsh } from "./ssh-banner.ts";
import { runSsh, type SshOptions, type SshResult } from "./ssh-client.ts";
import { createKeys } from "./ssh-keys.ts";

/** A running machine: Debian 12, systemd, sshd, and nothing of HostKit's. */
export interface TestHost extends AsyncDisposable {
  readonly name: string;
  readonly address: string;
  readonly port: 22;
  /** `SHA256:…` */
  readonly hostKeyFingerprint: string;
  /** A line for known_hosts. */
  readonly hostKeyLine: string;
  readonly knownHostsFile: string;
  readonly privateKeyPath: string;
  readonly machineId: string;
  /** The machine's root as seen from here, also while it runs; without what it mounts inside. */
  readonly rootDirectory: string;
  /** Runs a command with the system's own ssh client, as root unless `user` says otherwise. */
  ssh(command: string, options?: SshOptions): Promise<SshResult>;
  /** Runs a command as root without ssh: ten times as fast, and also when nobody can log in. */
  inside(command: string): Promise<SshResult>;
  /** The last of what the machine printed on its console. */
  console(): string;
  /**
   * Restarts the machine and waits for its sshd; same address and keys. `orderly` (the default) shuts down first,
   * `power-cut` ends everything at once.
   */
  reboot(how?: "orderly" | "power-cut"): Promise<void>;
  /** Settles when the machine is reachable after a restart that something inside asks for. Call it before asking. */
  restarted(): Promise<void>;
  /** Ends the machine and removes all that it left on this one. Safe to call twice. */
  poweroff(): Promise<void>;
}

const port = 22;
const defaultBootTimeoutMs = 30_000;
const shutdownLimitMs = 20_000;
const restartLimitMs = 60_000;

/** Boots a host in its own network. The first call on a machine builds the image, which takes 20 to 40 s. */
export async function bootHost(options: HostOptions = {}): Promise<TestHost> {
  const image = await ensureImage();
  await reapAbandonedHosts();
  const { index, held } = await claimIndex(options.name ?? "host");
  const forget = atExit(() => removeRemains(index));
  const cleanUp = async (): Promise<void> => {
    removeRemains(index);
    forget();
    await held.release();
  };
  try {
    const site = await prepare(index, image, options);
    return await start(site, cleanUp);
  } catch (error) {
    await cleanUp();
    throw error;
  }
}

/** Everything a boot needs, made once and kept over reboots. */
interface Site {
  readonly index: number;
  readonly image: Image;
  readonly options: HostOptions;
  readonly identity: HostIdentity;
  readonly disk: Disk;
  readonly controlGroup: ControlGroup;
}

async function claimIndex(name: string): Promise<{ index: number; held: KernelLock }> {
  const first = preferredIndex(name);
  for (let step = 0; step < subnetCount; step++) {
    const index = (first + step) % subnetCount;
    const held = await tryLock(indexLock(index));
    if (!held) continue;
    if (await subnetIsFree(subnetAt(index))) return { index, held };
    await held.release();
  }
  throw new Error(`None of the ${subnetCount} subnets for test hosts is free.`);
}

async function prepare(index: number, image: Image, options: HostOptions): Promise<Site> {
  const directory = stateDirectory(index);
  const subnet = subnetAt(index);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const disk = diskAt(directory);
  // One after the other: if one fails, no other is still at work while the remains are removed.
  const keys = await createKeys(`${directory}/keys`, subnet.address);
  await mountDisk(disk, { image: image.rootDirectory, size: options.diskSize ?? "2G" });
  await createBridge(subnet);
  const identity = {
    hostName: options.name ?? "host",
    machineId: newMachineId(),
    subnet,
    keys,
  };
  await provision(disk.rootDirectory, identity, options);
  const controlGroup = createControlGroup(controlGroupName(index));
  return { index, image, options, identity, disk, controlGroup };
}

async function start(site: Site, cleanUp: () => Promise<void>): Promise<TestHost> {
  const { identity, options, disk } = site;
  const { keys, subnet } = identity;
  const target = { address: subnet.address, port, ...keys };
  let ended: Promise<void> | undefined;
  let wanted: "running" | "stopped" = "running";
  let machine = boot();

  function boot(): Machine {
    wanted = "running";
    const started = startMachine({
      machineName: machineName(site.index),
      hostName: identity.hostName,
      bridge: subnet.bridge,
      rootDirectory: disk.rootDirectory,
      controlGroup: site.controlGroup,
      mounts: options,
      bpf: options.bpf === true,
    });
    void started.exited.then((status) => {
      if (status === rebootStatus && wanted === "running") machine = boot();
    });
    return started;
  }

  async function reachable(): Promise<void> {
    const timeoutMs = options.bootTimeoutMs ?? defaultBootTimeoutMs;
    const gaveUp = new AbortController();
    void machine.exited.then((status) => {
      if (status !== rebootStatus) gaveUp.abort(status);
    });
    if (await waitForSsh(target, { timeoutMs, signal: gaveUp.signal })) return;
    const why = gaveUp.signal.aborted
      ? `ended while it booted (${gaveUp.signal.reason})`
      : `did not answer on ${target.address}:${port} within ${timeoutMs} ms`;
    throw new Error(`Test host ${identity.hostName} ${why}. Its console:\n${machine.console()}`);
  }

  async function stop(how: "orderly" | "power-cut"): Promise<void> {
    wanted = "stopped";
    const stopping = machine;
    stopping.stop(how);
    if ((await within(stopping.exited, shutdownLimitMs)) === undefined) stopping.stop("power-cut");
    await stopping.exited;
  }

  async function poweroff(): Promise<void> {
    ended ??= stop("power-cut").then(cleanUp);
    await ended;
  }

  await reachable();
  return {
    name: identity.hostName,
    address: subnet.address,
    port,
    hostKeyFingerprint: keys.fingerprint,
    hostKeyLine: keys.hostKeyLine,
    knownHostsFile: keys.knownHostsFile,
    privateKeyPath: keys.privateKeyPath,
    machineId: identity.machineId,
    rootDirectory: disk.rootDirectory,
    ssh: (command, sshOptions) => runSsh(target, command, sshOptions),
    async inside(command) {
      const pid = machine.initPid();
      if (pid === undefined) throw new Error(`Test host ${identity.hostName} is not running.`);
      return await runBeside(pid, command);
    },
    console: () => machine.console(),
    async reboot(how = "orderly") {
      await stop(how);
      if (!options.persistent) {
        await resetDisk(disk, site.image.rootDirectory);
        await provision(disk.rootDirectory, identity, options);
      }
      machine = boot();
      await reachable();
    },
    async restarted() {
      const before = machine;
      const status = await within(before.exited, restartLimitMs);
      if (status !== rebootStatus)
        throw new Error(
          `Test host ${identity.hostName} was to restart, but: ${status ?? `nothing within ${restartLimitMs} ms`}`,
        );
      await reachable();
    },
    poweroff,
    [Symbol.asyncDispose]: poweroff,
  };
}

/** The promise's value, or undefined once the time is over. */
async function within<T>(promise: Promise<T>, ms: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
