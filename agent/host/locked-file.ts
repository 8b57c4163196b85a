import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import * as fs from "node:fs";
import { cp } from "./cp.ts";
import { attempt } from "./fault.ts";

/** AES-256-GCM (NIST SP 800-38D): a nonce of 12 bytes, a tag of 16, then what is hidden. */
const CIPHER = "aes-256-gcm";
const NONCE = 12;
const TAG = 16;
/** Milliseconds. */
const COPY_TIMEOUT = 60_000;
const ATTRIBUTES = ["--attributes-only", "--preserve=all"];

/** Puts a file into the place of another, in a form that takes the key to read. All that belongs to it comes along. */
export async function lockFile(path: string, locked: string, key: Uint8Array): Promise<void> {
  await exchange(path, locked, (bytes) => {
    const nonce = randomBytes(NONCE);
    const cipher = createCipheriv(CIPHER, key, nonce);
    const hidden = Buffer.concat([cipher.update(bytes), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), hidden]);
  });
}

/** The reverse. What was damaged, or locked with another key, is refused. */
export async function unlockFile(locked: string, path: string, key: Uint8Array): Promise<void> {
  await exchange(locked, path, (bytes) => {
    const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, NONCE));
    decipher.setAuthTag(bytes.subarray(NONCE, NONCE + TAG));
    return Buffer.concat([decipher.update(bytes.subarray(NONCE + TAG)), decipher.final()]);
  });
}

/** The new one is complete and on disk before the old one goes: whoever is cut off in between has one of them, or both. */
async function exchange(
  from: string,
  to: string,
  change: (bytes: Buffer) => Buffer,
): Promise<void> {
  const temporary = `${to}.new`;
  attempt(from, () => {
    fs.rmSync(temporary, { force: true });
    const changed = change(fs.readFileSync(from));
    fs.writeFileSync(temporary, changed, { flag: "wx", mode: 0o600, flush: true });
  });
  await cp(from, temporary, { flags: ATTRIBUTES, timeout: COPY_TIMEOUT });
  attempt(to, () => {
    fs.renameSync(temporary, to);
    fs.rmSync(from);
  });
}
