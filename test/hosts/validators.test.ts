import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { describeHosts } from "./support/requirements.ts";
import { sharedHost } from "./support/shared-host.ts";
import { codesOf, isExplained, messageOf, sharedSite } from "./support/site.ts";

/** What a push would write is checked in place before anything is: nobody else sees it, and a refusal changes nothing. */

const file = (path: string, content: string, options: object = {}) =>
  `p.file(${JSON.stringify(path)}, ${JSON.stringify({ content, ...options })});\n`;
const check = (...argv: string[]) => ({ validate: argv });
const sh = (script: string) => check("sh", "-c", script);

describeHosts("validators", () => {
  const host = sharedHost({ name: "validators", users: [{ name: "plain", sudo: "none" }] });
  const { push, begin, remote, isAsDeclared, unfinished } = sharedSite(host);

  /** All that is in a file and belongs to it, but for the time at which the record's link to it was taken back. */
  const state = () =>
    remote(
      "find /etc /srv /usr/local /var/spool -xdev -printf '%p %y %m %U %G %n %l ' '(' -type f -printf '%i %s %T@ ' -exec sha256sum {} ';' -o -printf '\\n' ')'",
    );
  /** Exit 1 and these codes; all is as it was. */
  const refuses = async (body: string, codes: readonly string[]) => {
    const before = await state();
    const result = await push({ body });
    expect(codesOf(result), result.stderr).toEqual(codes);
    expect(result.status).toBe(1);
    isExplained(result);
    expect(await state()).toBe(before);
    await leavesNothing();
    return messageOf(result);
  };
  const applies = async (body: string) => {
    const result = await push({ body });
    expect(result.status, result.stderr).toBe(0);
    await isAsDeclared();
    await leavesNothing();
    return result;
  };
  const leavesNothing = async () => {
    expect(await unfinished()).toBe("");
    expect(await remote("ls -d /var/lib/hostkit/spool/* 2>/dev/null || :")).toBe("");
    expect(await remote("grep -c hostkit/spool /proc/self/mountinfo || :")).toBe("0\n");
  };

  it("let visudo refuse a sudoers file, in its own words, and take a good one", async () => {
    const sudoers = (content: string) =>
      file("/etc/sudoers.d/deploy", content, { mode: 0o440, ...check("visudo", "-cf", "{}") });
    const told = await refuses(sudoers("deploy ALL=(ALL ALL\n"), ["HK4030"]);
    expect(told).toContain("/etc/sudoers.d/deploy:1:");
    expect(told).toContain("syntax error");
    expect(told).toContain("`visudo -cf /etc/sudoers.d/deploy` ended with status 1");
    expect(told).toContain("hostkit.config.ts:");
    await applies(sudoers("deploy ALL=(ALL) ALL\n"));
    expect(await remote("cat /etc/sudoers.d/deploy")).toBe("deploy ALL=(ALL) ALL\n");
    // A file as declared is not checked again: the record of the last run is still the last.
    await refuses(sudoers("deploy ALL=(ALL ALL\n"), ["HK4030"]);
    expect(await remote("cat /etc/sudoers.d/deploy")).toBe("deploy ALL=(ALL) ALL\n");
    expect(
      await remote("grep -h verdict $(ls -d /var/lib/hostkit/runs/* | tail -1)/outcome.json"),
    ).toContain('"failed"');
  });

  it("let sshd read all of its configuration with a part that is new", async () => {
    const part = (content: string) =>
      file("/etc/ssh/sshd_config.d/50-test.conf", content, check("/usr/sbin/sshd", "-t"));
    expect(await refuses(part("PermitRotLogin no\n"), ["HK4030"])).toContain("PermitRotLogin");
    await applies(part("MaxAuthTries 5\n"));
  });

  it("see a tree of files as a whole, and run the command of all of them once", async () => {
    const valid = check("nft", "-c", "-f", "/etc/nftables.conf");
    const tree = (port: string, uses: string) =>
      [
        'p.directory("/etc/nftables.d");\n',
        file("/etc/nftables.d/10-names.nft", `define ${port} = 8080\n`, valid),
        file(
          "/etc/nftables.d/20-rules.nft",
          `table inet web {\n chain in {\n  tcp dport $${uses} accept\n }\n}\n`,
          valid,
        ),
        file("/etc/nftables.conf", 'include "/etc/nftables.d/*.nft"\n', valid),
      ].join("");
    await applies(tree("http", "http"));
    // Each file is right by itself, and together they are not.
    const told = await refuses(tree("https", "http"), ["HK4030"]);
    expect(told).toContain("unknown identifier 'http'");
    expect(await refuses(tree("https", "web"), ["HK4030"])).toContain(
      "/etc/nftables.d/10-names.nft, /etc/nftables.d/20-rules.nft as declared",
    );
    await applies(tree("https", "https"));
    expect(await remote("nft list ruleset")).toBe("");
  });

  it("are stopped, not believed and not let out, whatever they do", async () => {
    const body = [
      file("/etc/cron.d/hangs", "# new\n", sh("cat {} /etc/cron.d/hangs >/dev/null; sleep 4711")),
      file("/srv/v/missing", "x", check("no-such-program", "{}")),
      file("/srv/v/plain", "x", check("{}")),
      file(
        "/srv/v/loud",
        "x",
        sh(
          "yes 'a long line of no use' | head -c 10000000; printf '\\033[31mlast \\007words\\n'; exit 9",
        ),
      ),
      file("/srv/v/writes", "x", sh("echo x >/etc/elsewhere; rm -rf /srv/v /etc/hostname; exit 3")),
      file("/srv/v/leaves", "x", sh("setsid sleep 4712 & exit 4")),
    ].join("");
    const before = await state();
    const { result } = begin({ body });
    const seen = new Set<string>();
    for (let found = ""; !found.includes("sleep 4711");) {
      found = await remote("ls -A /etc/cron.d /etc/sudoers.d; ps -eo args");
      await sleep(100);
    }
    for (let looks = 0; looks < 20; looks++) {
      seen.add(
        await remote(
          "ls -A /etc/cron.d /etc/sudoers.d; ls -A /srv; cat /etc/cron.d/hangs 2>&1 || :",
        ),
      );
      await sleep(50);
    }
    expect([...seen].join("\n--\n")).not.toMatch(/hostkit|cron.d\/hangs\n|^v$/m);
    expect(seen.size).toBe(1);
    // The one way in is through a process that sees it.
    expect(await remote("cat /proc/$(pgrep -x sleep)/root/etc/cron.d/hangs")).toBe("# new\n");

    const refused = await result;
    expect(refused.status, refused.stderr).toBe(1);
    expect(codesOf(refused)).toEqual(Array.from({ length: 6 }, () => "HK4030"));
    const told = messageOf(refused);
    for (const words of [
      "did not end within 60 s",
      "`no-such-program /srv/v/missing` was not found on the host (status 127)",
      "`/srv/v/plain` can't be executed on the host (status 126)",
      "ended with status 9",
      "last words",
      "ended with status 3",
      "ended with status 4",
    ])
      expect(told).toContain(words);
    expect(refused.stderr.length).toBeLessThan(20_000);
    for (const bad of ["\u001b[31m", "\u0007"]) expect(refused.stderr).not.toContain(bad);
    expect(await state()).toBe(before);
    expect(await remote("pgrep -f '[s]leep 471' || :")).toBe("");
    await leavesNothing();
  });

  it("find new files at odd paths, through links and directories that are as new, with owner and mode", async () => {
    const odd = '/srv/new dir, with: odd\\names/it\'s "a" $file;é';
    await applies(
      [
        'p.directory("/srv/releases/one", { mode: 0o710, group: "daemon" });\n',
        'p.symlink("/srv/current", { to: "releases/one" });\n',
        file(odd, "odd\n", check("grep", "-q", "odd", "{}")),
        file("/srv/current/app.conf", "x", {
          owner: "daemon",
          mode: 0o640,
          ...sh(
            "test \"$(stat -c '%U %a' /srv/releases/one/app.conf; stat -c '%G %a' /srv/current/; stat -c %a /tmp /)\" = \"$(printf 'daemon 640\\ndaemon 710\\n1777\\n755')\"",
          ),
        }),
        file(
          "/srv/tool",
          "#!/bin/sh\ntest -s /srv/large && test $(stat -c %s /srv/large) = 9000000\n",
          {
            mode: 0o755,
            ...check("{}"),
          },
        ),
        `p.file("/srv/large", { content: new Uint8Array(9_000_000) });\n`,
        file("/run/made/by-plan", "x", check("test", "-f", "{}")),
      ].join(""),
    );
    expect(await remote(`cat /srv/new*/*`)).toBe("odd\n");
  });

  it("end with the agent, and leave the host as it was", async () => {
    const before = await state();
    const { result } = begin({ body: file("/etc/cron.d/cut", "# new\n", check("sleep", "4713")) });
    await remote("until pgrep -x sleep; do sleep 0.1; done >/dev/null");
    await remote("pkill -KILL -f '[h]ostkit-agent'");
    expect((await result).status).not.toBe(0);
    expect(await state()).toBe(before);
    await remote("while pgrep -x sleep; do sleep 0.1; done >/dev/null");
    // Nobody was left to remove what the view was made of: it waits there until it is old.
    await remote("touch -d '2 days ago' /var/lib/hostkit/spool/*.staged-0");
    await applies(file("/etc/cron.d/cut", "# new\n", check("true")));
  });

  it("can't be run for anybody but root", async () => {
    const result = await push({
      ssh: { user: "plain" },
      body: file("/home/plain/file", "x", { owner: "plain", group: "plain", ...check("true") }),
    });
    expect(codesOf(result), result.stderr).toEqual(["HK4031"]);
    expect(messageOf(result)).toContain("only root can make one");
    expect(await remote("ls /home/plain")).toBe("");
  });

  it("say so where the host can't show them what is new, and show the rest by other means", async () => {
    // An overlay on an overlay on an overlay is one more than the kernel takes.
    await remote(
      "mkdir -p /run/deep/u /run/deep/w /srv/deep; mkdir /srv/below; mount -t overlay -o lowerdir=/srv/below,upperdir=/run/deep/u,workdir=/run/deep/w deep /srv/deep; echo old >/srv/deep/file",
    );
    const valid = check("grep", "-q", "new", "{}");
    const told = await refuses(file("/srv/deep/other", "new\n", valid), ["HK4031"]);
    expect(told).toContain("/srv/deep/other: `grep -q new /srv/deep/other`");
    expect(told).toContain("overlay");
    expect(await refuses(file("/srv/deep/file", "bad\n", valid), ["HK4030"])).toContain("status 1");
    await applies(file("/srv/deep/file", "new\n", valid));
    await remote("umount /srv/deep");
  });
});

describeHosts("units before they are written", () => {
  const host = sharedHost({ name: "verify" });
  const { push, remote, watchDisk, isAsDeclared } = sharedSite(host);

  const unit = (name: string, content: string) =>
    `p.unit(${JSON.stringify(name)}, ${JSON.stringify({ content })});\n`;
  const refuses = async (body: string) => {
    const changed = await watchDisk();
    const result = await push({ body });
    expect(codesOf(result), result.stderr).toEqual(["HK4340"]);
    expect(result.status).toBe(1);
    expect((await changed()).filter((path) => !path.startsWith("/var/lib/hostkit"))).toEqual([]);
    expect(await remote("systemctl list-units --all --no-legend 'app*'")).toBe("");
    return messageOf(result);
  };

  it.each([
    [
      "a misspelt directive",
      "[Service]\nExecStart=/bin/true\nRestrat=always\n",
      "line 3: Unknown key 'Restrat' in section [Service], ignoring. Did you mean Restart?",
    ],
    [
      "a value that is none",
      "[Service]\nType=notfy\nExecStart=/bin/true\n",
      "line 2: Failed to parse service type, ignoring: notfy",
    ],
    [
      "a program that is no path",
      "[Service]\nExecStart=bin/true\n",
      "Neither a valid executable name nor an absolute path",
    ],
    ["nothing to start", "[Service]\nType=simple\n", "has no ExecStart="],
  ])("are refused with %s", async (_what, content, says) => {
    expect(await refuses(unit("app.service", content))).toContain(says);
    expect(await refuses(unit("app@.service", content))).toContain(says);
  });

  it("are taken with directives of a newer systemd, programs and units that come later, and what others have wrong", async () => {
    await remote(
      "printf '[Service]\\nExecStart=/bin/true\\nNonsnse=1\\n' >/etc/systemd/system/theirs.service",
    );
    const result = await push({
      body: unit(
        "app.service",
        "[Unit]\nRequires=later.service\nAfter=theirs.service\nWants=theirs.service\n[Service]\nExecStart=/opt/later/server\nRestartSteps=4\n[X-Mine]\nany=thing\n",
      ),
    });
    expect(result.status, result.stderr).toBe(0);
    expect(result.stderr).toContain("HK4341");
    expect(messageOf(result)).toContain("line 7: Unknown key 'RestartSteps'");
    expect(result.stderr).not.toContain("Nonsnse");
    expect(result.stderr).not.toContain("later/server");
    await isAsDeclared();
  });
});
