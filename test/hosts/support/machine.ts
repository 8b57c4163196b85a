import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { stripVTControlCharacters } from "node:util";
import type { ControlGroup } from "./cgroup.ts";
import type { HostOptions } from "./host-options.ts";

export interface MachineOptions {
  readonly machineName: string;
  readonly hostName: string;
  readonly bridge: string;
  readonly rootDirectory: string;
  readonly controlGroup: ControlGroup;
  readonly mounts: Pick<HostOptions, "tmpfs" | "readOnlyPaths" | "noexecPaths">;
  readonly bpf: boolean;
}

/** One boot of a machine: one systemd-nspawn process. */
export interface Machine {
  /** How it ended, once nothing of this boot is left; never rejects. 133 asks for a restart: somebody inside called `reboot`. */
  readonly exited: Promise<number | string>;
  /** Of the machine's first process, as this side numbers it; nothing while there is none. */
  initPid(): number | undefined;
  /** The last of what the machine's console and systemd-nspawn said. */
  console(): string;
  /** `power-cut` ends every process at once, `orderly` asks systemd inside to shut down. */
  stop(how: "orderly" | "power-cut"): void;
}

export const rebootStatus = 133;
const consoleLimit = 64 * 1024;

/** Enters the control group before anything else runs; its directories end at `--`, then comes the command. */
const enterControlGroup =
  'while [ "$1" != -- ]; do echo $$ >"$1/cgroup.procs" || exit 1; shift; done; shift; exec "$@"';

export function startMachine(options: MachineOptions): Machine {
  const groups = options.controlGroup.directories;
  const args = [
    // The kernel ends the machine with the process that started it, also when that one is killed.
    "--pdeathsig=KILL",
    "sh",
    "-c",
    enterControlGroup,
    "sh",
    ...groups,
    "--",
    // Killing systemd-nspawn alone leaves the machine running. A process id namespace around both ends as a whole.
    "unshare",
    "--pid",
    "--fork",
    "--kill-child=KILL",
    "--mount-proc",
    ...nspawnCommand(options),
  ];
  const child = spawn("setpriv", args, {
    // Ctrl-C on the terminal is for the tests; they stop the machine.
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...process.env,
      // As process 1 of its namespace systemd-nspawn would write its messages to the kernel log.
      SYSTEMD_LOG_TARGET: "console",
      // Inside it looks as on a real Debian 12, cgroup v2 alone, whatever this machine has.
      SYSTEMD_NSPAWN_UNIFIED_HIERARCHY: "1",
      LC_ALL: "C.UTF-8",
      TERM: "dumb",
    },
  });
  let tail = "";
  const keep = (chunk: Buffer): void => {
    tail = (tail + chunk.toString("utf8")).slice(-consoleLimit);
  };
  child.stdout.on("data", keep);
  child.stderr.on("data", keep);
  const exited = new Promise<number | string>((resolve) => {
    child.on("error", (error) => resolve(error.message));
    child.on("exit", (code, signalName) => resolve(code ?? String(signalName)));
  });
  return {
    exited,
    initPid: () => {
      const nspawn = child.pid === undefined ? undefined : firstChild(child.pid);
      return nspawn === undefined ? undefined : firstChild(nspawn);
    },
    console: () => stripVTControlCharacters(tail).replaceAll("\r", ""),
    stop: (how) => {
      signal(child, how === "orderly" ? "SIGTERM" : "SIGKILL");
    },
  };
}

function nspawnCommand(options: MachineOptions): string[] {
  return [
    "systemd-nspawn",
    "--quiet",
    // Neither a running systemd nor machined is needed on this side.
    "--register=no",
    "--keep-unit",
    `--directory=${options.rootDirectory}`,
    `--machine=${options.machineName}`,
    `--hostname=${options.hostName}`,
    `--network-bridge=${options.bridge}`,
    "--resolv-conf=off",
    "--timezone=off",
    "--link-journal=no",
    "--console=read-only",
    ...(options.bpf ? ["--system-call-filter=bpf"] : []),
    ...mountArguments(options.mounts),
    "--boot",
  ];
}

function mountArguments(mounts: MachineOptions["mounts"]): string[] {
  const noexec = new Set(mounts.noexecPaths);
  const sizes = new Map(Object.entries(mounts.tmpfs ?? {}));
  const paths = new Set([...sizes.keys(), ...noexec]);
  return [
    ...[...paths].map((path) => {
      const size = sizes.get(path);
      const flags = [
        "mode=0755",
        ...(size === undefined ? [] : [`size=${size}`]),
        ...(noexec.has(path) ? ["noexec"] : []),
      ];
      return `--tmpfs=${path}:${flags.join(",")}`;
    }),
    // The plus sign takes the source from the machine's own root.
    ...(mounts.readOnlyPaths ?? []).map((path) => `--bind-ro=+${path}:${path}`),
  ];
}

/** To systemd-nspawn, the child of the child; before that exists, to the child itself. */
function signal(child: ChildProcess, name: NodeJS.Signals): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    const nspawn = firstChild(child.pid);
    if (nspawn === undefined) child.kill(name);
    else process.kill(nspawn, name);
  } catch (error) {
    // Ended between the look and the signal.
    if (!(error instanceof Error && "code" in error)) throw error;
    if (error.code !== "ESRCH" && error.code !== "ENOENT") throw error;
  }
}

function firstChild(pid: number): number | undefined {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8");
  const [first] = children.split(" ").filter((id) => id !== "");
  return first === undefined ? undefined : Number(first);
}
