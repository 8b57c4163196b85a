import { describe, expect, it } from "vitest";
import { describeHosts } from "./support/requirements.ts";
import { sharedHost } from "./support/shared-host.ts";
import { codesOf, messageOf, sharedSite, isExplained } from "./support/site.ts";

/** What is recorded of runs on a real host: listed, shown, taken back one after the other, finished, removed; and readable without us. */

const KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBp1ZZJj2cYCkS0uBqPTV4cFBDX3L1Ys5q4aMDP0eBVb a";

const body = (version: "first" | "second") => `
  const conf = p.file("/etc/app.conf", { content: "${version}\\n", mode: 0o640, owner: "${version === "first" ? "root" : "daemon"}" });
  p.group("web", { gid: ${version === "first" ? 4100 : 4500} });
  p.account("deploy", { uid: ${version === "first" ? 4200 : 4201}, groups: ["web"], authorizedKeys: [${JSON.stringify(KEY)}] });
  p.directory("/srv/app", { mode: ${version === "first" ? "0o750" : "0o700"}, owner: "deploy" });
  p.symlink("/srv/current", { to: "/srv/${version}" });
  p.unit("worker.service", {
    unit: { Description: "${version}" },
    service: { ExecStart: argv("/bin/sh", "-c", "cp /etc/app.conf /run/worker.conf; exec sleep infinity") },
    install: { WantedBy: "multi-user.target" }, enabled: true, active: true, dependsOn: [conf],
  });
  ${version === "second" ? 'p.file("/etc/new/deep/file", { content: "x" });' : ""}`;

const stopping = `
  const made = p.file("/etc/made.conf", { content: "made\\n" });
  const gate = p.unit("gate.service", {
    service: { Type: "oneshot", RemainAfterExit: "yes", ExecStart: argv("/usr/bin/test", "-e", "/srv/mended") },
    active: true, dependsOn: [made],
  });
  p.file("/etc/behind.conf", { content: "behind\\n", dependsOn: [gate] });`;

const STATE = "/var/lib/hostkit";

describeHosts("runs", () => {
  const host = sharedHost({ name: "runs" });
  const site = sharedSite(host);
  const { remote, push, hostkit, isAsDeclared } = site;

  /** Names, metadata, links and contents, accounts, and what systemd runs. */
  const state = async () => ({
    tree: await remote(
      "find /etc /srv /home -xdev ! -path /etc ! -name '*-' ! -name 'shadow*' ! -name 'gshadow*' ! -name 'subuid*' ! -name 'subgid*' -printf '%p %y %m %U %G %l\\n' | sort",
    ),
    sums: await remote("sha256sum /etc/app.conf /etc/systemd/system/worker.service || true"),
    accounts: await remote("getent passwd; getent group"),
    unit: await remote(
      "systemctl show -P LoadState,ActiveState,UnitFileState,NeedDaemonReload,Description worker.service; cat /run/worker.conf",
    ),
    inode: await remote("stat -c '%i %h' /etc/app.conf /etc/systemd/system/worker.service"),
  });
  /** A push that leaves what it did when it fails. */
  const pushStopping = async () => {
    await site.plan({ body: stopping });
    return hostkit("push", "--host", "app", "--yes", "--on-failure", "stop");
  };
  const rollback = (...more: string[]) => hostkit("rollback", "--host", "app", "--yes", ...more);
  const list = async (...more: string[]) => {
    const { stdout, stderr, status } = await hostkit("runs", "--host", "app", ...more);
    expect({ status, stderr }).toEqual({ status: 0, stderr: expect.not.stringContaining("HK") });
    return stdout;
  };
  /** States as they are listed, newest first. */
  const states = async () =>
    (await list())
      .trimEnd()
      .split("\n")
      .slice(2)
      .map((line) => /^ {2}\d{8}T\d{6}-[0-9a-f]{6} {2}(\w+(?: \w+)*)/.exec(line)?.[1]);
  const lastRun = async () => /\d{8}T\d{6}-[0-9a-f]{6}/.exec(await list())?.[0] ?? "";

  describe("that changed the host one after the other", () => {
    let bare = "";
    let afterFirst: Awaited<ReturnType<typeof state>>;

    it("are listed newest first, on lines of 80 columns", async () => {
      bare = await remote("find /etc /srv /home -xdev ! -name '*-' | sort; getent passwd");
      expect((await push({ body: body("first") })).status).toBe(0);
      afterFirst = await state();
      expect((await push({ body: body("second") })).status).toBe(0);
      expect(await remote("cat /run/worker.conf")).toBe("second\n");
      expect(await states()).toEqual(["applied", "applied"]);
      const lines = (await list()).split("\n");
      expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
    });

    it("are shown one by one, with each change and whose they were", async () => {
      const shown = await list("--run", await lastRun());
      expect(shown).toMatch(/by +root from \S+/);
      expect(shown).toMatch(/declaration +\S+\/app/);
      expect(shown).toMatch(/done +file:\/etc\/app.conf/);
    });

    it("tell programs the same", async () => {
      const events = (await list("--json")).trimEnd().split("\n");
      const told = events.map((line) => JSON.parse(line) as Record<string, unknown>);
      expect(told.find(({ event }) => event === "runs")).toMatchObject({
        runs: [
          { state: "applied", sequence: 2, host: "app", reverts: null },
          { state: "applied", sequence: 1 },
        ],
      });
    });

    it("are kept where nobody but root can read them", async () => {
      expect(
        await remote(
          `find ${STATE}/runs ${STATE}/open ${STATE}/spool -perm /077 ! -path '*/preimages/*'`,
        ),
      ).toBe("");
      expect(
        await remote(
          `stat -c %a ${STATE}/runs ${STATE}/runs/* ${STATE}/runs/*/preimages | sort -u`,
        ),
      ).toBe("700\n");
      await remote(`! runuser -u daemon -- ls ${STATE}/runs >/dev/null 2>&1`);
      expect(await remote(`ls ${STATE}/open ${STATE}/spool`)).toBe(
        `${STATE}/open:\n\n${STATE}/spool:\n`,
      );
    });

    it("can be read, and a file be brought back, with what every host has", async () => {
      const run = `${STATE}/runs/${await lastRun()}`;
      expect(await remote(`grep -c '"type":"intent"' ${run}/journal.jsonl`)).toBe("7\n");
      expect(await remote(`grep '"verdict"' ${run}/outcome.json`)).toContain('"applied"');
      expect(await remote(`head -1 ${run}/journal.jsonl`)).toContain('"by":"root from ');
      // The journal says where a file is kept, by its path.
      const kept = (
        await remote(`grep -o '"/etc/app.conf":"[^"]*"' ${run}/journal.jsonl | cut -d'"' -f4`)
      ).trim();
      await remote(`cp -p ${kept} /root/app.conf`);
      expect(await remote("cat /root/app.conf; stat -c '%a %U' /root/app.conf")).toBe(
        "first\n640 root\n",
      );
    });

    it("are taken back by rollback: files with their inodes, accounts, and what runs", async () => {
      const result = await rollback();
      expect(result.stderr).not.toContain("HK");
      expect(result.stdout).toMatch(/^Takes back the run \d{8}T\d{6}-[0-9a-f]{6}\.$/m);
      expect(result.stdout).toMatch(/- file:\/etc\/new\/deep\/file \(rollback\)/);
      expect(result.status).toBe(0);
      expect(await state()).toEqual(afterFirst);
      expect(await states()).toEqual(["rollback", "taken back", "applied"]);
    });

    it("and one further, until the host is as it was before the first", async () => {
      expect((await rollback()).status).toBe(0);
      expect(await remote("find /etc /srv /home -xdev ! -name '*-' | sort; getent passwd")).toBe(
        bare,
      );
      expect(await remote("systemctl show -P LoadState,ActiveState worker.service")).toBe(
        "not-found\ninactive\n",
      );
      const none = await rollback();
      expect(codesOf(none)).toEqual(["HK4063"]);
      expect(none.status).toBe(1);
    });

    it("after which the declaration can be pushed again", async () => {
      expect((await push({ body: body("second") })).status).toBe(0);
      await isAsDeclared();
    });
  });

  it("one that is named is taken back but for what was changed since", async () => {
    await push({
      body: 'p.file("/etc/a.conf", { content: "a\\n" }); p.file("/etc/b.conf", { content: "b\\n" });',
    });
    const run = await lastRun();
    await remote("echo theirs > /etc/a.conf");
    const result = await rollback("--run", run);
    expect(messageOf(result)).toMatch(/HK4048.*file:\/etc\/a.conf/);
    expect(result.status).toBe(0);
    expect(await remote("cat /etc/a.conf; ls /etc/b.conf 2>&1 || true")).toMatch(
      /^theirs\n.*No such file/,
    );
  });

  describe("one that stopped part way", () => {
    it("is finished by resume once the cause is mended", async () => {
      const pushed = await pushStopping();
      expect(pushed.status).toBe(7);
      expect(await states()).toContain("stopped");
      expect(await remote("cat /etc/made.conf; ls /etc/behind.conf 2>&1 || true")).toMatch(
        /^made\n.*No such/,
      );
      const again = await hostkit("resume", "--host", "app", "--yes");
      expect(again.status).toBe(7);
      await remote("touch /srv/mended; systemctl reset-failed gate.service");
      const result = await hostkit("resume", "--host", "app", "--yes");
      expect(result.stderr).not.toContain("HK");
      expect(result.status).toBe(0);
      expect(await remote("cat /etc/made.conf /etc/behind.conf")).toBe("made\nbehind\n");
      await isAsDeclared();
      const none = await hostkit("resume", "--host", "app", "--yes");
      expect({ status: none.status, said: messageOf(none) }).toEqual({
        status: 0,
        said: expect.stringContaining("there is nothing to finish"),
      });
    });

    it("is refused when somebody changed what it did not come to", async () => {
      await remote("rm /srv/mended; systemctl stop gate.service; rm -f /etc/behind.conf");
      expect((await pushStopping()).status).toBe(7);
      await remote(
        "touch /srv/mended; systemctl reset-failed gate.service; echo theirs > /etc/behind.conf",
      );
      const result = await hostkit("resume", "--host", "app", "--yes");
      expect(codesOf(result)).toEqual(["HK4044"]);
      isExplained(result);
      expect(result.status).toBe(5);
      expect(await remote("cat /etc/behind.conf")).toBe("theirs\n");
      expect((await rollback()).status).toBe(0);
      expect(await remote("cat /etc/behind.conf")).toBe("theirs\n");
    });
  });

  it("a damaged record is listed beside the others, and set aside as it says", async () => {
    await push({ body: 'p.file("/etc/c.conf", { content: "c\\n" });' });
    const run = await lastRun();
    await remote(
      `truncate -s 20 ${STATE}/runs/${run}/outcome.json ${STATE}/runs/${run}/plan.json; touch ${STATE}/open/${run}`,
    );
    const shown = await hostkit("runs", "--host", "app");
    expect(shown.status).toBe(0);
    expect(shown.stdout).toMatch(new RegExp(`${run} +unreadable`));
    const refused = await push({ body: 'p.file("/etc/d.conf", { content: "d\\n" });' });
    expect(codesOf(refused)).toEqual(["HK4040"]);
    isExplained(refused);
    const aside = /`(mv [^`]*)`/.exec(messageOf(refused))?.[1] ?? "false";
    await remote(aside);
    expect(await remote(`ls -d ~/${run}`)).toContain(run);
    expect((await push({ body: 'p.file("/etc/d.conf", { content: "d\\n" });' })).status).toBe(0);
  });

  it("old records are removed when told so, and the host stays as it is", async () => {
    expect(await list("--prune", "--keep", "2")).toMatch(
      /^Removed the records of \d+ runs from app/,
    );
    expect(await states()).toHaveLength(2);
    await isAsDeclared();
  });
});
