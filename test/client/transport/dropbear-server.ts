import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";

import type { SshEndpoint } from "../../../client/transport/ssh-endpoint.ts";
import { createScratch, findProgram, freePort, makeKey } from "./scratch.ts";
import { endOf, spawnTied } from "./tied-process.ts";

/** Why tests against dropbear cannot run here, or `undefined`. */
export const NO_DROPBEAR =
  findProgram("dropbear") === undefined || findProgram("dropbearkey") === undefined
    ? "dropbear is needed: install dropbear-bin"
    : userInfo().uid === 0
      ? undefined
      : "it takes keys from the home directory only, which root can replace in a mount namespace";

export interface DropbearServer extends AsyncDisposable {
  readonly endpoint: SshEndpoint;
}

/** The small SSH server of routers and initial RAM disks, on loopback, with a home directory and a /var/lib of its own. */
export async function startDropbear(): Promise<DropbearServer> {
  const scratch = createScratch();
  const directory = scratch.path;
  const port = await freePort();
  const hostKey = join(directory, "host_key");
  const line = execFileSync(findProgram("dropbearkey") ?? "", ["-t", "ed25519", "-f", hostKey], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  })
    .split("\n")
    .find((each) => each.startsWith("ssh-ed25519 "));
  const identity = makeKey(directory, { name: "identity" });
  const knownHosts = join(directory, "known_hosts");
  writeFileSync(knownHosts, `[127.0.0.1]:${port} ${line}\n`);
  const { username, homedir } = userInfo();
  const script = [
    `key='${readFileSync(`${identity}.pub`, "utf8").trim()}'`,
    `mount -t tmpfs -o mode=700 none ${homedir}`,
    "mount -t tmpfs -o mode=755 none /var/lib",
    `mkdir -m 700 ${homedir}/.ssh && echo "$key" >${homedir}/.ssh/authorized_keys`,
    `exec ${findProgram("dropbear")} -F -E -s -r ${hostKey} -P ${directory}/pid -p 127.0.0.1:${port}`,
  ];
  const child = spawnTied("unshare", ["-m", "sh", "-ec", script.join("\n")]);
  await new Promise<void>((resolve, reject) => {
    let log = "";
    const timer = setTimeout(() => reject(new Error(`dropbear does not start:\n${log}`)), 10_000);
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      log += text;
      if (!log.includes("Not backgrounding")) return;
      clearTimeout(timer);
      resolve();
    });
  });
  return {
    endpoint: {
      host: "127.0.0.1",
      port,
      user: username,
      identityFiles: [identity],
      agent: "none",
      knownHostsFiles: [knownHosts],
      // It says that it starts a moment before it listens.
      retry: { attempts: 10, baseDelayMs: 50, maxDelayMs: 200 },
    },
    async [Symbol.asyncDispose]() {
      await endOf(child);
      scratch[Symbol.dispose]();
    },
  };
}
