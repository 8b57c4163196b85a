import { readFile } from "node:fs/promises";
import { appendFileSync, mkdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";

import { type HostAddress, type KnownHost, knownHostName, parseKnownHosts } from "./known-hosts.ts";
import { errorCode, errorText } from "../error-text.ts";
import { sshFailure } from "../ssh-failure.ts";

/** Files that do not exist are empty, as for OpenSSH; one that exists but cannot be read may hide a revocation. */
export async function readKnownHosts(files: readonly string[]): Promise<KnownHost[]> {
  const lists = await Promise.all(
    files.map(async (file) => {
      try {
        return parseKnownHosts(file, await readFile(file, "utf8"));
      } catch (error) {
        if (errorCode(error) === "ENOENT" || errorCode(error) === "ENOTDIR") return [];
        throw sshFailure(
          "HK2015",
          `${file}: ${errorText(error)}. It may hold the host's key, or say that it is revoked, so the connection is ` +
            `not opened without it. Make it readable, or name another file with knownHostsFile.`,
          { cause: error },
        );
      }
    }),
  );
  return lists.flat();
}

/**
 * Appends one line, as OpenSSH does for `StrictHostKeyChecking=accept-new`. Synchronous: the key has to be on disk before
 * the login goes on, or a second attempt could accept a different one.
 */
export function recordHostKey(file: string, address: HostAddress, key: KnownHostKey): void {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    const line = `${knownHostLine(address, key)}\n`;
    appendFileSync(file, endsMidLine(file) ? `\n${line}` : line, { mode: 0o600 });
  } catch (error) {
    throw sshFailure(
      "HK2016",
      `${file}: ${errorText(error)}. acceptNewHostKey is "record", and a key that is not recorded would be accepted ` +
        `unseen each time. Make the file writable, or pin the key with hostKey.`,
      { cause: error },
    );
  }
}

export interface KnownHostKey {
  readonly keyType: string;
  readonly key: Buffer;
}

/** The line that makes OpenSSH and HostKit know this key for this host. */
export function knownHostLine(address: HostAddress, { keyType, key }: KnownHostKey): string {
  return `${knownHostName(address)} ${keyType} ${key.toString("base64")}`;
}

function endsMidLine(file: string): boolean {
  try {
    const text = readFileSync(file);
    return text.length > 0 && text.at(-1) !== 0x0a;
  } catch (error) {
    if (errorCode(error) === "ENOENT") return false;
    throw error;
  }
}
