import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { atExit } from "../support/exit-hook.ts";
import type { TestHost } from "../support/host.ts";
import { newMachineId } from "../support/provision.ts";
import { waitForSsh } from "../support/ssh-banner.ts";
import { runSsh } from "../support/ssh-client.ts";
import { createKeys } from "../support/ssh-keys.ts";
import { type Kernel, obtainKernel } from "./kernel.ts";
import { type Qemu, startQemu } from "./qemu.ts";
import { makeVmDisk } from "./vm-disk.ts";

/** A machine with a kernel and a disk of its own, otherwise a test host like any other; root only. */
export interface TestVm
  extends
    Pick<TestHost, "address" | "privateKeyPath" | "knownHostsFile" | "ssh" | "console">,
    AsyncDisposable {
  /** Of this machine's loopback address. */
  readonly port: number;
  /** Ends it in this very moment, see `qemu.ts` for what is lost. */
  powerCut(): Promise<void>;
  /** Boots from the same disk, and waits for sshd. */
  start(): Promise<void>;
  /** Ends it and removes all that it left on this machine. */
  poweroff(): Promise<void>;
}

const address = "127.0.0.1";
const bootLimitMs = 180_000;
const attemptMs = 3_000;

/** Boots a machine, which takes 15 to 40 s. */
export async function bootVm(name: string): Promise<TestVm> {
  const directory = mkdtempSync(join(tmpdir(), "hostkit-vm-"));
  const remove = (): void => rmSync(directory, { recursive: true, force: true });
  const forget = atExit(remove);
  const cleanUp = (): void => {
    remove();
    forget();
  };
  try {
    const port = await freePort();
    // The form of known_hosts for any port but 22: sshd(8).
    const keys = await createKeys(join(directory, "keys"), `[${address}]:${port}`);
    const kernel = await obtainKernel();
    const disk = join(directory, "disk.img");
    // The address that qemu's user network expects.
    const subnet = { index: 0, bridge: "", gateway: "10.0.2.2", address: "10.0.2.15" };
    await makeVmDisk(disk, {
      directory: join(directory, "build"),
      identity: {
        hostName: name,
        machineId: newMachineId(),
        subnet: { ...subnet, prefixLength: 24 },
        keys,
      },
    });
    return await run({ port, keys, disk, kernel, cleanUp });
  } catch (error) {
    cleanUp();
    throw error;
  }
}

interface Hardware {
  readonly port: number;
  readonly keys: Awaited<ReturnType<typeof createKeys>>;
  readonly disk: string;
  readonly kernel: Kernel;
  readonly cleanUp: () => void;
}

async function run({ port, keys, disk, kernel, cleanUp }: Hardware): Promise<TestVm> {
  const target = { address, port, ...keys };
  let qemu: Qemu;

  async function start(): Promise<void> {
    qemu = startQemu({ kernel, disk, port });
    const gaveUp = new AbortController();
    void qemu.exited.then((how) => gaveUp.abort(how));
    if (await waitForSsh(target, { timeoutMs: bootLimitMs, attemptMs, signal: gaveUp.signal }))
      return;
    const why = gaveUp.signal.aborted
      ? `ended while it booted (${gaveUp.signal.reason})`
      : `did not answer within ${bootLimitMs} ms`;
    const shown = qemu.console();
    await powerCut();
    throw new Error(`The virtual machine ${why}. Its console:\n${shown}`);
  }

  async function powerCut(): Promise<void> {
    qemu.kill();
    await qemu.exited;
  }

  async function poweroff(): Promise<void> {
    await powerCut();
    cleanUp();
  }

  await start();
  return {
    address,
    port,
    privateKeyPath: keys.privateKeyPath,
    knownHostsFile: keys.knownHostsFile,
    ssh: (command, options) => runSsh(target, command, { timeout: 120_000, ...options }),
    console: () => qemu.console(),
    start,
    powerCut,
    poweroff,
    [Symbol.asyncDispose]: poweroff,
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, address);
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}
