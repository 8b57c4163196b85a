import { execFile } from "node:child_process";
import type { SshResult } from "./ssh-client.ts";

const timeoutMs = 30_000;

/** A command beside the machine's first process, as root, with the namespaces that one has: nsenter(1). */
export function runBeside(pid: number, command: string): Promise<SshResult> {
  const args = [`--target=${pid}`, "--all", "--", "/bin/sh", "-c", command];
  // A clean environment: the person's own would reach programs of the machine.
  const options = {
    timeout: timeoutMs,
    env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", HOME: "/root", LC_ALL: "C.UTF-8" },
  };
  return new Promise((resolve, reject) => {
    execFile("nsenter", args, options, (error, stdout, stderr) => {
      const status = error === null ? 0 : error.code;
      if (typeof status === "number") resolve({ status, stdout, stderr });
      else reject(new Error(`nsenter ${command}: ${error?.signal ?? error?.message}\n${stderr}`));
    });
  });
}
