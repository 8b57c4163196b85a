import { randomBytes } from "node:crypto";
import {
  chmodSync,
  chownSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import type { HostFile, HostOptions, HostUser } from "./host-options.ts";
import type { Subnet } from "./network.ts";
import { runTool } from "./run-tool.ts";
import type { HostKeys } from "./ssh-keys.ts";

/** What makes this host another one than its neighbours; stays the same when its disk is reset. */
export interface HostIdentity {
  readonly hostName: string;
  readonly machineId: string;
  readonly subnet: Subnet;
  readonly keys: HostKeys;
}

export function newMachineId(): string {
  return randomBytes(16).toString("hex");
}

/** Writes into an image's root what a provider would have set up before handing the host over: network, names, keys, users. */
export async function provision(
  root: string,
  identity: HostIdentity,
  options: HostOptions,
): Promise<void> {
  const { hostName, subnet, keys } = identity;
  const put = (path: string, content: string, mode = 0o644): void =>
    writeInside(root, path, { content, mode });

  put("/etc/hostname", `${hostName}\n`);
  // Without its own name here, sudo waits for a resolver that a bare host has not got.
  put("/etc/hosts", `127.0.0.1 localhost\n127.0.1.1 ${hostName}\n::1 localhost ip6-localhost\n`);
  put("/etc/machine-id", `${identity.machineId}\n`, 0o444);
  put("/etc/systemd/network/10-host0.network", networkUnit(subnet));
  // sshd alone answers before pam_nologin lets anybody but root in.
  put(
    "/etc/systemd/system/ssh.service.d/logins.conf",
    "[Unit]\nAfter=systemd-user-sessions.service\n",
  );
  put("/etc/ssh/ssh_host_ed25519_key", readFileSync(keys.hostKeyFile, "utf8"), 0o600);
  put("/etc/ssh/ssh_host_ed25519_key.pub", keys.hostPublicKey);
  put("/root/.ssh/authorized_keys", keys.clientPublicKey, 0o600);
  chmodSync(join(root, "root/.ssh"), 0o700);
  for (const user of options.users ?? []) await addUser(root, user, keys.clientPublicKey);
  for (const [path, file] of Object.entries(options.files ?? {})) writeInside(root, path, file);
}

function networkUnit(subnet: Subnet): string {
  return [
    "[Match]",
    "Name=host0",
    "[Network]",
    `Address=${subnet.address}/${subnet.prefixLength}`,
    "IPv6AcceptRA=no",
    "",
  ].join("\n");
}

async function addUser(root: string, user: HostUser, authorizedKey: string): Promise<void> {
  await runTool("chroot", [
    root,
    "useradd",
    "--create-home",
    `--shell=${user.shell ?? "/bin/bash"}`,
    user.name,
  ]);
  const ids = await runTool("chroot", [root, "id", user.name]);
  const [uid, gid] = [...ids.matchAll(/[ug]id=(\d+)/g)].map((match) => Number(match[1]));
  if (uid === undefined || gid === undefined)
    throw new Error(`No ids for the new user ${user.name} in: ${ids}`);
  const home = `/home/${user.name}`;
  writeInside(root, `${home}/.ssh/authorized_keys`, { content: authorizedKey, mode: 0o600 });
  chmodSync(join(root, home, ".ssh"), 0o700);
  for (const path of [".ssh", ".ssh/authorized_keys"]) chownSync(join(root, home, path), uid, gid);
  if (user.sudo === "nopasswd")
    writeInside(root, `/etc/sudoers.d/${user.name}`, {
      content: `${user.name} ALL=(ALL:ALL) NOPASSWD: ALL\n`,
      mode: 0o440,
    });
}

function writeInside(root: string, path: string, file: HostFile): void {
  if (!path.startsWith("/")) throw new Error(`A file on a host needs an absolute path: ${path}`);
  const directory = join(root, dirname(path));
  mkdirSync(directory, { recursive: true });
  // An absolute link in the image, such as /var/run, would lead to this machine's own directory.
  const real = realpathSync(directory);
  if (real !== root && !real.startsWith(`${root}/`))
    throw new Error(`${path} leads out of the host's root, through a link; give the real path.`);
  const target = join(real, basename(path));
  writeFileSync(target, file.content);
  chmodSync(target, file.mode ?? 0o644);
}
