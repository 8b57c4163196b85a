import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it, vi } from "vitest";

import { dial } from "../../../client/bootstrap/dial.ts";
import type { Elevation } from "../../../client/bootstrap/scripts.ts";
import { createLocalTransport } from "../../../client/transport/local.ts";
import { createScratch, failure, timeLimit } from "../transport/scratch.ts";
import { makeAgent } from "./fake-agent.ts";
import { changing } from "./wrapped-connection.ts";

vi.setConfig({ testTimeout: 30_000 });

interface Case {
  readonly name: string;
  /** What the host does in place of our command. */
  readonly host: string;
  readonly elevate?: Elevation;
  readonly code: string;
  readonly says: string;
}

const CASES: readonly Case[] = [
  {
    name: "another user is demanded",
    host: `echo 'Please login as the user "admin" rather than the user "root".'; echo; exit 142`,
    code: "HK2113",
    says: "log in as admin",
  },
  {
    name: "the shell is nologin",
    host: "echo 'This account is currently not available.'; exit 1",
    code: "HK2113",
    says: "refuses commands",
  },
  { name: "a start-up file exits", host: "echo bye; exit 0", code: "HK2110", says: "bye" },
  { name: "a start-up file exits silently", host: "exit 0", code: "HK2110", says: "exit code 0" },
  { name: "a start-up file is killed", host: "kill -KILL $$", code: "HK2110", says: "SIGKILL" },
  { name: "a start-up file sleeps", host: "echo wait; exec sleep 3", code: "HK2111", says: "wait" },
  { name: "a start-up file prints for ever", host: "yes motd", code: "HK2112", says: "motd" },
  {
    name: "there is no shell",
    host: "exec /nonexistent/sh",
    code: "HK2114",
    says: "exit code 127",
  },
  {
    name: "it is Windows",
    host: "echo \"'/bin/sh' is not recognized as an internal or external command,\" >&2; exit 1",
    code: "HK2114",
    says: "not a Linux host",
  },
  {
    name: "it is a switch",
    host: "echo '% Invalid input detected at marker.'; exit 0",
    code: "HK2114",
    says: "restricted shell",
  },
  {
    name: "sudo wants a terminal",
    host: "echo 'sudo: sorry, you must have a tty to run sudo' >&2; exit 1",
    elevate: "sudo",
    code: "HK2115",
    says: "requiretty",
  },
  {
    name: "sudo wants a password",
    host: "echo 'sudo: a password is required' >&2; exit 1",
    elevate: "sudo",
    code: "HK2116",
    says: "NOPASSWD",
  },
  {
    name: "sudo-rs wants a password",
    host: "echo 'sudo: interactive authentication is required' >&2; exit 1",
    elevate: "sudo",
    code: "HK2116",
    says: "NOPASSWD",
  },
  {
    name: "sudo does not know the account",
    host: "echo 'joe is not in the sudoers file.' >&2; exit 1",
    elevate: "sudo",
    code: "HK2117",
    says: "sudoers does not let",
  },
  {
    name: "sudo-rs does not know the account",
    host: "echo \"sudo: I'm sorry joe. I'm afraid I can't do that\" >&2; exit 1",
    elevate: "sudo",
    code: "HK2117",
    says: "sudoers does not let",
  },
  {
    name: "sudo is missing",
    host: "/bin/sh -c 'exec sudo-that-is-missing' 2>/dev/null; echo 'sh: 1: sudo: not found' >&2; exit 127",
    elevate: "sudo",
    code: "HK2118",
    says: "not installed",
  },
  {
    name: "sudo's message without sudo",
    host: "echo 'a password is required' >&2; exit 1",
    code: "HK2110",
    says: "a password is required",
  },
  {
    name: "colours are printed",
    host: "printf '\\033[31mred\\033[0m\\007'; exit 5",
    code: "HK2110",
    says: "It printed:\nred",
  },
];

describe.skipIf(process.platform !== "linux")("a host on which (needs Linux)", () => {
  it.each(CASES)("$name is explained: $code", async ({ host, elevate = "none", code, says }) => {
    using scratch = createScratch();
    const connection = changing(await createLocalTransport().connect(timeLimit()), () => host);
    const found = await failure(
      dial(connection, {
        artifacts: [makeAgent(scratch.path)],
        elevate,
        signal: timeLimit(),
        report: () => undefined,
        windowMs: 700,
      }),
    );
    expect(found.code).toBe(code);
    expect(found.detail).toContain(says);
    expect(found.detail).toMatch(/^local: /u);
    expect(connection.execCount).toBe(1);
  });

  it("sudo works is asked for root's rights with -n, before the shell", async () => {
    using scratch = createScratch();
    const sudo = join(scratch.path, "sudo");
    writeFileSync(sudo, `#!/bin/sh\necho "$1 $2 $3" >>${scratch.path}/log\nshift 2\nexec "$@"\n`, {
      mode: 0o755,
    });
    const connection = changing(
      await createLocalTransport().connect(timeLimit()),
      (command) => `PATH=${scratch.path}:$PATH; echo 'no agent, no upload' >&2; ${command}`,
    );
    const artifact = { ...makeAgent(scratch.path), target: "linux-arm64" as const };
    // Ends after the report, since there is no agent for the machine that runs the tests.
    const other = process.arch === "arm64" ? "linux-x64" : "linux-arm64";
    const { code } = await failure(
      dial(connection, {
        artifacts: [{ ...artifact, target: other }],
        elevate: "sudo",
        signal: timeLimit(),
        report: () => undefined,
      }),
    );
    expect(code).toBe("HK2102");
    expect(readFileSync(join(scratch.path, "log"), "utf8")).toBe("-n -- /bin/sh\n");
  });
});
