import type { ChildProcess } from "node:child_process";
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";

import type { SshEndpoint } from "../../../client/transport/ssh-endpoint.ts";
import { createScratch, findProgram, freePort, makeKey } from "./scratch.ts";
import { endOf, spawnTied } from "./tied-process.ts";

/** Why tests against a real sshd cannot run here, or `undefined`. */
export const NO_SSHD =
  findProgram("sshd") === undefined || findProgram("ssh-keygen") === undefined
    ? "sshd and ssh-keygen are needed: install openssh-server and openssh-client"
    : undefined;

export interface OpenSshServer extends AsyncDisposable {
  readonly port: number;
  readonly directory: string;
  /** A key that the server accepts. */
  readonly identity: string;
  /** Holds the server's keys. */
  readonly knownHosts: string;
  /** Host, port, user, key and known hosts file, ready for use. */
  readonly endpoint: SshEndpoint;
  authorize(publicKeyFile: string): void;
  log(): string;
}

export interface ServerOptions {
  /** Lines of sshd_config. */
  readonly config?: readonly string[];
  /** A shell script that the server runs for every command, which it finds in `$SSH_ORIGINAL_COMMAND`. */
  readonly forcedCommand?: string;
  readonly hostKeyTypes?: readonly string[];
  /** Shell commands run first in a mount namespace of the server's own. Only root can have one. */
  readonly privateMounts?: readonly string[];
}

/** A real OpenSSH server on loopback, for the user that runs the tests. */
export async function startOpenSshServer(options: ServerOptions = {}): Promise<OpenSshServer> {
  const scratch = createScratch();
  const directory = scratch.path;
  const { username } = userInfo();
  const port = await freePort();
  const hostKeys = (options.hostKeyTypes ?? ["ed25519"]).map((type) =>
    makeKey(directory, { name: `host_${type}`, type }),
  );
  const identity = makeKey(directory, { name: "identity" });
  const authorizedKeys = join(directory, "authorized_keys");
  writeFileSync(authorizedKeys, readFileSync(`${identity}.pub`));
  const knownHosts = join(directory, "known_hosts");
  writeFileSync(
    knownHosts,
    hostKeys.map((key) => `[127.0.0.1]:${port} ${readFileSync(`${key}.pub`, "utf8")}`).join(""),
  );
  const forced = join(directory, "forced");
  if (options.forcedCommand !== undefined) writeFileSync(forced, options.forcedCommand);
  const config = join(directory, "sshd_config");
  writeFileSync(
    config,
    [
      ...(options.config ?? []),
      ...(options.forcedCommand === undefined ? [] : [`ForceCommand /bin/sh ${forced}`]),
      `ListenAddress 127.0.0.1:${port}`,
      ...hostKeys.map((key) => `HostKey ${key}`),
      `AuthorizedKeysFile ${authorizedKeys}`,
      "PidFile none",
      "StrictModes no",
      "UsePAM no",
      "PermitRootLogin prohibit-password",
      "PasswordAuthentication no",
      "KbdInteractiveAuthentication no",
      "MaxStartups 100",
      "LogLevel VERBOSE",
      "",
    ].join("\n"),
  );
  // sshd of root refuses to start without the directory that its package makes at boot.
  if (userInfo().uid === 0 && !existsSync("/run/sshd")) mkdirSync("/run/sshd", { mode: 0o755 });

  const sshd = [findProgram("sshd") ?? "sshd", "-D", "-e", "-f", config];
  const mounts = options.privateMounts;
  const child =
    mounts === undefined
      ? spawnTied("sshd", sshd.slice(1))
      : spawnTied("unshare", ["-m", "sh", "-ec", [...mounts, `exec ${sshd.join(" ")}`].join("\n")]);
  const log = await untilListening(child);

  return {
    port,
    directory,
    identity,
    knownHosts,
    endpoint: {
      host: "127.0.0.1",
      port,
      user: username,
      identityFiles: [identity],
      agent: "none",
      knownHostsFiles: [knownHosts],
    },
    authorize: (file) => appendFileSync(authorizedKeys, readFileSync(file)),
    log,
    async [Symbol.asyncDispose]() {
      await endOf(child);
      scratch[Symbol.dispose]();
    },
  };
}

function untilListening(child: ChildProcess): Promise<() => string> {
  let log = "";
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`sshd does not listen:\n${log}`)), 10_000);
    child.once("exit", () => {
      clearTimeout(timer);
      reject(new Error(`sshd ended:\n${log}`));
    });
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      log += text;
      if (!log.includes("Server listening on")) return;
      clearTimeout(timer);
      resolve(() => log);
    });
  });
}
