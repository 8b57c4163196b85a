import { execFileSync } from "node:child_process";
import { accessSync, constants, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

import { type Diagnostic, HostKitError } from "../../../shared/diagnostic.ts";

/** A directory of one test, deleted by `using`. */
export interface Scratch extends Disposable {
  readonly path: string;
}

export function createScratch(parent = tmpdir()): Scratch {
  const path = mkdtempSync(join(parent, "hostkit-test-"));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

/** The program's path, when this machine has it. */
export function findProgram(name: string): string | undefined {
  const places = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin", "/sbin"];
  return places
    .map((place) => join(place, name))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

/** A new key pair made by OpenSSH; returns the path of the private half. */
export function makeKey(
  directory: string,
  options: {
    name: string;
    type?: string;
    bits?: number;
    passphrase?: string;
    format?: "PEM" | "PKCS8";
  },
): string {
  const path = join(directory, options.name);
  const format = options.format === undefined ? [] : ["-m", options.format];
  const { name, type = "ed25519", passphrase = "" } = options;
  const bits = options.bits === undefined ? [] : ["-b", String(options.bits)];
  const flags = ["-q", "-t", type, ...bits, "-N", passphrase, "-C", name, ...format, "-f", path];
  execFileSync("ssh-keygen", flags);
  return path;
}

/** A port on which nothing listens right now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => {
    server.close(resolve);
  });
  return port;
}

/** The diagnostic codes with which `action` fails; fails itself when it does not. */
export async function failure(action: Promise<unknown>): Promise<Diagnostic> {
  const error: unknown = await action.then(
    () => new Error("It did not fail."),
    (reason: unknown) => reason,
  );
  if (!(error instanceof HostKitError)) throw error;
  const [diagnostic] = error.diagnostics;
  if (diagnostic === undefined) throw error;
  return diagnostic;
}

export function timeLimit(ms = 20_000): AbortSignal {
  return AbortSignal.timeout(ms);
}
