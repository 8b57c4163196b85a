import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createOperator, type Operator } from "../support/cli.ts";
import { describeHosts } from "./support/requirements.ts";
import { sharedHost } from "./support/shared-host.ts";
import { codesOf, isExplained, messageOf } from "./support/site.ts";

/** What a declaration no longer names is taken off a real host, and what reads what changed starts again there. */

/** Tells each time it is started, and runs on. */
const server = (name: string) =>
  `#!/bin/sh\necho started >> /srv/${name}.starts\nexec sleep infinity\n`;

const declaration = (body: string) => `import { argv, project } from "hostkit";

export default project("test", (p) => {
  p.host("app", { at: "app.example.com" });
${body}
});
`;

describeHosts("removal and restarts", () => {
  const host = sharedHost({
    name: "removal",
    files: {
      "/usr/local/bin/one": { content: server("one"), mode: 0o755 },
      "/usr/local/bin/two": { content: server("two"), mode: 0o755 },
      "/usr/lib/systemd/system/vendor.service": {
        content:
          "[Service]\nExecStart=/bin/sleep infinity\n[Install]\nWantedBy=multi-user.target\n",
      },
    },
  });
  let operator: Operator;
  beforeAll(() => {
    operator = createOperator(host());
  });
  afterAll(() => operator[Symbol.dispose]());

  const remote = async (command: string) => {
    const { status, stdout, stderr } = await host().ssh(command);
    expect(status, `${command}\n${stdout}${stderr}`).toBe(0);
    return stdout;
  };
  const push = (body: string, flags: readonly string[] = []) => {
    operator.write("hostkit.config.ts", declaration(body));
    return operator.hostkit(["push", "--yes", "--ssh", `root@${host().address}`, ...flags]);
  };
  const pushed = async (body: string) => {
    const result = await push(body);
    expect(result.status, result.stdout + result.stderr).toBe(0);
    return result.stdout;
  };
  const changesNothing = async (body: string) =>
    expect(await pushed(body)).toMatch(/^No changes\./m);
  /** Names, owners, modes and contents of what may be removed. */
  const tree = () =>
    remote(
      "find /srv /etc/systemd/system /etc/app /home -xdev -printf '%p %y %m %U %G %l\\n' 2>/dev/null | sort; sha256sum /etc/passwd /etc/group /etc/shadow /etc/gshadow /etc/subuid /etc/subgid",
    );
  const starts = async (name: string) =>
    Number(await remote(`cat /srv/${name}.starts 2>/dev/null | wc -l`));

  describe("a service that reads a file", () => {
    /** `early`: what comes between the file and the service. */
    const both = (text: string, { early = "", late = "" } = {}) => `
  const conf = p.file("/etc/app/one.conf", { content: "${text}" });
  ${early}
  p.unit("one.service", { service: { ExecStart: argv("/usr/local/bin/one", "/etc/app/one.conf") }, active: true });
  p.unit("two.service", { service: { ExecStart: argv("/usr/local/bin/two") }, active: true });
  ${late}`;
    const fails = `p.unit("bad.service", { service: { Type: "oneshot", RemainAfterExit: true, ExecStart: argv("/bin/false") }, active: true, dependsOn: [conf] });`;

    it("restarts once when it changed, and no other does", async () => {
      await pushed(both("first"));
      const plan = await pushed(both("second"));
      expect(plan).toContain("! unit:one.service (restart, inputs changed)");
      expect(plan).toContain("inputs: file:/etc/app/one.conf");
      expect(plan).toContain("1 to change, 0 to remove, 1 restarts");
      expect([await starts("one"), await starts("two")]).toEqual([2, 1]);
      await changesNothing(both("second"));
      expect(await starts("one")).toBe(2);
    });

    it("restarts at the next push, once, when the run ended between the file and the restart", async () => {
      const stopped = await push(both("third", { early: fails }), ["--on-failure", "stop"]);
      expect(stopped.status, stopped.stderr).toBe(7);
      expect(await remote("cat /etc/app/one.conf")).toBe("third");
      expect(await starts("one")).toBe(2);
      await remote("systemctl reset-failed");
      expect(await pushed(both("third"))).toContain("! unit:one.service (restart, inputs changed)");
      expect(await starts("one")).toBe(3);
      await changesNothing(both("third"));
      expect(await starts("one")).toBe(3);
    });

    it("runs with the old file again when a push is rolled back", async () => {
      const result = await push(both("fourth", { late: fails }));
      expect(result.status, result.stderr).toBe(8);
      expect(await remote("cat /etc/app/one.conf")).toBe("third");
      expect(await remote("systemctl is-active one two")).toBe("active\nactive\n");
      await changesNothing(both("third"));
    });
  });

  it("a package's unit is reloaded when a file of its configuration changes, and is never removed", async () => {
    const banner = (text: string) => `
  const banner = p.file("/etc/ssh/sshd_config.d/banner.conf", { content: "${text}\\n" });
  p.unit("ssh.service", { inputs: [banner], onChange: "reload", enabled: true });`;
    await pushed(banner("PrintMotd no"));
    const plan = await pushed(banner("PrintMotd yes"));
    expect(plan).toContain("! unit:ssh.service (reload, inputs changed)");
    await changesNothing(banner("PrintMotd yes"));
    const last = await pushed("");
    expect(last).toContain("- file:/etc/ssh/sshd_config.d/banner.conf (not declared)");
    expect(last).toContain("unit:ssh.service (not declared) stays on the host");
    expect(await remote("systemctl is-active ssh; systemctl is-enabled ssh")).toBe(
      "active\nenabled\n",
    );
    const missing = await push(`p.unit("shh.service", { enabled: true });`);
    expect(codesOf(missing)).toEqual(["HK4306"]);
  });

  it("a drop-in of a package's unit is read before the unit starts again", async () => {
    const body = (text: string) => `
  const dropIn = p.file("/etc/systemd/system/vendor.service.d/own.conf", { content: "[Service]\\nEnvironment=OWN=${text}\\n" });
  p.unit("vendor.service", { inputs: [dropIn], enabled: true, active: true });`;
    const has = (text: string) =>
      remote(
        `tr '\\0' '\\n' < /proc/$(systemctl show -P MainPID vendor)/environ | grep -x OWN=${text}`,
      );
    await pushed(body("1"));
    await has("1");
    expect(await pushed(body("2"))).toContain("! unit:vendor.service (restart, inputs changed)");
    await has("2");
    await changesNothing(body("2"));
    await pushed("");
    expect(await remote("systemctl is-active vendor; systemctl is-enabled vendor")).toBe(
      "active\nenabled\n",
    );
  });

  describe("a whole service", () => {
    const SERVICE = `
  p.service("api", (s) => {
    s.account({ system: true });
    const data = s.storage("data");
    const conf = s.file(s.path("config", "deep/api.conf"), { content: "x" });
    s.symlink("/srv/current", { to: data });
    s.daemon({ exec: argv("/bin/sleep", "1003"), environment: { DATA: data.path, CONF: conf.path } });
  });`;
    beforeEach(() => pushed(""));

    it("goes when it is no longer declared, but for its account", async () => {
      await pushed(`p.file("/srv/stays", { content: "x" });${SERVICE}`);
      expect(await remote("systemctl is-active api; systemctl is-enabled api")).toBe(
        "active\nenabled\n",
      );
      const plan = await pushed(`p.file("/srv/stays", { content: "x" });`);
      for (const id of [
        "unit:api.service",
        "symlink:/srv/current",
        "file:/etc/api/deep/api.conf",
        "directory:/etc/api/deep",
        "directory:/etc/api",
        "directory:/var/lib/api",
      ]) {
        expect(plan).toContain(`- ${id} (not declared)`);
      }
      expect(plan).toContain("account:api (not declared) stays on the host");
      expect(plan).toContain("0 to create, 0 to change, 6 to remove");
      const gone = await host().ssh(
        "ls -d /etc/api /var/lib/api /srv/current; pgrep -f 'sleep 1003'",
      );
      expect(gone.stdout).toBe("");
      expect(await remote("systemctl list-units --all --no-legend 'api*' | wc -l")).toBe("0\n");
      expect(await remote("find /etc/systemd -name 'api*' | wc -l")).toBe("0\n");
      expect(await remote("id -un api; ls /srv/stays")).toBe("api\n/srv/stays\n");
      await changesNothing(`p.file("/srv/stays", { content: "x" });`);
      await pushed("");
      await remote("userdel api");
    });

    it("comes back exactly as it was when the push that removes it fails", async () => {
      const kept = `p.account("ann", { uid: 2345, groups: ["adm", "users"], shell: "/bin/sh", onRemove: "delete" });
  p.group("extra", { gid: 2400, onRemove: "delete" });
  p.account("bob", { groups: ["extra"] });${SERVICE}`;
      await pushed(kept);
      await remote(
        "echo 'ann:$6$x$notahash' | chpasswd -e; chage -W 5 -E 2030-01-01 ann; gpasswd -M bob extra; chfn -f 'Ann A.' ann || usermod -c 'Ann A.' ann",
      );
      const before = await tree();
      const failing = `p.account("bob");
  p.unit("bad.service", { service: { ExecStart: argv("/bin/false") }, active: true });`;
      const result = await push(failing);
      expect(result.stdout).toContain("- account:ann (not declared)");
      expect(result.stdout).toContain("- group:extra (not declared)");
      expect(result.status, result.stdout + result.stderr).toBe(8);
      expect(await tree()).toBe(before);
      expect(await remote("systemctl is-active api; systemctl is-enabled api")).toBe(
        "active\nenabled\n",
      );
      expect(await remote("ls /etc/*.lock /etc/*.[0-9]* 2>/dev/null | wc -l")).toBe("0\n");
      await changesNothing(kept);
      await pushed("");
      expect((await host().ssh("getent passwd ann; getent group ann extra")).stdout).toBe("");
      expect(await remote("ls -d /home/ann")).toBe("/home/ann\n");
      await remote("userdel api; userdel -r bob");
    });

    it("leaves what others put into its directory, and says what", async () => {
      await pushed(SERVICE);
      await remote("touch /var/lib/api/theirs");
      const plan = await pushed("");
      expect(plan).toContain("directory:/var/lib/api (not declared) stays on the host");
      expect(plan).toContain("it holds theirs");
      expect(await remote("ls /var/lib/api")).toBe("theirs\n");
      await changesNothing("");
      await remote("userdel api; rm -r /var/lib/api");
    });
  });

  it("a protected resource outlives its declaration", async () => {
    const body = (protect: boolean) =>
      `p.file("/srv/precious", { content: "x", protect: ${String(protect)} });`;
    await pushed(body(true));
    const refused = await push("");
    expect(refused.status, refused.stderr).toBe(6);
    expect(codesOf(refused)).toEqual(["HK4052"]);
    isExplained(refused);
    expect(messageOf(refused)).toContain("file:/srv/precious was declared with `protect: true`");
    expect(await remote("cat /srv/precious")).toBe("x");
    expect(await pushed(body(false))).toContain("protect: true -> false");
    expect(await pushed("")).toContain("- file:/srv/precious (not declared)");
    expect((await host().ssh("ls /srv/precious")).status).not.toBe(0);
  });

  it("a ledger that was damaged is refused and kept, with what to do", async () => {
    await pushed(`p.file("/srv/x", { content: "x" });`);
    await remote("truncate -s 100 /var/lib/hostkit/ledger.json");
    const sum = await remote(
      "sha256sum /var/lib/hostkit/ledger.json; stat -c %a /var/lib/hostkit/ledger.json",
    );
    expect(sum).toContain("\n600\n");
    const refused = await push("");
    expect(refused.status).toBe(1);
    expect(codesOf(refused)).toEqual(["HK4050"]);
    expect(messageOf(refused)).toContain("move it away");
    expect(
      await remote(
        "sha256sum /var/lib/hostkit/ledger.json; stat -c %a /var/lib/hostkit/ledger.json",
      ),
    ).toBe(sum);
    await remote("rm /var/lib/hostkit/ledger.json");
    await changesNothing("");
    expect(await remote("cat /srv/x")).toBe("x");
  });
});
