import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createOperator, type Operator } from "../support/cli.ts";
import { hostState } from "./support/host-state.ts";
import { differences } from "./support/host-state-differences.ts";
import { describeHosts } from "./support/requirements.ts";
import { sharedHost } from "./support/shared-host.ts";

/** A push that fails leaves a real host as it was: files with their inodes, accounts, units with what runs. */

const KEY_A = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBp1ZZJj2cYCkS0uBqPTV4cFBDX3L1Ys5q4aMDP0eBVb a";
const KEY_B = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ7x0cV6c7bXJ3s7hEJt5m0S5eMyo0d9cXJ2bW0vWq1Z b";

/** `all`: resources before; the failing unit comes after everything else. */
const declaration = (all: string, failing: boolean) => `import { argv, project } from "hostkit";

export default project("test", (p) => {
  p.host("app", { at: "app.example.com" });
  const all: { id: string }[] = [];
${all}
  ${failing ? 'p.unit("broken.service", { service: { ExecStart: argv("/bin/false") }, active: true, dependsOn: all.map((each) => each.id) as never });' : ""}
});
`;

const FIRST = `
  all.push(p.file("/etc/app.conf", { content: "first\\n", mode: 0o640 }));
  all.push(p.directory("/srv/app", { mode: 0o750 }));
  all.push(p.symlink("/srv/current", { to: "/srv/app" }));
  all.push(p.group("web", { gid: 4100 }));
  all.push(p.account("deploy", { uid: 4200, groups: ["web"], shell: "/bin/bash", authorizedKeys: [${JSON.stringify(KEY_A)}] }));
  all.push(p.unit("worker.service", {
    unit: { Description: "first" },
    service: { ExecStart: argv("/bin/sleep", "1001") },
    install: { WantedBy: "multi-user.target" }, enabled: true, active: true,
  }));
`;

const SECOND = `
  all.push(p.file("/etc/app.conf", { content: "second\\n", mode: 0o600, owner: "daemon" }));
  all.push(p.file("/etc/new/deep/file", { content: "x" }));
  all.push(p.directory("/srv/app", { mode: 0o700, group: "web" }));
  all.push(p.directory("/srv/more/and/more"));
  all.push(p.symlink("/srv/current", { to: "/srv/elsewhere" }));
  all.push(p.symlink("/srv/fresh", { to: "/srv/elsewhere" }));
  all.push(p.group("web", { gid: 4500 }));
  all.push(p.group("extra"));
  all.push(p.account("deploy", { uid: 4201, groups: ["extra"], shell: "/bin/sh", authorizedKeys: [${JSON.stringify(KEY_B)}] }));
  all.push(p.account("newcomer", { groups: ["web"], authorizedKeys: [${JSON.stringify(KEY_B)}] }));
  all.push(p.account("robot", { system: true }));
  all.push(p.unit("worker.service", {
    unit: { Description: "second" },
    service: { ExecStart: argv("/bin/sleep", "2002") },
    install: { WantedBy: "multi-user.target" }, enabled: false, active: true,
  }));
  all.push(p.unit("fresh.service", {
    service: { ExecStart: argv("/bin/sleep", "3003") },
    install: { WantedBy: "multi-user.target" }, enabled: true, active: true,
  }));
`;

/** Without the backups (`passwd-`) that the account tools make of their own files. */
const BARE = "find /etc /srv /home -xdev ! -name '*-' | sort; getent passwd; getent group";

describeHosts("rollback", () => {
  const host = sharedHost({ name: "rollback" });
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
  const push = (
    all: string,
    { failing = false, flags = [] }: { failing?: boolean; flags?: string[] } = {},
  ) => {
    operator.write("hostkit.config.ts", declaration(all, failing));
    return operator.hostkit(["push", "--yes", "--ssh", `root@${host().address}`, ...flags]);
  };
  const state = () =>
    hostState(host(), { units: ["worker.service", "fresh.service", "broken.service"] });

  describe("a push whose last change fails", () => {
    it("leaves a bare host bare", async () => {
      const before = await host().ssh(BARE);
      const result = await push(SECOND, { failing: true });
      expect(result.status, result.stderr).toBe(8);
      expect(result.stdout + result.stderr).toContain("rolled back");
      const after = await host().ssh(BARE);
      expect(after.stdout).toBe(before.stdout);
      expect(
        await remote("systemctl list-units --all --no-legend 'fresh*' 'broken*' 'worker*' | wc -l"),
      ).toBe("0\n");
    });

    it("leaves what another push made exactly as it was, running with its old configuration", async () => {
      expect((await push(FIRST)).status).toBe(0);
      const before = await state();
      const inode = await remote("stat -c '%i %h' /etc/app.conf");
      const result = await push(SECOND, { failing: true });
      expect(result.status, result.stderr).toBe(8);
      expect(differences(before, await state())).toEqual([]);
      expect(await remote("stat -c '%i %h' /etc/app.conf")).toBe(inode);
      const again = await push(FIRST);
      expect(again.stdout).toMatch(/^No changes\./m);
    });

    it("is recorded where only root can read it", async () => {
      expect(await remote("ls /var/lib/hostkit/runs | wc -l")).toBe("3\n");
      expect(await remote("stat -c %a /var/lib/hostkit/runs/* | sort -u")).toBe("700\n");
      expect(
        await remote(
          "grep -h verdict /var/lib/hostkit/runs/*/outcome.json | sort | uniq -c | tr -s ' '",
        ),
      ).toBe(' 1 "verdict": "applied",\n 2 "verdict": "rolled-back",\n');
    });

    it("stays as it is when told to stop, and the next push goes on from there", async () => {
      const result = await push(SECOND, { failing: true, flags: ["--on-failure", "stop"] });
      expect(result.status, result.stderr).toBe(7);
      expect(await remote("cat /etc/app.conf")).toBe("second\n");
      await remote("systemctl reset-failed");
      expect((await push(SECOND)).status).toBe(0);
    });
  });

  it("says exactly what could not be taken back", async () => {
    const own = `
  all.push(p.directory("/srv/mine"));
  all.push(p.unit("busy.service", { service: { Type: "oneshot", RemainAfterExit: true, ExecStart: argv("/bin/touch", "/srv/mine/theirs") }, active: true, dependsOn: [all[0].id] as never }));
`;
    const result = await push(own, { failing: true });
    expect(result.status, result.stderr).toBe(10);
    expect(result.stderr).toContain("directory:/srv/mine");
    expect(await remote("ls /srv/mine")).toBe("theirs\n");
  });
});
