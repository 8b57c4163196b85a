import { createHash } from "node:crypto";

import { sshFailure } from "../ssh-failure.ts";

/** As `ssh-keygen -lf` prints it. */
export function fingerprint(key: Buffer): string {
  return `SHA256:${createHash("sha256").update(key).digest("base64").replace(/=+$/u, "")}`;
}

/** Accepts what people paste: with or without padding. Anything else is refused before any contact. */
export function parsePin(pin: string): string {
  const match = /^SHA256:([0-9A-Za-z+/]{43})=?$/u.exec(pin.trim());
  if (match?.[1] !== undefined) return `SHA256:${match[1]}`;
  throw sshFailure(
    "HK2017",
    `hostKey is ${JSON.stringify(pin)}, which is not a SHA-256 fingerprint: SHA256: and 43 characters, as printed on the ` +
      `host by: ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub`,
  );
}
