import { spawn } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import type { TestHost } from "../hosts/support/host.ts";

export interface CliResult {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface CliOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Milliseconds. */
  readonly timeout?: number;
  /** Called with the process, to signal it in mid-way. */
  readonly started?: (process: {
    readonly pid: number;
    kill(signal: NodeJS.Signals): void;
  }) => void;
}

const CLI = resolve("dist/client/hostkit.js");

/** An operator's desk: a home directory with a key and known hosts, and a directory for declarations. */
export interface Operator extends Disposable {
  readonly home: string;
  /** Writes a file beside the declaration; `hostkit.config.ts` is the declaration. */
  write(name: string, content: string | Uint8Array): string;
  /** Runs the built command line as a process of its own, without a terminal. */
  hostkit(args: readonly string[], options?: CliOptions): Promise<CliResult>;
}

export function createOperator(
  host?: Pick<TestHost, "privateKeyPath" | "knownHostsFile">,
): Operator {
  const home = mkdtempSync(join(tmpdir(), "hostkit-operator-"));
  mkdirSync(join(home, ".ssh"), { mode: 0o700 });
  if (host !== undefined) {
    copyFileSync(host.privateKeyPath, join(home, ".ssh/id_ed25519"));
    chmodSync(join(home, ".ssh/id_ed25519"), 0o600);
    copyFileSync(host.knownHostsFile, join(home, ".ssh/known_hosts"));
  }
  return {
    home,
    write(name, content) {
      const path = join(home, name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, content);
      return path;
    },
    hostkit: (args, options = {}) => run(args, { cwd: home, ...options }),
    [Symbol.dispose]: () => rmSync(home, { recursive: true, force: true }),
  };
}

function run(
  args: readonly string[],
  { cwd, env = {}, timeout = 120_000, started }: CliOptions & { readonly cwd: string },
): Promise<CliResult> {
  return new Promise((done, reject) => {
    const child = spawn(process.execPath, [CLI, ...args], {
      cwd,
      // Nothing of the machine's own environment that would change what is tested.
      env: { PATH: process.env["PATH"], HOME: cwd, ...env },
      stdio: ["ignore", "pipe", "pipe"],
      timeout,
      killSignal: "SIGKILL",
    });
    const chunks = { stdout: "", stderr: "" };
    child.stdout.setEncoding("utf8").on("data", (text: string) => (chunks.stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (chunks.stderr += text));
    child.once("error", reject);
    child.once("close", (status) => done({ status, ...chunks }));
    started?.({ pid: child.pid as number, kill: (signal) => child.kill(signal) });
  });
}
