import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { describe, expect, it } from "vitest";

export type Availability = { readonly ok: true } | { readonly ok: false; readonly reason: string };

/** What is asked of a machine; injected by the test of the answers. */
export interface Probe {
  readonly platform: NodeJS.Platform;
  readonly uid: number;
  hasTool(name: string): boolean;
}

/** Tools by the Debian package that brings them. */
export type Tools = Readonly<Record<string, readonly string[]>>;

const tools: Tools = {
  "systemd-container": ["systemd-nspawn"],
  mmdebstrap: ["mmdebstrap"],
  "openssh-client": ["ssh", "ssh-keygen"],
  iproute2: ["ip"],
  "util-linux": ["unshare", "setpriv", "nsenter"],
  mount: ["mount", "umount"],
  apt: ["apt-config"],
  tar: ["tar"],
  attr: ["getfattr", "setfattr"],
};

/** For what is compiled here; the headers come along, unless somebody took care that they don't. */
export const cc: Tools = { "gcc libc6-dev": ["cc"] };

/** Whether test hosts can be booted here; if not, one line that says what to do about it. */
export function hostsAvailable(probe: Probe = thisMachine(), more: Tools = {}): Availability {
  if (probe.platform !== "linux") return refuse(`they need Linux, this is ${probe.platform}`);
  const missing = Object.entries({ ...tools, ...more })
    .filter(([, names]) => names.some((name) => !probe.hasTool(name)))
    .map(([name]) => name);
  if (missing.length > 0) return refuse(`run: apt-get install ${missing.join(" ")}`);
  if (probe.uid !== 0) return refuse("run the tests as root (they make mounts and networks)");
  return { ok: true };
}

let told = false;

/** `skip` and `fail` carry the reason: a person's machine may lack what CI must have. */
export type Verdict =
  | { readonly kind: "run" }
  | { readonly kind: "skip" | "fail"; readonly reason: string };

export function verdict(available: Availability, environment: NodeJS.ProcessEnv): Verdict {
  if (available.ok) return { kind: "run" };
  const kind = environment["CI"] === "true" ? "fail" : "skip";
  return { kind, reason: available.reason };
}

/**
 * `describe` for tests that boot hosts: skipped with the reason where that is impossible, failed on CI. `more` is what these
 * tests need beside what every test host does.
 */
export function describeHosts(name: string, tests: () => void, more: Tools = {}): void {
  describeBy(verdict(hostsAvailable(thisMachine(), more), process.env), name, tests);
}

/** `describe` as was decided, with one line that says why not. */
export function describeBy(decision: Verdict, name: string, tests: () => void): void {
  if (decision.kind === "skip") tellOnce(`Skipped: ${decision.reason}`);
  const suite = decision.kind === "skip" ? describe.skip : describe;
  suite(name, decision.kind === "fail" ? () => failWith(decision.reason) : tests);
}

/** Once for a test file, which is what vitest loads a module for. */
function tellOnce(line: string): void {
  if (!told) process.stderr.write(`${line}\n`);
  told = true;
}

function failWith(reason: string): void {
  it("has what test hosts need", () => {
    expect.fail(reason);
  });
}

function refuse(what: string): Availability {
  return { ok: false, reason: `Test hosts can't be booted here: ${what}.` };
}

function thisMachine(): Probe {
  const directories = (process.env["PATH"] ?? "").split(delimiter);
  return {
    platform: process.platform,
    uid: process.getuid?.() ?? -1,
    hasTool: (name) => directories.some((directory) => isExecutable(join(directory, name))),
  };
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
