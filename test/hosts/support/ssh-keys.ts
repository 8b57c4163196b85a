import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runTool } from "./run-tool.ts";

/** A host's own key and the one key that may log in, made for this host alone. */
export interface HostKeys {
  readonly hostKeyFile: string;
  readonly hostPublicKey: string;
  /** `SHA256:…`, as `ssh-keygen -l` and HostKit's `hostKey` option write it. */
  readonly fingerprint: string;
  readonly privateKeyPath: string;
  readonly clientPublicKey: string;
  /** One line in the format of known_hosts. */
  readonly hostKeyLine: string;
  readonly knownHostsFile: string;
}

export async function createKeys(directory: string, address: string): Promise<HostKeys> {
  mkdirSync(directory, { mode: 0o700 });
  const hostKeyFile = join(directory, "host_ed25519");
  const privateKeyPath = join(directory, "id_ed25519");
  await Promise.all([generate(hostKeyFile, "root@host"), generate(privateKeyPath, "hostkit-test")]);
  const hostPublicKey = readFileSync(`${hostKeyFile}.pub`, "utf8");
  const listing = await runTool("ssh-keygen", ["-l", "-E", "sha256", "-f", `${hostKeyFile}.pub`]);
  const fingerprint = /SHA256:\S+/.exec(listing)?.[0];
  if (fingerprint === undefined) throw new Error(`ssh-keygen shows no fingerprint in: ${listing}`);
  const hostKeyLine = `${address} ${hostPublicKey.split(" ").slice(0, 2).join(" ")}`;
  const knownHostsFile = join(directory, "known_hosts");
  writeFileSync(knownHostsFile, `${hostKeyLine}\n`);
  return {
    hostKeyFile,
    hostPublicKey,
    fingerprint,
    privateKeyPath,
    clientPublicKey: readFileSync(`${privateKeyPath}.pub`, "utf8"),
    hostKeyLine,
    knownHostsFile,
  };
}

async function generate(file: string, comment: string): Promise<void> {
  await runTool("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", file]);
}
