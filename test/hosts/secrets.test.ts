import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { CliResult } from "../support/cli.ts";
import { describeHosts } from "./support/requirements.ts";
import { sharedHost } from "./support/shared-host.ts";
import { codesOf, sharedSite, isExplained } from "./support/site.ts";
import { watchProcesses } from "./support/watch-processes.ts";

/**
 * Values that exist nowhere else are planted in every source of secrets, and then looked for everywhere: in files of both sides,
 * the host's journal, arguments and environments of all processes, and all that is printed.
 */

const PLANTED = {
  env: "canary-env-5f0c2a",
  file: "canary-file-81be77",
  command: "canary-command-3d94e1",
  hostFile: "canary-hostfile-c60a5d",
  credential: "canary-credential-2b7f90",
  replaced: "canary-replaced-e4415c",
  redacted: "canary-redacted-97d3b8",
} as const;
const WORDS = Object.values(PLANTED);

const body = (more = "") => `
  const env = secret.env("CANARY");
  const made = secret.generate({ bytes: 24, encoding: "hex" });
  p.file("/etc/canary/app.conf", {
    content: text\`env=\${env}\\nfile=\${secret.file("./secrets/file")}\\ncommand=\${secret.command(["sh", "./secrets/tell"])}\\nhost=\${secret.hostFile("/root/host-secret")}\\nmade=\${made}\\n\`,
    validate: ["grep", "-q", "^host=", "{}"],
  });
  p.service("canary", (s) => {
    s.account({ system: true });
    const runtime = s.env("runtime", { TOKEN: env, PORT: 4000 });
    s.yaml("app.yaml", { token: env, nested: { list: [secret.env("CANARY")] }, jwt: redacted });
    s.daemon({
      exec: ["/bin/sh", "-c", "exec sleep infinity"],
      env: [runtime],
      credentials: { db: secret.env("CREDENTIAL") },
    });
    ${more}
  });
`;

const FILES = {
  "secrets/file": `${PLANTED.file}\n`,
  "secrets/tell": `echo ${PLANTED.command}; echo to-stderr >&2\n`,
};
const ENV = { CANARY: PLANTED.env, CREDENTIAL: PLANTED.credential };

const declared = (more = "") => ({ project: "canaries", body: body(more), files: FILES });

/** Where a value belongs. */
const HOMES = [
  "/etc/canary/app.conf",
  "/etc/canary/runtime.env",
  "/etc/canary/app.yaml",
  "/etc/credstore/canary.service.db",
  "/root/host-secret",
];

describeHosts("secrets", () => {
  const host = sharedHost({ name: "secrets" });
  const { push, plan, remote, hostkit, operator } = sharedSite(host);
  const told: CliResult[] = [];
  const keep = async (running: Promise<CliResult>) => {
    const result = await running;
    told.push(result);
    return result;
  };

  /** Files of the host, in memory or on disk, that hold a word; the words come by stdin. */
  const filesWith = async (words: readonly string[]) => {
    const input = words.map((word) => `${word}\n`).join("");
    const root = host().rootDirectory;
    // It complains of what vanishes meanwhile.
    const onDisk = spawnSync("grep", ["-rlaF", "-f", "-", root], { input, encoding: "utf8" });
    const inMemory = await remote(
      "cat >/dev/shm/w; grep -rlaF -f /dev/shm/w /run /tmp 2>/dev/null || :; rm /dev/shm/w",
      input,
    );
    const found = [
      ...onDisk.stdout.split("\n").map((path) => path.slice(root.length)),
      ...inMemory.split("\n"),
    ];
    return [...new Set(found.filter((path) => path !== ""))].toSorted();
  };
  const isClean = async (words: readonly string[] = WORDS) => {
    expect((await filesWith(words)).filter((path) => !HOMES.includes(path))).toEqual([]);
    const journal = await remote("journalctl --quiet --no-pager --output=export");
    for (const word of words) expect(journal).not.toContain(word);
    for (const { stdout, stderr } of told) {
      for (const word of words) expect(`${stdout}${stderr}`).not.toContain(word);
    }
    for (const file of readdirSync(operator().home, { recursive: true, withFileTypes: true })) {
      const path = join(file.parentPath, file.name);
      if (!file.isFile() || path.includes("/secrets/")) continue;
      for (const word of words)
        expect([path, readFileSync(path, "latin1").includes(word)]).toEqual([path, false]);
    }
  };

  it("are written where they belong, and are nowhere else, not even for a moment", async () => {
    await remote(`cat >/root/host-secret`, `${PLANTED.hostFile}\n`);
    await remote("mkdir -p /etc/canary && cat >/etc/canary/app.conf", `old=${PLANTED.replaced}\n`);
    await remote("cat >/etc/canary/app.yaml", `jwt: ${PLANTED.redacted}\ntheirs: 1\n`);
    const watched = watchProcesses(WORDS);
    await keep(plan({ ...declared(), env: ENV, flags: ["-v", "--full"] }));
    await keep(plan({ ...declared(), env: ENV, flags: ["--json"] }));
    const pushed = await keep(push({ ...declared(), env: ENV, flags: ["-v", "--full"] }));
    expect(pushed.status, pushed.stderr).toBe(0);
    const { seen, rounds } = await watched.stop();
    expect(rounds).toBeGreaterThan(20);
    // The operator's own process has what its shell gave it, and the service what it was declared with.
    const allowed = ({ where, cgroup, word }: (typeof seen)[number]) =>
      where === "environ" &&
      (cgroup.includes("canary.service") ? word === PLANTED.env : !cgroup.includes("machine"));
    expect(seen.filter((one) => !allowed(one))).toEqual([]);

    expect(await remote("cat /etc/canary/app.conf")).toMatch(
      new RegExp(
        `^env=${PLANTED.env}\nfile=${PLANTED.file}\ncommand=${PLANTED.command}\nhost=${PLANTED.hostFile}\nmade=[0-9a-f]{48}\n$`,
      ),
    );
    expect(
      await remote(
        "stat -c '%a %U %G' /etc/canary/app.conf /etc/canary/runtime.env /etc/credstore/canary.service.db",
      ),
    ).toBe("640 root root\n640 root canary\n600 root root\n");
    expect(await remote("cat /etc/canary/app.yaml")).toContain(`jwt: ${PLANTED.redacted}`);
    expect(
      await remote(
        "tr '\\0' '\\n' </proc/$(systemctl show -P MainPID canary)/environ | grep -c '^TOKEN=canary-env-'",
      ),
    ).toBe("1\n");
    expect(await remote("cat /run/credentials/canary.service/db")).toBe(PLANTED.credential);
    HOMES.push("/run/credentials/canary.service/db");
    await isClean();
  });

  it("a second push changes nothing, and nothing that can be asked for tells them", async () => {
    const again = await keep(push({ ...declared(), env: ENV }));
    expect(again.stdout).toMatch(/^No changes\./m);
    await keep(hostkit("dump"));
    const { stdout } = await keep(hostkit("runs", "--host", "app"));
    const [run] = /\d{8}T\d{6}Z-[0-9a-f]+/.exec(stdout) ?? [];
    await keep(hostkit("runs", "--host", "app", "--run", run ?? "", "--json"));
    await isClean();
  });

  it("one that is generated is in its file alone", async () => {
    const [, made = ""] = /made=(.*)/.exec(await remote("cat /etc/canary/app.conf")) ?? [];
    expect(made).toMatch(/^[0-9a-f]{48}$/);
    await isClean([made]);
  });

  it("another value is a change, restarts its users, and is taken back by a rollback", async () => {
    const before = await remote("systemctl show -P InvocationID canary");
    const env = { ...ENV, CANARY: "canary-env-rotated-77", CREDENTIAL: "canary-cred-rotated-12" };
    const planned = await keep(plan({ ...declared(), env }));
    expect(planned.status).toBe(2);
    expect(planned.stdout).toContain("TOKEN: changed, not shown");
    expect(planned.stdout).toContain("! restarts canary.service".slice(2, 10));
    const pushed = await keep(push({ ...declared(), env }));
    expect(pushed.status, pushed.stderr).toBe(0);
    expect(await remote("systemctl show -P InvocationID canary")).not.toBe(before);
    expect(await remote("cat /run/credentials/canary.service/db")).toBe(env.CREDENTIAL);
    // What was replaced is kept for a rollback, and opened by nobody but this host.
    await isClean([...WORDS, ...Object.values(env)]);
    const back = await keep(hostkit("rollback", "--host", "app", "--yes"));
    expect(back.status, back.stderr).toBe(0);
    expect(
      await remote("grep -c canary-env-5f0c2a /etc/canary/app.conf /etc/canary/runtime.env"),
    ).toBe("/etc/canary/app.conf:1\n/etc/canary/runtime.env:1\n");
    expect(await remote("cat /run/credentials/canary.service/db")).toBe(PLANTED.credential);
    await isClean([...WORDS, ...Object.values(env)]);
  });

  it("a run that fails tells none, and one that stopped is finished with them", async () => {
    const bad = `s.daemon("bad", { exec: ["/bin/false"], type: "exec", restart: "no", after: ["canary.service"] });`;
    const env = { ...ENV, CANARY: "canary-env-failing-31" };
    const failed = await keep(push({ ...declared(bad), env }));
    expect(failed.status).toBe(8);
    const stopped = await keep(push({ ...declared(bad), env, flags: ["--on-failure", "stop"] }));
    expect(stopped.status).toBe(7);
    const resumed = await keep(operator().hostkit(["resume", "--host", "app", "--yes"], { env }));
    expect(codesOf(resumed)).not.toContain("HK3031");
    await keep(hostkit("rollback", "--host", "app", "--yes"));
    await isClean([...WORDS, env.CANARY]);
  });

  it("what is missing is told before anybody is contacted", async () => {
    const { CANARY: _gone, ...env } = ENV;
    const refused = await keep(push({ ...declared(), env }));
    expect(codesOf(refused)).toEqual(["HK1045"]);
    isExplained(refused);
    expect(refused.status).toBe(3);
    expect(refused.stderr).toContain("CANARY");
    expect(refused.stderr).toContain("hostkit.config.ts:");
    expect(refused.stderr).not.toContain("connecting");
  });
});
