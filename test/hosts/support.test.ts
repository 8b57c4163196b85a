import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { expect, it, onTestFinished } from "vitest";
import { bootHost, type TestHost } from "./support/host.ts";
import { reapAbandonedHosts, stateRoot } from "./support/remains.ts";
import { describeHosts } from "./support/requirements.ts";
import { sharedHost } from "./support/shared-host.ts";

const bootLimitMs = 300_000;

describeHosts("a test host", () => {
  const host = sharedHost({
    name: "bare",
    users: [
      { name: "ann", sudo: "nopasswd" },
      { name: "bob", sudo: "none", shell: "/bin/sh" },
    ],
    files: {
      "/root/.bashrc": { content: "echo noise\n" },
      "/srv/app/key": { content: Buffer.from([0, 1, 255]), mode: 0o600 },
    },
    tmpfs: { "/srv/small": "1M" },
    noexecPaths: ["/var/lib/hostkit"],
    readOnlyPaths: ["/opt"],
  });

  it("is a running systemd", async () => {
    const state = await host().ssh(
      "systemctl is-system-running --wait; systemctl --failed --plain",
    );
    expect(state.stdout).toMatch(/^noise\n(running|degraded)\n/);
  });

  it("has neither node, python nor curl", async () => {
    const { status, stdout } = await host().ssh("sh -c 'command -v node python3 python curl wget'");
    expect({ status, stdout }).toEqual({ status: 127, stdout: "noise\n" });
  });

  it("passes input, output and exit status", async () => {
    const result = await host().ssh("cat; echo oops >&2; exit 7", { input: "täxt", user: "bob" });
    expect(result).toEqual({ status: 7, stdout: "täxt", stderr: "oops\n" });
  });

  it("runs commands without ssh, in the same place", async () => {
    const command = "hostname; id -u; systemctl is-active ssh; echo oops >&2; exit 7";
    expect(await host().inside(command)).toEqual({
      status: 7,
      stdout: "bare\n0\nactive\n",
      stderr: "oops\n",
    });
  });

  it("ends a command at its time limit", async () => {
    await expect(host().ssh("sleep 100", { timeout: 500 })).rejects.toThrow("500 ms");
  });

  it("refuses another host key", async () => {
    const { knownHostsFile, hostKeyLine } = host();
    expect(readFileSync(knownHostsFile, "utf8")).toBe(`${hostKeyLine}\n`);
    await writeFile(knownHostsFile, hostKeyLine.replace(/\S+$/, otherKey));
    const refused = await host().ssh("true");
    await writeFile(knownHostsFile, `${hostKeyLine}\n`);
    expect(refused).toMatchObject({ status: 255 });
    expect(refused.stderr).toContain("host key");
    expect(refused.stderr.toLowerCase()).toContain("verification failed");
  });

  it("shows its key's fingerprint as ssh-keygen does", async () => {
    const { stdout } = await host().ssh("ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub");
    expect(stdout).toContain(` ${host().hostKeyFingerprint} `);
  });

  it("has the users, their sudo and the files", async () => {
    const sudo = (user: string) => host().ssh("sudo -n id -u", { user, timeout: 10_000 });
    expect(await sudo("ann")).toMatchObject({ status: 0, stdout: "0\n" });
    expect(await sudo("bob")).toMatchObject({ status: 1 });
    expect((await host().ssh('echo "$SHELL"', { user: "bob" })).stdout).toBe("/bin/sh\n");
    const file = await host().ssh("stat -c '%a %U %s' /srv/app/key", { user: "ann" });
    expect(file.stdout).toBe("600 root 3\n");
    expect((await host().ssh("hostname; cat /etc/machine-id")).stdout).toBe(
      `noise\nbare\n${host().machineId}\n`,
    );
  });

  it("limits a small disk", async () => {
    const full = await host().ssh("head -c 2M /dev/zero > /srv/small/x; stat -c %s /srv/small/x");
    expect(full.stderr).toContain("No space left on device");
    expect(full.stdout).toBe("noise\n1048576\n");
  });

  it("executes nothing on a noexec path", async () => {
    const run = await host().ssh(
      "cp /bin/true /var/lib/hostkit/true && /var/lib/hostkit/true; echo $?; cp /bin/true /srv/true && /srv/true; echo $?",
    );
    expect(run.stderr).toContain("Permission denied");
    expect(run.stdout).toBe("noise\n126\n0\n");
  });

  it("writes nothing on a read-only path", async () => {
    const touch = await host().ssh("touch /opt/x");
    expect(touch).toMatchObject({ status: 1 });
    expect(touch.stderr).toContain("Read-only file system");
  });

  it("shows its root on this side", async () => {
    await host().ssh("echo seen > /srv/mark");
    expect(readFileSync(join(host().rootDirectory, "srv/mark"), "utf8")).toBe("seen\n");
  });

  it("has no way out", async () => {
    const { stdout } = await host().ssh("ip -4 route show default; ip -o -4 address show host0");
    expect(stdout).toContain(host().address);
    expect(stdout).not.toContain("default");
  });
});

describeHosts("hosts side by side", () => {
  it(
    "do not touch each other, and leave nothing",
    async () => {
      const [one, two] = await Promise.all([
        bootHost({ name: "twin" }),
        bootHost({ name: "twin" }),
      ]);
      await using first = one;
      await using second = two;
      expect(first.address).not.toBe(second.address);
      expect(first.hostKeyFingerprint).not.toBe(second.hostKeyFingerprint);
      for (const host of [first, second])
        expect(await host.ssh("systemd-run --quiet --unit=probe sleep 1000")).toMatchObject({
          status: 0,
        });
      await first.ssh("systemctl stop probe; echo here > /srv/mark");
      const other = await second.ssh("systemctl is-active probe; cat /srv/mark");
      expect(other.stdout).toBe("active\n");

      expect(remainsOf(second)).toEqual(everything);
      await Promise.all([first.poweroff(), second.poweroff()]);
      for (const host of [first, second]) expect(remainsOf(host)).toEqual(nothing);
    },
    bootLimitMs,
  );

  it(
    "say why they don't boot, and leave nothing",
    async () => {
      const failure = await bootHost({
        files: { "/etc/ssh/sshd_config.d/broken.conf": { content: "Nonsense yes\n" } },
        bootTimeoutMs: 3_000,
      }).then(() => "it booted", String);
      expect(failure).toMatch(
        /did not answer on .* within 3000 ms[^]*Failed to start.*ssh\.service/,
      );
      const address = /on ([\d.]+):22/.exec(failure)?.[1] ?? "";
      expect(remainsOf({ address })).toEqual(nothing);
    },
    bootLimitMs,
  );
});

describeHosts("a reboot", () => {
  it(
    "keeps a persistent host's disk, keys and identity",
    async () => {
      await using host = await bootHost({ name: "lasting", persistent: true });
      const bootId = async () => (await host.ssh("cat /proc/sys/kernel/random/boot_id")).stdout;
      const seen = new Set([await bootId()]);
      await host.ssh("echo one > /srv/mark");

      await host.reboot();
      seen.add(await bootId());
      await host.reboot("power-cut");
      seen.add(await bootId());
      const restarted = host.restarted();
      await host.ssh("systemctl reboot");
      await restarted;
      seen.add(await bootId());

      expect(seen.size).toBe(4);
      const { stdout } = await host.ssh("cat /srv/mark /etc/machine-id");
      expect(stdout).toBe(`one\n${host.machineId}\n`);
    },
    bootLimitMs,
  );

  it(
    "gives another host its first disk back",
    async () => {
      await using host = await bootHost({ name: "fresh" });
      await host.ssh("echo one > /srv/mark");
      await host.reboot("power-cut");
      expect(await host.ssh("ls -A /srv; cat /etc/machine-id")).toMatchObject({
        stdout: `${host.machineId}\n`,
      });
    },
    bootLimitMs,
  );
});

describeHosts("a host whose owner ends", () => {
  it.each(["process.exit(3)", "process.kill(process.pid, 'SIGTERM')", "throw new Error('bug')"])(
    "by itself (%s), is gone with it",
    async (ending) => {
      const { owner, address } = await bootElsewhere([
        "--input-type=module",
        "--eval",
        `const { bootHost } = await import(${JSON.stringify(supportUrl("host.ts"))});
         const host = await bootHost({ name: "ends" });
         process.stdout.write(JSON.stringify({ address: host.address }) + "\\n");
         process.stdin.on("data", () => { ${ending} });`,
      ]);
      expect(remainsOf({ address })).toEqual(everything);
      owner.stdin.write("now");
      await once(owner, "exit");
      expect(remainsOf({ address })).toEqual(nothing);
    },
    bootLimitMs,
  );

  it(
    "by Ctrl-C at the command that boots one by hand, is gone with it",
    async () => {
      const { owner, address } = await bootElsewhere([fileURLToPath(supportUrl("cli-boot.ts"))]);
      expect(remainsOf({ address })).toEqual(everything);
      owner.kill("SIGINT");
      await once(owner, "exit");
      expect(remainsOf({ address })).toEqual(nothing);
    },
    bootLimitMs,
  );

  it(
    "by SIGKILL, dies at once and is removed by the next boot",
    async () => {
      const { owner, address } = await bootElsewhere([fileURLToPath(supportUrl("cli-boot.ts"))]);
      owner.kill("SIGKILL");
      await once(owner, "exit");
      await expect.poll(() => remainsOf({ address }).processes, { timeout: 10_000 }).toBe(false);
      // Tests in other processes that boot at this moment may be the ones that remove it.
      await reapAbandonedHosts();
      await expect.poll(() => remainsOf({ address }), { timeout: 10_000 }).toEqual(nothing);
    },
    bootLimitMs,
  );
});

const otherKey = "AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
const everything = { link: true, mounts: 2, processes: true, state: true };
const nothing = { link: false, mounts: 0, processes: false, state: false };

/** What this machine still has of a host, found by other means than those that removed it. */
function remainsOf(host: Pick<TestHost, "address">): {
  link: boolean;
  mounts: number;
  processes: boolean;
  state: boolean;
} {
  const [, , high = 0, low = 0] = host.address.split(".").map(Number);
  const index = (high * 256 + low - 2) / 4;
  const state = join(stateRoot, String(index));
  const links = readdirSync("/sys/class/net");
  return {
    link: links.some((link) => link === `hkt${index}` || link === `vb-hkt${index}`),
    mounts: readFileSync("/proc/self/mountinfo", "utf8").split(` ${state}/`).length - 1,
    processes: commandLines().some((line) => line.includes(`--machine=hkt${index}\0`)),
    state: existsSync(state) || existsSync(`/sys/fs/cgroup/systemd/hostkit-test-host-${index}`),
  };
}

function commandLines(): string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, "utf8");
      } catch {
        return "";
      }
    });
}

function supportUrl(file: string): string {
  return new URL(`support/${file}`, import.meta.url).href;
}

/** Another process that boots a host and prints its address. */
async function bootElsewhere(
  args: readonly string[],
): Promise<{ owner: ChildProcessByStdio<Writable, Readable, null>; address: string }> {
  const owner = spawn(process.execPath, ["--import", "tsx", ...args], {
    // Without the messages of the endings that are errors.
    stdio: ["pipe", "pipe", "ignore"],
  });
  onTestFinished(() => {
    owner.kill("SIGTERM");
  });
  const [line] = (await once(owner.stdout, "data")) as [Buffer];
  const { address } = JSON.parse(line.toString("utf8")) as { address: string };
  return { owner, address };
}
