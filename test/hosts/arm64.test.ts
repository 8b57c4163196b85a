import { spawnSync } from "node:child_process";
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Launcher, launcher } from "../../build/toolchain.ts";
import { loadArtifacts } from "../../client/bootstrap/artifacts.ts";
import { startAgent, type StartedAgent } from "../bench/agent.ts";
import { contentsOf, manifestOf } from "../flow/joined.ts";
import { declare } from "../support/declare.ts";
import { verdict } from "./support/requirements.ts";

/** The agent for 64-bit ARM as it was built, on such a processor or under qemu. */

type Found =
  | { readonly ok: true; readonly launch: Launcher }
  | { readonly ok: false; readonly reason: string };

const found: Found = await launcher("linux-arm64").then(
  (launch) => ({ ok: true, launch }),
  (error: unknown) => ({
    ok: false,
    reason: error instanceof Error ? error.message : String(error),
  }),
);
const decision = verdict(found, process.env);
if (decision.kind === "skip") process.stderr.write(`Skipped: ${decision.reason}\n`);

const suite = decision.kind === "skip" ? describe.skip : describe;
suite(
  "the agent for arm64",
  found.ok ? () => whatTheAgentDoes(found.launch) : () => whatIsMissing(found.reason),
);

function whatIsMissing(reason: string): void {
  it("can be run here", () => {
    expect.fail(reason);
  });
}

function whatTheAgentDoes(launch: Launcher): void {
  let directory: string | undefined;
  let agent: StartedAgent | undefined;

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), "hostkit-arm64-"));
    const program = join(directory, "agent");
    const binary = await unpack(join(directory, "unpacked"));
    const words = launch(binary).map((word) => `'${word.replaceAll("'", String.raw`'\''`)}'`);
    writeFileSync(program, `#!/bin/sh\nexec ${words.join(" ")} "$@"\n`, { mode: 0o755 });
    agent = await startAgent(program, join(directory, "state"));
    // The agent starts its own binary once more to apply, and the kernel would run that without an emulator: a script that
    // names one takes the place of what is running already.
    renameSync(binary, `${binary}.real`);
    writeFileSync(binary, readFileSync(program, "utf8").replace(binary, `${binary}.real`), {
      mode: 0o755,
    });
  });
  afterAll(async () => {
    await agent?.session.close();
    if (directory !== undefined) rmSync(directory, { recursive: true, force: true });
  });
  const session = () => {
    if (agent === undefined) throw new Error("The agent has not started.");
    return agent.session;
  };

  it("says what it is", async () => {
    expect(session().hello).toMatchObject({ arch: "arm64", uid: process.getuid?.() });
    const facts = await session().facts([]);
    expect(facts).toMatchObject({
      kernel: { arch: "arm64" },
      libc: { family: "glibc" },
      host: { machineId: session().hello.machineId },
    });
    expect(facts.users?.some(({ name, uid }) => name === "root" && uid === 0)).toBe(true);
  });

  it("plans and applies, and has nothing left to do", async () => {
    const mine = { owner: String(process.getuid?.()), group: String(process.getgid?.()) };
    const made = join(directory ?? "", "made");
    const big = "0123456789abcdef".repeat(40_000);
    const contents = contentsOf("hello\n", big);
    const manifest = manifestOf(
      declare.directory(made, mine),
      declare.file(`${made}/greeting`, { ...mine, text: "hello\n", mode: "0600" }),
      declare.file(`${made}/big`, { ...mine, text: big }),
      declare.symlink(`${made}/link`, { to: "greeting" }),
    );
    const { plan, diagnostics } = await session().plan(manifest, contents);
    expect(diagnostics).toEqual([]);
    expect(plan?.changes.map(({ action }) => action)).toEqual(Array(4).fill("create"));
    const applied = await session().apply(plan!, {
      contents,
      onFailure: "rollback",
      wait: 0,
      onEvent: () => undefined,
    });
    expect(applied).toMatchObject({ outcome: { verdict: "applied" }, diagnostics: [] });
    expect(readFileSync(`${made}/link`, "utf8")).toBe("hello\n");
    expect(statSync(`${made}/greeting`).mode & 0o7777).toBe(0o600);
    expect(readFileSync(`${made}/big`, "utf8")).toBe(big);

    const again = await session().plan(manifest, contents);
    expect(again.plan).toMatchObject({ changes: [], unchanged: 4 });
  });
}

/** With the tool that a bootstrap on the host uses. */
async function unpack(directory: string): Promise<string> {
  const artifacts = await loadArtifacts(resolve("dist/agent"));
  const artifact = artifacts.find(({ target }) => target === "linux-arm64");
  if (artifact === undefined) throw new Error("The arm64 agent is not built: run npm run build.");
  mkdirSync(directory);
  const path = join(directory, "hostkit-agent");
  const file = openSync(path, "w", 0o755);
  const { status } = spawnSync("gzip", ["-dc", artifact.path], {
    stdio: ["ignore", file, "inherit"],
  });
  closeSync(file);
  expect(status).toBe(0);
  return path;
}
