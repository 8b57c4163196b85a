import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { verifier } from "../../../agent/policy/verifier.ts";
import { verifySignatures } from "../../../shared/signature/verify-signatures.ts";
import { findProgram, makeKey } from "../../client/transport/scratch.ts";

/** The real ssh-keygen, to make signatures with and to compare with. */

export const NO_KEYGEN = findProgram("ssh-keygen") === undefined;

export const DIGEST = "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03";
export const NAMESPACE = "hostkit-plan";
export const AT = Date.UTC(2026, 5, 15, 12);

export interface TestKey {
  readonly path: string;
  /** Type and base64. */
  readonly publicKey: string;
  readonly fingerprint: string;
}

let made = 0;

export function newKey(directory: string, type = "ed25519", bits?: number): TestKey {
  made += 1;
  const name = `key-${made}`;
  const path = makeKey(directory, { name, type, ...(bits === undefined ? {} : { bits }) });
  return keyAt(path);
}

export function keyAt(path: string): TestKey {
  const publicKey = readFileSync(`${path}.pub`, "utf8").split(" ").slice(0, 2).join(" ");
  const listed = execFileSync("ssh-keygen", ["-l", "-f", `${path}.pub`], { encoding: "utf8" });
  return { path, publicKey, fingerprint: listed.split(" ")[1] ?? "" };
}

export function keygenSigns(
  key: string,
  {
    text = `${DIGEST}\n`,
    namespace = NAMESPACE,
    options = [],
  }: {
    readonly text?: string;
    readonly namespace?: string;
    readonly options?: readonly string[];
  } = {},
): string {
  const flags = options.flatMap((option) => ["-O", option]);
  const argv = ["-Y", "sign", "-n", namespace, ...flags, "-f", key];
  // Told on stderr: that it signs what comes in.
  return execFileSync("ssh-keygen", argv, { input: text, encoding: "utf8", stdio: "pipe" });
}

/** Whether ssh-keygen has a signature for one of some principal's, as a verifier of its own would ask. */
export function keygenTakes(
  directory: string,
  {
    signature,
    allowed,
    principal,
    at = AT,
    digest = DIGEST,
  }: {
    readonly signature: string;
    readonly allowed: string;
    readonly principal: string;
    readonly at?: number;
    readonly digest?: string;
  },
): boolean {
  const [file, list] = [join(directory, "signature"), join(directory, "allowed")];
  writeFileSync(file, signature);
  writeFileSync(list, allowed);
  const time = new Date(at).toISOString().replaceAll(/\D/g, "").slice(0, 14);
  const argv = ["-Y", "verify", "-f", list, "-I", principal, "-n", NAMESPACE, "-s", file];
  const { status } = spawnSync("ssh-keygen", [...argv, "-O", `verify-time=${time}Z`], {
    input: `${digest}\n`,
  });
  return status === 0;
}

export function verified(
  signatures: readonly string[],
  allowedSigners: string,
  { digest = DIGEST, at = AT }: { readonly digest?: string; readonly at?: number } = {},
) {
  return verifySignatures({ digest, signatures, allowedSigners, at, verifier });
}
