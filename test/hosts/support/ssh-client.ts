import { spawn } from "node:child_process";

export interface SshTarget {
  readonly address: string;
  readonly port: number;
  readonly privateKeyPath: string;
  readonly knownHostsFile: string;
}

export interface SshOptions {
  /** Default `root`. */
  readonly user?: string;
  readonly input?: string | Uint8Array;
  /** Milliseconds, default 30 000. */
  readonly timeout?: number;
}

export interface SshResult {
  /** The command's exit status; 255 is ssh's own failure. */
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** One command through the system's ssh client: the second opinion that owes nothing to HostKit's own transport. */
export function runSsh(
  target: SshTarget,
  command: string,
  options: SshOptions = {},
): Promise<SshResult> {
  const timeoutMs = options.timeout ?? 30_000;
  const child = spawn("ssh", [...sshArguments(target, options.user ?? "root"), command], {
    stdio: "pipe",
  });
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
  // A command that ends without reading its input is no failure of ssh.
  child.stdin.on("error", () => child.stdin.destroy());
  child.stdin.end(options.input ?? "");

  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => child.kill("SIGKILL"), timeoutMs);
    child.on("error", reject);
    child.on("close", (status, signal) => {
      clearTimeout(timer);
      const result = { stdout: text(stdout), stderr: text(stderr) };
      if (status !== null) resolve({ status, ...result });
      else
        reject(
          new Error(
            `ssh ${target.address} ${command}: ended by ${signal} (limit ${timeoutMs} ms)\n${result.stdout}${result.stderr}`,
          ),
        );
    });
  });
}

/** Nothing of the person's own ssh configuration, agent or known hosts takes part. */
function sshArguments(target: SshTarget, user: string): string[] {
  const options = {
    BatchMode: "yes",
    ConnectTimeout: "10",
    ControlMaster: "no",
    ControlPath: "none",
    GlobalKnownHostsFile: "/dev/null",
    IdentitiesOnly: "yes",
    IdentityAgent: "none",
    LogLevel: "ERROR",
    StrictHostKeyChecking: "yes",
    UserKnownHostsFile: target.knownHostsFile,
  };
  return [
    "-F/dev/null",
    `-i${target.privateKeyPath}`,
    `-p${target.port}`,
    ...Object.entries(options).map(([name, value]) => `-o${name}=${value}`),
    `${user}@${target.address}`,
  ];
}

function text(chunks: readonly Buffer[]): string {
  return Buffer.concat(chunks).toString("utf8");
}
