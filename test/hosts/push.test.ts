import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createOperator, type Operator } from "../support/cli.ts";
import { describeHosts } from "./support/requirements.ts";
import { sharedHost } from "./support/shared-host.ts";
import { codesOf, isExplained } from "./support/site.ts";

/** One declaration after another on one host: what each changes, and that a second push changes nothing. */

const KEY_A = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBp1ZZJj2cYCkS0uBqPTV4cFBDX3L1Ys5q4aMDP0eBVb a";
const KEY_B = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ7x0cV6c7bXJ3s7hEJt5m0S5eMyo0d9cXJ2bW0vWq1Z b";

const declaration = (body: string) => `import { argv, fromFile, project } from "hostkit";

export default project("test", (p) => {
  p.host("app", { at: "app.example.com" });
${body}
});
`;

describeHosts("push", () => {
  const host = sharedHost({ name: "push" });
  let operator: Operator;
  beforeAll(() => {
    operator = createOperator(host());
  });
  afterAll(() => operator[Symbol.dispose]());

  const target = () => ["--ssh", `root@${host().address}`];
  const hostkit = (...args: string[]) => operator.hostkit([...args, ...target()]);
  const remote = async (command: string) => {
    const { status, stdout, stderr } = await host().ssh(command);
    expect({ command, status, stderr: status === 0 ? "" : stderr }).toEqual({
      command,
      status: 0,
      stderr: "",
    });
    return stdout;
  };
  /** Pushes a declaration, expects what its plan says, and that a second push changes nothing. */
  const converge = async (body: string, summary: string) => {
    operator.write("hostkit.config.ts", declaration(body));
    const first = await hostkit("push", "--yes");
    expect(first.status, first.stderr).toBe(0);
    expect(first.stdout).toContain(summary);
    const second = await hostkit("push", "--yes");
    expect(second.stdout).toMatch(/^No changes\./m);
    expect(second.status).toBe(0);
    return first.stdout;
  };
  /** Names, metadata and contents of everything that is no pseudo file system and not written by the system itself. */
  const tree = () =>
    remote(
      "find / -xdev \\( -path /run -o -path /tmp -o -path /var/log -o -path /var/lib/systemd -o -path /var/lib/hostkit \\) -prune -o -printf '%p %y %m %U %G %s %l\\n' | sort | sha256sum; find /etc /srv /home /usr/local -xdev -type f -print0 | sort -z | xargs -0 sha256sum | sha256sum",
    );

  describe("files, directories and links", () => {
    it("are created with content, owner and mode; parents that are made are announced", async () => {
      operator.write("banner.bin", Uint8Array.from([0, 1, 2, 255]));
      const plan = await converge(
        `  const dir = p.directory("/srv/site/www", { owner: "www-data", group: "www-data", mode: 0o2750 });
  p.file(\`\${dir.path}/index.html\`, { content: "<h1>héllo</h1>\\n", group: "www-data", mode: "u=rw,g=r" });
  p.file("/srv/site/banner.bin", { content: fromFile("./banner.bin") });
  p.symlink("/srv/current", { to: dir });`,
        "Plan: 4 to create, 0 to change, 0 to remove, 0 restarts, 0 unknown.",
      );
      expect(plan).toContain("parents: /srv/site");
      expect(
        await remote("stat -c '%a %U %G %n' /srv/site /srv/site/www /srv/site/www/index.html"),
      ).toBe(
        "755 root root /srv/site\n2750 www-data www-data /srv/site/www\n640 root www-data /srv/site/www/index.html\n",
      );
      expect(await remote("cat /srv/site/www/index.html")).toBe("<h1>héllo</h1>\n");
      expect(await remote("od -An -tx1 /srv/site/banner.bin")).toBe(" 00 01 02 ff\n");
      expect(await remote("readlink /srv/current")).toBe("/srv/site/www\n");
    });

    it("are corrected where the host drifted, with a diff, and nothing else is touched", async () => {
      await remote("echo changed > /srv/site/www/index.html; chmod 600 /srv/site/www/index.html");
      await remote(
        "chown root /srv/site/www; ln -sfn /tmp /srv/current; echo mine > /srv/site/www/mine",
      );
      const before = await remote("stat -c %Z /srv/site/banner.bin");
      const plan = await hostkit("plan", "--exit-code");
      expect(plan.status).toBe(2);
      expect(plan.stdout).toContain("-changed");
      expect(plan.stdout).toContain("+<h1>héllo</h1>");
      expect(plan.stdout).toMatch(/mode: 0600 -> 0640/);
      const push = await hostkit("push", "--yes");
      expect(push.stdout).toContain("Plan: 0 to create, 3 to change, 0 to remove");
      expect(
        await remote("cat /srv/site/www/index.html /srv/site/www/mine; readlink /srv/current"),
      ).toBe("<h1>héllo</h1>\nmine\n/srv/site/www\n");
      expect(await remote("stat -c %Z /srv/site/banner.bin")).toBe(before);
      expect((await hostkit("plan", "--exit-code")).status).toBe(0);
    });

    it("leave no temporary file behind", async () => {
      expect(await remote("find / -xdev -name '*.hostkit-*' | wc -l")).toBe("0\n");
    });

    it("keep extended attributes of a file that is replaced", async () => {
      await remote("cp /bin/true /srv/tool");
      const { execFileSync } = await import("node:child_process");
      execFileSync("setfattr", [
        "-n",
        "trusted.note",
        "-v",
        "kept",
        `${host().rootDirectory}/srv/tool`,
      ]);
      await converge(`  p.file("/srv/tool", { content: "new\\n" });`, "1 to change");
      const value = execFileSync("getfattr", [
        "--only-values",
        "-n",
        "trusted.note",
        `${host().rootDirectory}/srv/tool`,
      ]);
      expect(value.toString()).toBe("kept");
    });

    it("refuse what is of another type, before anything is changed", async () => {
      await remote("mkdir -p /srv/other/full && ln -sfn /etc/hostname /srv/other/link");
      operator.write(
        "hostkit.config.ts",
        declaration(`  p.file("/srv/other/fine", { content: "x" });
  p.file("/srv/other/full", { content: "x" });
  p.file("/srv/other/link", { content: "x" });
  p.directory("/etc/hostname");
  p.file("/etc/hostname/below", { content: "x" });`),
      );
      const before = await tree();
      const result = await hostkit("push", "--yes");
      expect(result.status).toBe(1);
      expect(result.stderr.match(/error\[host HK4011\]/g)?.length).toBe(3);
      expect(result.stderr).toContain("/srv/other/link");
      expect(result.stderr).toContain("hostkit.config.ts:6:");
      expect(await tree()).toBe(before);
    });

    it("refuse an owner that exists nowhere", async () => {
      operator.write(
        "hostkit.config.ts",
        declaration(`  p.file("/srv/x", { content: "", owner: "nobody-such" });`),
      );
      const result = await hostkit("push", "--yes");
      expect(result).toMatchObject({ status: 1 });
      expect(codesOf(result)).toEqual(["HK4010"]);
      isExplained(result);
      const page = await operator.hostkit(["explain", "4010"]);
      expect(page).toMatchObject({ status: 0, stderr: "" });
      expect(page.stdout).toContain("What to do\n");
    });
  });

  describe("groups and accounts", () => {
    it("are created, and log in with their key", async () => {
      await converge(
        `  const web = p.group("web", { gid: 4100 });
  p.group("ops");
  p.account("deploy", { uid: 4200, groups: [web], shell: "/bin/bash", authorizedKeys: [${JSON.stringify(KEY_A)}] });
  p.account("daemon-x", { system: true });
  p.file("/srv/owned", { content: "", owner: "deploy", group: web });`,
        "Plan: 5 to create",
      );
      expect(
        await remote("getent group web; id deploy; getent passwd deploy | cut -d: -f6,7"),
      ).toBe(
        "web:x:4100:deploy\nuid=4200(deploy) gid=4200(deploy) groups=4200(deploy),4100(web)\n/home/deploy:/bin/bash\n",
      );
      expect(
        await remote("stat -c '%a %U %n' /home/deploy/.ssh /home/deploy/.ssh/authorized_keys"),
      ).toBe("700 deploy /home/deploy/.ssh\n600 deploy /home/deploy/.ssh/authorized_keys\n");
      expect(await remote("stat -c '%U %G' /srv/owned")).toBe("deploy web\n");
      expect(await remote("test ! -e /home/daemon-x && getent passwd daemon-x | cut -d: -f7")).toBe(
        "/usr/sbin/nologin\n",
      );
    });

    it("are updated in every field", async () => {
      await converge(
        `  p.group("web", { gid: 4500 });
  p.group("ops");
  p.account("deploy", { uid: 4201, groups: ["ops", "adm"], home: "/srv/deploy", shell: "/bin/sh", authorizedKeys: [${JSON.stringify(KEY_B)}] });`,
        "Plan: 0 to create, 2 to change",
      );
      expect(
        await remote(
          "getent group web | cut -d: -f3; id deploy; getent passwd deploy | cut -d: -f6,7",
        ),
      ).toBe(
        "4500\nuid=4201(deploy) gid=4200(deploy) groups=4200(deploy),4(adm),".concat(
          (await remote("getent group ops | cut -d: -f3")).trim(),
          "(ops)\n/srv/deploy:/bin/sh\n",
        ),
      );
      expect(await remote("cat /srv/deploy/.ssh/authorized_keys")).toContain(KEY_B);
    });

    it("never follow a link that a user put in the way", async () => {
      await remote(
        "rm -rf /srv/deploy/.ssh && ln -s /root/.ssh /srv/deploy/.ssh && chown -h deploy /srv/deploy/.ssh",
      );
      const before = await remote("cat /root/.ssh/authorized_keys");
      const result = await hostkit("push", "--yes");
      expect(result.status).toBe(1);
      expect(result.stderr).toMatch(/HK42\d\d/);
      expect(await remote("cat /root/.ssh/authorized_keys")).toBe(before);
      await remote("rm /srv/deploy/.ssh");
    });
  });

  describe("units", () => {
    const service = (
      text: string,
      options = "",
    ) => `  const program = p.file("/usr/local/bin/worker", {
    mode: 0o755,
    content: "#!/bin/sh\\nwhile :; do sleep 1; done\\n",
  });
  p.unit("worker.service", {
    unit: { Description: ${JSON.stringify(text)} },
    service: { ExecStart: argv(program.path, "a b", "100%", "$HOME", 'q"q') },
    install: { WantedBy: "multi-user.target" },
    enabled: true,
    active: true,
    ${options}
  });`;
    const pid = () => remote("systemctl show -P MainPID worker");

    it("are written, enabled and started, with arguments as they are", async () => {
      await converge(service("first"), "Plan: 2 to create");
      expect(await remote("systemctl is-enabled worker; systemctl is-active worker")).toBe(
        "enabled\nactive\n",
      );
      const argv = await remote(
        "tr '\\0' '\\n' < /proc/$(systemctl show -P MainPID worker)/cmdline",
      );
      expect(argv).toBe('/bin/sh\n/usr/local/bin/worker\na b\n100%\n$HOME\nq"q\n');
    });

    it("are restarted when their file changed, and only then", async () => {
      const before = await pid();
      await converge(
        service("second"),
        "Plan: 0 to create, 1 to change, 0 to remove, 1 restarts, 0 unknown.",
      );
      const after = await pid();
      expect(after).not.toBe(before);
      expect(await remote("systemctl show -P Description worker")).toBe("second\n");
      expect((await hostkit("push", "--yes")).status).toBe(0);
      expect(await pid()).toBe(after);
    });

    it("are left running when the declaration says so", async () => {
      const before = await pid();
      await converge(service("third", 'onChange: "none",'), "0 restarts");
      expect(await pid()).toBe(before);
      expect(await remote("systemctl show -P NeedDaemonReload worker")).toBe("no\n");
    });

    it("are started and enabled again after somebody stopped them", async () => {
      await remote("systemctl disable --now worker 2>/dev/null; echo done");
      const plan = await hostkit("plan");
      expect(plan.stdout).toMatch(/active: inactive -> active/);
      expect(plan.stdout).toMatch(/enabled: disabled -> enabled/);
      await converge(service("third", 'onChange: "none",'), "1 to change");
      expect(await remote("systemctl is-enabled worker; systemctl is-active worker")).toBe(
        "enabled\nactive\n",
      );
    });

    it("are read again by systemd when somebody changed a file without telling it", async () => {
      await remote(
        "touch -d '+1 hour' /etc/systemd/system/worker.service; systemctl show -P NeedDaemonReload worker",
      );
      await converge(service("third", 'onChange: "none",'), "Plan:");
    });

    it("make one daemon-reload for many, and run timers", async () => {
      const many = Array.from(
        { length: 20 },
        (
          _unused,
          index,
        ) => `  p.unit("job${index}.service", { service: { Type: "oneshot", ExecStart: argv("/bin/true") } });
  p.unit("job${index}.timer", { timer: { OnCalendar: "daily" }, install: { WantedBy: "timers.target" }, enabled: true, active: true });`,
      );
      await remote("journalctl --rotate -q; journalctl --vacuum-time=1s -q; echo ok");
      const reloads = "journalctl -q -b -o cat | grep -c '^Reloading\\.' || true";
      const before = Number(await remote(reloads));
      await converge(many.join("\n"), "Plan: 40 to create");
      // Enabling makes systemd read its files once more by itself.
      expect(Number(await remote(reloads)) - before).toBeLessThanOrEqual(2);
      expect(await remote("systemctl list-timers --all --no-legend 'job*' | wc -l")).toBe("20\n");
    });

    it("that fail to start are told with their own last words, and nothing of them stays", async () => {
      operator.write(
        "hostkit.config.ts",
        declaration(`  p.unit("broken.service", {
    service: { ExecStart: argv("/bin/sh", "-c", "echo the reason why >&2; exit 3") },
    active: true,
  });
  p.unit("after.service", { unit: { After: "broken.service" }, service: { ExecStart: argv("/bin/sleep", "9999") }, active: true });`),
      );
      const result = await hostkit("push", "--yes");
      expect(result.status).toBe(8);
      expect(result.stderr).toContain("the reason why");
      expect(result.stderr).toContain("broken.service");
      expect(await remote("ls /etc/systemd/system | grep -c -e broken -e after || true")).toBe(
        "0\n",
      );
    });
  });

  it("plans without changing anything", async () => {
    operator.write(
      "hostkit.config.ts",
      declaration(`  p.file("/etc/new", { content: "x" });
  p.directory("/srv/deep/er");
  p.account("newcomer", { groups: ["web"] });
  p.unit("new.service", { service: { ExecStart: argv("/bin/true") }, active: true });`),
    );
    const before = await tree();
    const plan = await hostkit("plan", "--exit-code");
    expect(plan.status).toBe(2);
    expect(await tree()).toBe(before);
    expect(await remote("getent passwd newcomer || echo none")).toBe("none\n");
  });
});
