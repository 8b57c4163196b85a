import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createArtifact } from "../../../client/artifact/create-artifact.ts";
import { targetOf } from "../../../client/artifact/reach.ts";
import { sha256 } from "../../../client/sha256.ts";
import { writeArtifactFile } from "../../../client/artifact/write-artifact-file.ts";
import { canonical } from "../../../shared/canonical.ts";
import { type Manifest, manifestForDigest } from "../../../shared/manifest.ts";
import type { Plan } from "../../../shared/plan.ts";
import { change, content, MOTD, resource } from "../view/samples.ts";
import { machineIdOf, PLAN } from "./fake-services.ts";
import { readMarkdown } from "../view/markdown/read-markdown.ts";
import { hostkit } from "./hostkit.ts";

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), "hostkit-apply-"));
});
afterEach(() => rmSync(cwd, { recursive: true }));

const motd = { path: "/etc/motd", content: content(MOTD) };

/** As the fake host makes it, of the manifest that the file has. */
function planOf(manifest: Manifest): Plan {
  const { digest: _digest, ...plan } = PLAN;
  const body = {
    ...plan,
    project: manifest.project,
    host: { machineId: machineIdOf(manifest.host) },
    manifestDigest: sha256(manifestForDigest(manifest)),
    changes: [change("file", motd)],
    contents: [content(MOTD)],
  };
  return { ...body, digest: sha256(canonical(body)) };
}

async function save(file: string, host = "app", project = "prod"): Promise<Plan> {
  const manifest: Manifest = { version: 1, project, host, resources: [resource("file", motd)] };
  const plan = planOf(manifest);
  const artifact = await createArtifact({
    plan,
    manifest,
    diagnostics: [],
    hostkit: "1.2.3",
    reach: {
      kind: "ssh",
      host: `${host}.example.com`,
      port: 2222,
      user: "deploy",
      sudo: true,
      hostKey: "SHA256:x",
    },
    contents: {
      async *open() {
        yield new TextEncoder().encode(MOTD);
      },
    },
  });
  await writeArtifactFile(join(cwd, file), artifact);
  return plan;
}

describe("apply", () => {
  test("reaches the host where it was planned, shows the plan, and applies it", async () => {
    const plan = await save("plan.json");
    const { code, world, log, services } = await hostkit(
      "apply plan.json --yes",
      { hosts: { app: { plan } } },
      { cwd },
    );
    expect(world.stderr()).not.toContain("error");
    expect(code).toBe(0);
    expect(world.stdout()).toContain("+ file:/etc/motd (missing)");
    expect(world.stdout()).toContain("Applied 1 change to app");
    expect(log).toEqual(["connect app", "plan again app", "apply app", "close app"]);
    expect(services.targets[0]).toMatchObject({
      endpoint: { host: "app.example.com", port: 2222, user: "deploy" },
      sudo: true,
    });
  });

  test("a host that moved is left alone, and what moved is shown: 5", async () => {
    await save("plan.json");
    const { code, world, log } = await hostkit("apply plan.json --yes", {}, { cwd });
    expect(code).toBe(5);
    expect(world.stdout()).toContain("Refused: app has moved since this plan was made.");
    expect(world.stdout()).toContain("directory:/etc/app");
    expect(log).not.toContain("apply app");
    expect(log).toContain("close app");
  });

  test("--dry-run looks whether it still holds, and asks nobody", async () => {
    const plan = await save("plan.json");
    const { code, log } = await hostkit(
      "apply plan.json --dry-run",
      { hosts: { app: { plan } } },
      { cwd },
    );
    expect(code).toBe(0);
    expect(log).toEqual(["connect app", "plan again app", "close app"]);
  });

  test("several files are reviewed together", async () => {
    const hosts = { app: { plan: await save("a.json") }, db: { plan: await save("b.json", "db") } };
    const { code, log } = await hostkit("apply a.json b.json --yes", { hosts }, { cwd });
    expect(code).toBe(0);
    expect(log).toEqual(expect.arrayContaining(["apply app", "apply db"]));
  });

  test.each([
    ["apply", 64, "HK5000"],
    ["apply plan.json", 64, "HK5009"],
    ["apply none.json --yes", 1, "HK5080"],
    ["apply plan.json plan.json --yes", 64, "are plans of the same host"],
    ["apply plan.json other.json --host app --yes", 64, "HK5006"],
    ["apply plan.json --all --yes", 64, "HK5002"],
    ["apply plan.json --host app --host db --yes", 64, "HK5006"],
    ["apply plan.json --host db --yes", 6, "HK5082"],
    ["apply theirs.json --host app --yes", 6, "HK5082"],
    ["show none.json", 1, "HK5080"],
  ])("%s: %i %s", async (line, status, says) => {
    await save("plan.json");
    await save("theirs.json", "app", "theirs");
    await save("other.json", "db");
    const { code, world, log } = await hostkit(line, { hosts: { app: {}, db: {} } }, { cwd });
    expect(world.stderr()).toContain(says);
    expect(code).toBe(status);
    expect(log.join(" ")).not.toContain("connect");
  });

  test("what is wrong with several files is told together", async () => {
    const { world } = await hostkit("show a.json b.json", {}, { cwd });
    expect(world.stderr().match(/error\[cli HK5080\]/g)).toHaveLength(2);
  });

  test("shows them as one comment, each with what its file is", async () => {
    await save("a.json");
    await save("b.json", "db");
    const { code, world, log } = await hostkit("show a.json b.json --format markdown", {}, { cwd });
    expect(code).toBe(0);
    const { prose, blocks } = readMarkdown(world.stdout());
    expect(prose).toContain("On 2 hosts.");
    expect(blocks.filter((block) => /^[ab]\.json: plan of /.test(block))).toHaveLength(2);
    expect(blocks.join("\n")).toContain("signatures: none");
    expect(log).toEqual([]);
  });
});

describe("signatures", () => {
  const keygen = (...args: string[]) =>
    spawnSync("ssh-keygen", args, { cwd, encoding: "utf8", input: "" });
  /** A key, and a list that allows it. */
  const key = (name: string) => {
    keygen("-q", "-t", "ed25519", "-N", "", "-C", "", "-f", name);
    const [type, blob] = readFileSync(join(cwd, `${name}.pub`), "utf8").split(" ");
    const line = `${name}@example.com ${type} ${blob!.trim()}\n`;
    writeFileSync(join(cwd, `${name}.allowed`), line);
    return join(cwd, name);
  };
  const allowed = (name: string) => join(cwd, `${name}.allowed`);

  test("one that is allowed is told, trusted with commands and the host key, and known to ssh-keygen", async () => {
    const plan = await save("plan.json");
    const signed = await hostkit(`sign plan.json --sign ${key("alice")}`, {}, { cwd });
    expect(signed.code).toBe(0);
    const shown = await hostkit(
      `show plan.json --allowed-signers ${allowed("alice")}`,
      {},
      { cwd },
    );
    expect(shown.world.stdout().replaceAll(/\s+/g, " ")).toMatch(
      /signed by alice@example\.com \(SHA256:/,
    );
    const { code, services } = await hostkit(
      `apply plan.json --yes --allowed-signers ${allowed("alice")}`,
      { hosts: { app: { plan } } },
      { cwd },
    );
    expect(code).toBe(0);
    expect(services.targets[0]).toMatchObject({ endpoint: { hostKey: "SHA256:x" } });
    const { digest, signatures } = JSON.parse(readFileSync(join(cwd, "plan.json"), "utf8")) as {
      digest: string;
      signatures: string[];
    };
    writeFileSync(join(cwd, "sig"), signatures[0]!);
    const verified = spawnSync(
      "ssh-keygen",
      [
        "-Y",
        "verify",
        "-n",
        "hostkit-plan",
        "-f",
        allowed("alice"),
        "-I",
        "alice@example.com",
        "-s",
        "sig",
      ],
      { cwd, encoding: "utf8", input: `${digest}\n` },
    );
    expect(verified.status).toBe(0);
  });

  test.each([
    ["nobody's", () => undefined],
    ["somebody else's", () => hostkit(`sign plan.json --sign ${key("mallory")}`, {}, { cwd })],
  ])("%s is refused before anybody is contacted: 6", async (_whose, sign) => {
    await save("plan.json");
    await sign();
    key("alice");
    const line = `apply plan.json --yes --allowed-signers ${allowed("alice")}`;
    const { code, world, log } = await hostkit(line, {}, { cwd });
    expect(world.stderr()).toContain("HK5087");
    expect(code).toBe(6);
    expect(log).toEqual([]);
  });

  test("of another plan does not count", async () => {
    await save("one.json");
    await save("two.json");
    await hostkit(`sign one.json --sign ${key("alice")}`, {}, { cwd });
    const read = (file: string) =>
      JSON.parse(readFileSync(join(cwd, file), "utf8")) as { signatures: string[] };
    const { signatures } = read("one.json");
    writeFileSync(join(cwd, "two.json"), JSON.stringify({ ...read("two.json"), signatures }));
    const line = `apply two.json --yes --allowed-signers ${allowed("alice")}`;
    expect((await hostkit(line, {}, { cwd })).code).toBe(6);
  });

  test.each([
    ["plan --host app --sign key", 64, "HK5006"],
    ["sign plan.json", 64, "HK5011"],
    ["sign plan.json --sign none", 64, "HK5050"],
    ["apply plan.json --yes --allowed-signers none", 1, "HK5088"],
    ["apply plan.json --yes --allowed-signers /dev/zero", 1, "it is not a regular file"],
    ["show plan.json --allowed-signers .", 1, "HK5088"],
  ])("%s: %i %s", async (line, status, says) => {
    await save("plan.json");
    const { code, world } = await hostkit(line, {}, { cwd });
    expect(world.stderr()).toContain(says);
    expect(code).toBe(status);
  });
});

describe("plan --out", () => {
  test("several hosts need a name for each, before anybody is contacted", async () => {
    const { code, world, log } = await hostkit(
      "plan --all --out plan.json",
      { hosts: { app: {}, db: {} } },
      { cwd },
    );
    expect(code).toBe(64);
    expect(world.stderr()).toContain("plan-{host}.json");
    expect(log).toEqual(["load"]);
  });

  test("what is in the way is found before anybody is contacted", async () => {
    const { code, log } = await hostkit("plan --host app --out .", {}, { cwd });
    expect(code).toBe(1);
    expect(log).toEqual(["load"]);
  });
});

test("--dry-run of a push plans, and applies nothing", async () => {
  const { code, log, world } = await hostkit("push --host app --dry-run");
  expect(code).toBe(0);
  expect(world.stdout()).toContain("Plan: 2 to create");
  expect(log).toEqual(["load", "connect app", "plan app", "close app"]);
});

test("an IPv6 address is in brackets where it is told", () => {
  const reach = { kind: "ssh", host: "::1", port: 22, user: "root", sudo: false, hostKey: "x" };
  expect(targetOf("app", reach as Parameters<typeof targetOf>[1]).flags).toBe(
    "--ssh root@[::1]:22",
  );
});

test("show tells what a file is, and its plan", async () => {
  await save("plan.json");
  const { code, world } = await hostkit("show plan.json", {}, { cwd });
  expect(code).toBe(0);
  const { digest } = JSON.parse(readFileSync(join(cwd, "plan.json"), "utf8")) as { digest: string };
  expect(world.stdout()).toContain("plan.json: plan of app (deploy@app.example.com:2222)");
  expect(world.stdout()).toContain(`digest ${digest}`);
  expect(world.stdout()).toContain("Plan: 1 to create");
});
