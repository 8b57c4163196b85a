import type { HostKitError } from "../../../shared/diagnostic.ts";
import { fingerprint } from "./fingerprint.ts";
import type { HostKeyPolicy } from "./policy.ts";
import { type KnownHost, knownHostName } from "./known-hosts.ts";
import { knownHostLine } from "./known-hosts-files.ts";
import { sshFailure } from "../ssh-failure.ts";

export interface PresentedKey {
  readonly key: Buffer;
  readonly keyType: string;
  readonly fingerprint: string;
}

export function unknownKey(policy: HostKeyPolicy, presented: PresentedKey): HostKitError {
  const name = knownHostName(policy.address);
  const file = policy.files[0] ?? "~/.ssh/known_hosts";
  const hint = policy.known.onDefaultPort.map(
    (each) =>
      ` ${at(each)} has a ${each.keyType} key for the same host on port 22${each.key.equals(presented.key) ? ", the same key" : ""}.`,
  );
  return sshFailure(
    "HK2010",
    `${name} presented the ${presented.keyType} key ${presented.fingerprint}, and none of ${policy.files.join(", ")} has a ` +
      `key for ${name}.${hint.join("")} An unknown key can be anybody's. Compare the fingerprint with the one the host's ` +
      `own console prints for: ssh-keygen -lf ${publicKeyFile(presented.keyType)}\nIf they are the same, record it:\n` +
      `  echo '${knownHostLine(policy.address, presented)}' >> ${shellWord(file)}\n` +
      `or pin it in the declaration: hostKey: "${presented.fingerprint}"`,
  );
}

export function changedKey(policy: HostKeyPolicy, presented: PresentedKey): HostKitError {
  const { keys } = policy.known;
  const name = knownHostName(policy.address);
  const recorded = keys.map((each) => `  ${each.keyType} ${fingerprint(each.key)} at ${at(each)}`);
  const files = [...new Set(keys.map((each) => each.file))];
  const removals = files.map((file) => `  ssh-keygen -R '${name}' -f ${shellWord(file)}`);
  return sshFailure(
    "HK2011",
    `${name} presented the ${presented.keyType} key ${presented.fingerprint}, but on record is:\n${recorded.join("\n")}\n` +
      `Either the host was reinstalled, or somebody stands between you and it. Compare the fingerprint with the one the ` +
      `host's own console prints. If the new key is right, remove the old one:\n${removals.join("\n")}`,
  );
}

export function revokedKey(
  policy: HostKeyPolicy,
  presented: PresentedKey,
  revocation: KnownHost,
): HostKitError {
  return sshFailure(
    "HK2012",
    `${knownHostName(policy.address)} presented the ${presented.keyType} key ${presented.fingerprint}, which ${at(revocation)} ` +
      `marks as @revoked. Somebody holds a key that must no longer be trusted; no other line and no pin overrides that. ` +
      `Give the host a new key, or remove the line if it is wrong.`,
  );
}

export function unsupportedAuthority(policy: HostKeyPolicy, presented: PresentedKey): HostKitError {
  const lines = policy.known.authorities.map(at).join(", ");
  return sshFailure(
    "HK2013",
    `For ${knownHostName(policy.address)} the known hosts files have only a @cert-authority line (${lines}), and HostKit's SSH ` +
      `library cannot check host certificates. The host's plain key is ${presented.keyType} ${presented.fingerprint}. Pin it: ` +
      `hostKey: "${presented.fingerprint}", after comparing it with the host's own console.`,
  );
}

export function pinnedKeyDiffers(policy: HostKeyPolicy, presented: PresentedKey): HostKitError {
  return sshFailure(
    "HK2014",
    `${knownHostName(policy.address)} presented the ${presented.keyType} key ${presented.fingerprint}, but the declaration pins ` +
      `${policy.pin ?? ""}. Either the host was reinstalled, or somebody stands between you and it. Compare the ` +
      `fingerprint with the one the host's own console prints before changing hostKey.`,
  );
}

function at(known: KnownHost): string {
  return `${known.file}:${known.line}`;
}

function publicKeyFile(keyType: string): string {
  const kind = /ed25519|ecdsa|rsa/u.exec(keyType)?.[0] ?? "*";
  return `/etc/ssh/ssh_host_${kind}_key.pub`;
}

function shellWord(text: string): string {
  return /^[\w./~@%+=:,-]+$/u.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
