import { spawn } from "node:child_process";
import type { Kernel } from "./kernel.ts";

export interface QemuOptions {
  readonly kernel: Kernel;
  readonly disk: string;
  /** On the loopback address; leads to the machine's sshd. */
  readonly port: number;
}

export interface Qemu {
  /** How it ended; never rejects. */
  readonly exited: Promise<string>;
  console(): string;
  /** SIGKILL to qemu's own process. */
  kill(): void;
}

const consoleLimit = 8 * 1024;

/**
 * One boot of a virtual machine. Emulated, which is slow but the same everywhere: KVM may be absent, or
 * half there inside of another virtual machine.
 *
 * What is lost when qemu is killed: whatever the machine had in its memory and had not yet handed to its disk, and that is all
 * the pages its kernel had not written back. What qemu had written stays, also unflushed, since it is in this machine's page
 * cache, which outlives qemu. So a write that the disk took without a flush is kept here, where a real disk might lose it from
 * a cache of its own; everything else is a power cut as the machine sees it.
 */
export function startQemu({ kernel, disk, port }: QemuOptions): Qemu {
  const options: readonly (readonly [name: string, value: string])[] = [
    ["machine", "q35"],
    ["accel", "tcg"],
    ["cpu", "max"],
    ["m", "768"],
    ["display", "none"],
    ["serial", "stdio"],
    ["kernel", kernel.image],
    ["initrd", kernel.initial],
    ["append", "console=ttyS0 panic=1"],
    ["drive", `file=${disk},format=raw,if=none,id=disk,cache=writeback`],
    ["device", "virtio-blk-pci,drive=disk"],
    ["netdev", `user,id=net,restrict=on,hostfwd=tcp:127.0.0.1:${port}-:22`],
    // Its boot ROM is another package.
    ["device", "virtio-net-pci,netdev=net,romfile="],
  ];
  const args = [
    // The kernel ends qemu with the process that started it.
    "--pdeathsig=KILL",
    "qemu-system-x86_64",
    "-nodefaults",
    "-no-reboot",
    ...options.flatMap(([name, value]) => [`-${name}`, value]),
  ];
  const child = spawn("setpriv", args, { detached: true, stdio: ["ignore", "pipe", "pipe"] });
  let tail = "";
  const keep = (chunk: Buffer): void => {
    tail = (tail + chunk.toString("utf8")).slice(-consoleLimit);
  };
  child.stdout.on("data", keep);
  child.stderr.on("data", keep);
  return {
    exited: new Promise((resolve) => {
      child.on("error", (error) => resolve(error.message));
      child.on("exit", (code, signal) => resolve(signal ?? `exit status ${code}`));
    }),
    console: () => tail.replaceAll("\r", ""),
    kill: () => {
      child.kill("SIGKILL");
    },
  };
}
