import { spawn } from "node:child_process";

export interface CpOptions {
  readonly flags: readonly string[];
  /** Milliseconds. */
  readonly timeout: number;
}

/**
 * cp(1) of coreutils, for what Node has no calls for: extended attributes, ACLs, SELinux labels. Every system with glibc that
 * HostKit supports brings it.
 */
export function cp(from: string, to: string, { flags, timeout }: CpOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn("cp", [...flags, "--", from, to], {
      stdio: ["ignore", "ignore", "pipe"],
      timeout,
    });
    let said = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => (said += text.slice(0, 1000)));
    child.once("error", reject);
    child.once("close", (status) => {
      if (status === 0) resolve();
      else reject(Object.assign(new Error(said.trim() || "cp did not finish"), { code: "EIO" }));
    });
  });
}
