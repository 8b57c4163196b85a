import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createOperator, type Operator } from "../support/cli.ts";
import { describeHosts } from "./support/requirements.ts";
import { sharedHost } from "./support/shared-host.ts";

/** Somebody else changes a real host while a run does: what is theirs stays, byte for byte, and the run says so. */

const declaration = (body: string) => `import { argv, project } from "hostkit";

export default project("test", (p) => {
  p.host("app", { at: "app.example.com" });
  const after = (...handles: { id: string }[]) => ({ dependsOn: handles.map((one) => one.id) as never });
  /** Somebody else: works on the host when it is started, by a script that is none of the project's business. */
  const somebody = (...earlier: { id: string }[]) =>
    p.unit("somebody.service", {
      service: { Type: "oneshot", RemainAfterExit: true, ExecStart: argv("/bin/sh", "/root/script") },
      active: true,
      ...after(...earlier),
    });
  const broken = (...earlier: { id: string }[]) =>
    p.unit("broken.service", { service: { ExecStart: argv("/bin/false") }, active: true, ...after(...earlier) });
${body}
});
`;

const FIRST = `
  p.file("/etc/other.conf", { content: "first\\n" });
  p.file("/etc/victim.conf", { content: "first\\n", mode: 0o640 });
  p.symlink("/srv/current", { to: "/srv/first" });
  p.account("deploy", { uid: 4200, shell: "/bin/bash" });
  p.unit("worker.service", { service: { ExecStart: argv("/bin/sleep", "1001") }, active: true });
`;

describeHosts("edits by somebody else", () => {
  const host = sharedHost({ name: "edits" });
  let operator: Operator;
  beforeAll(async () => {
    operator = createOperator(host());
    const { status, stderr } = await push(FIRST);
    if (status !== 0) throw new Error(`the first push ended with ${status}:\n${stderr}`);
  });
  afterAll(() => operator[Symbol.dispose]());

  const remote = async (command: string) => {
    const { status, stdout, stderr } = await host().ssh(command);
    expect(status, `${command}\n${stdout}${stderr}`).toBe(0);
    return stdout;
  };
  const push = (body: string) => {
    operator.write("hostkit.config.ts", declaration(body));
    return operator.hostkit(["push", "--yes", "--ssh", `root@${host().address}`]);
  };
  const prepare = (script: string) => remote(`cat > /root/script <<'END'\n${script}\nEND`);
  /** All files with what belongs to them; the account databases without the tools' backups. */
  const state = () =>
    remote(
      "find /etc /srv /home /opt -xdev ! -name '*-' ! -name 'subuid*' ! -name 'subgid*' ! -path /etc -printf '%p %y %m %U %G %l\\n' | sort; find /etc /srv /home -xdev -type f ! -name '*-' ! -name 'shadow*' ! -name 'gshadow*' ! -name 'subuid*' ! -name 'subgid*' -print0 | sort -z | xargs -0 sha256sum",
    );

  /** What somebody does, what the run would do afterwards, and how the edit is seen and taken back. */
  const races: [what: string, script: string, change: string, seen: string, back: string][] = [
    [
      "other content",
      "printf 'theirs, no newline' > /etc/victim.conf",
      `p.file("/etc/victim.conf", { content: "second\\n", mode: 0o640, ...after(first) });`,
      "cat /etc/victim.conf",
      "printf 'first\\n' > /etc/victim.conf",
    ],
    [
      "other permissions",
      "chmod 600 /etc/victim.conf",
      `p.file("/etc/victim.conf", { content: "second\\n", mode: 0o640, ...after(first) });`,
      "stat -c %a /etc/victim.conf",
      "chmod 640 /etc/victim.conf",
    ],
    [
      "a new file",
      "mkdir -p /opt/new && echo theirs > /opt/new/file",
      `p.file("/opt/new/file", { content: "second\\n", ...after(first) });`,
      "cat /opt/new/file",
      "rm -r /opt/new",
    ],
    [
      "a link led elsewhere",
      "ln -sfn /srv/theirs /srv/current",
      `p.symlink("/srv/current", { to: "/srv/second", ...after(first) });`,
      "readlink /srv/current",
      "ln -sfn /srv/first /srv/current",
    ],
    [
      "another shell",
      "usermod --shell /bin/dash deploy",
      `p.account("deploy", { uid: 4200, shell: "/bin/sh", ...after(first) });`,
      "getent passwd deploy",
      "usermod --shell /bin/bash deploy",
    ],
    [
      "another unit file",
      "sed -i s/1001/3003/ /etc/systemd/system/worker.service",
      // Something between, so that the two units are not of one batch.
      `const between = p.file("/etc/between.conf", { content: "", ...after(first) });
  p.unit("worker.service", { service: { ExecStart: argv("/bin/sleep", "2002") }, active: true, ...after(between) });`,
      "cat /etc/systemd/system/worker.service; tr '\\0' ' ' < /proc/$(systemctl show -P MainPID worker)/cmdline",
      "sed -i s/3003/1001/ /etc/systemd/system/worker.service",
    ],
  ];

  describe("between the sweep and the write", () => {
    it.each(races)("%s", async (_what, script, change, seen, back) => {
      const before = await state();
      await prepare(script);
      const result = await push(`
  const other = p.file("/etc/other.conf", { content: "second\\n" });
  const first = somebody(other);
  ${change}
`);
      expect(result.status, result.stdout + result.stderr).toBe(8);
      expect(result.stderr).toContain("HK4023");
      expect(await remote("cat /etc/other.conf")).toBe("first\n");
      // What the edit alone makes of the host.
      const edited = await state();
      const found = await remote(seen);
      expect(edited).not.toBe(before);
      await remote(back);
      expect(await state()).toBe(before);
      await remote(script);
      expect(await remote(seen)).toBe(found);
      expect(await state()).toBe(edited);
      await remote(`${back}; systemctl daemon-reload`);
      expect((await push(FIRST)).stdout).toMatch(/^No changes\./m);
    });
  });

  describe("before it is taken back", () => {
    it.each([
      ["other content", "echo theirs > /etc/victim.conf", "cat /etc/victim.conf", "theirs\n"],
      ["a removal", "rm /etc/victim.conf", "ls /etc/victim.conf 2>&1 || true", /No such file/],
    ])("%s", async (_what, script, seen, found) => {
      await prepare(script);
      const result = await push(`
  const other = p.file("/etc/other.conf", { content: "second\\n" });
  const victim = p.file("/etc/victim.conf", { content: "second\\n", mode: 0o640 });
  const first = somebody(other, victim);
  broken(first);
`);
      expect(result.status, result.stdout + result.stderr).toBe(10);
      expect(result.stderr).toContain("HK4024");
      expect(result.stderr).toContain("file:/etc/victim.conf");
      expect(await remote(seen)).toMatch(found);
      expect(await remote("cat /etc/other.conf")).toBe("first\n");
      const kept = /kept as\s+(\S+)\./.exec(result.stderr)?.[1];
      expect(await remote(`cat ${kept}`)).toBe("first\n");
      await remote(`cp -p ${kept} /etc/victim.conf`);
      expect((await push(FIRST)).stdout).toMatch(/^No changes\./m);
    });
  });

  describe("what the run brings itself is no edit", () => {
    const own = (text: string) => `
  const ann = p.account("ann", { shell: "/bin/bash" });
  const files = [
    p.directory("/home/ann", { owner: ann, group: ann, mode: 0o710 }),
    p.file("/home/ann/.bashrc", { content: ${JSON.stringify(text)}, owner: ann, group: ann }),
    p.file("/opt/deep/er/one", { content: "1\\n" }),
    p.file("/opt/deep/er/two", { content: "2\\n" }),
  ];
`;
    it("a new home with copies of the skeleton, and parents", async () => {
      expect(await remote("ls /etc/skel/.bashrc")).toBe("/etc/skel/.bashrc\n");
      const before = await state();
      const failed = await push(`${own("umask 027\n")} broken(...files);`);
      expect(failed.status, failed.stdout + failed.stderr).toBe(8);
      expect(await state()).toBe(before);
      const result = await push(own("umask 027\n"));
      expect(result.status, result.stdout + result.stderr).toBe(0);
      expect(
        await remote(
          "cat /home/ann/.bashrc; stat -c '%U %h' /home/ann/.bashrc; stat -c %a /home/ann",
        ),
      ).toBe("umask 027\nann 1\n710\n");
      expect((await push(own("umask 027\n"))).stdout).toMatch(/^No changes\./m);
    });
  });
});
