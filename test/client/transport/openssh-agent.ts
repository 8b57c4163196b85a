import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

import { createScratch } from "./scratch.ts";
import { endOf, spawnTied } from "./tied-process.ts";

export interface OpenSshAgent extends AsyncDisposable {
  readonly socket: string;
  add(privateKey: string): void;
}

/** A real ssh-agent, in the foreground, so that it ends with the test. */
export async function startOpenSshAgent(): Promise<OpenSshAgent> {
  const scratch = createScratch();
  const socket = join(scratch.path, "agent");
  const child = spawnTied("ssh-agent", ["-D", "-a", socket]);
  // It prints its socket when it listens.
  await once(child.stdout, "data");
  return {
    socket,
    add(privateKey) {
      const env = { ...process.env, SSH_AUTH_SOCK: socket };
      execFileSync("ssh-add", ["-q", privateKey], { env, stdio: "ignore" });
    },
    async [Symbol.asyncDispose]() {
      await endOf(child);
      scratch[Symbol.dispose]();
    },
  };
}
