import { expect, it } from "vitest";
import { describeHosts } from "./support/requirements.ts";
import { sharedHost } from "./support/shared-host.ts";
import { sharedSite } from "./support/site.ts";

/** What a service can and can't do under each profile: it tries, and writes down what came of it. */

/** One line for each attempt: its name, then `yes` or `no`. Results go where the service is told that it may write. */
const PROBE = `#!/bin/bash
into=$1 address=$2 own=$(basename "$1")
can() { name=$1; shift; if "$@" >/dev/null 2>&1 </dev/null; then echo "$name yes"; else echo "$name no"; fi; }
reach() { timeout 2 bash -c "exec 3<>/dev/tcp/$1/22"; }
say() { echo "$1" >"$2"; }
{
  can write-own say x "$into/own"
  can write-etc say x "/etc/$own"
  can write-open say x "/srv/open/$own"
  can write-tmp say x "/tmp/$own"
  can see-tmp-of-others test -e /tmp/of-others
  can see-homes cat /home/plain/note
  can write-home say x "/home/plain/shared/$own"
  can see-other-processes test -d /proc/1
  can see-memory cat /proc/meminfo
  can write-sysctl say x /proc/sys/kernel/domainname
  can reach-loopback reach 127.0.0.1
  can reach-others reach "$address"
  can use-netlink perl -MSocket -e 'socket(my $s, 16, 3, 0) or exit 1'
  can become-root bash -c 'test "$(/srv/open/setuid-id -u)" = 0'
  can have-capabilities bash -c '! grep -q "^CapBnd:[[:space:]]*0*$" /proc/self/status'
  can bind-low-port perl -MIO::Socket::INET -e 'IO::Socket::INET->new(LocalPort => 81, Listen => 1) or exit 1'
  can make-user-namespace unshare --user true
  can make-mount-namespace unshare --user --map-root-user --mount true
  can nest-a-sandbox unshare --user --map-root-user --mount --pid --fork --mount-proc true
  can make-device mknod "$into/device" c 1 3
  can see-all-devices test -e /dev/console
  can be-real-time chrt -f 1 true
  can be-setuid bash -c "cp /bin/true '$into/true' && chmod u+s '$into/true'"
  can change-personality setarch --addr-no-randomize true
  can give-away chown --no-dereference plain "$into/own"
} >"$into/tried.new"
mv "$into/tried.new" "$into/tried"
exec sleep infinity
`;

describeHosts("isolation", () => {
  const host = sharedHost({
    name: "isolation",
    bpf: true,
    users: [{ name: "plain", sudo: "none" }],
    files: {
      "/usr/local/bin/probe": { content: PROBE, mode: 0o755 },
      "/home/plain/note": { content: "note\n", mode: 0o644 },
    },
  });
  const { push, remote } = sharedSite(host);

  /** Of a service `name` with its own account and storage that was told `isolate`; `more` is declared before. */
  const service = (name: string, isolate: string, more = "") => `
    p.service("${name}", (s) => {
      s.account({ system: true });
      const data = s.storage("data");
      ${more}
      s.daemon({
        exec: argv("/usr/local/bin/probe", data, "${host().address}"),
        ${isolate === "" ? "" : `isolate: ${isolate},`}
      });
    });`;
  /** What its probe found it able to do. */
  const abilitiesOf = async (name: string) => {
    const file = `/var/lib/${name}/tried`;
    const lines = await remote(
      `for i in $(seq 300); do test -e ${file} && break; sleep 0.1; done; cat ${file}`,
    );
    const tried = lines
      .trim()
      .split("\n")
      .map((line) => line.split(" "));
    expect(tried.length).toBe(25);
    return tried.filter(([, answer]) => answer === "yes").map(([attempt]) => attempt);
  };
  const applies = async (body: string) => {
    const result = await push({ body });
    expect(result.status, result.stderr + result.stdout).toBe(0);
    // systemd-analyze verify has no doubt about any of it.
    expect(result.stderr).not.toMatch(/HK434|warning/);
    expect((await push({ body })).stdout).toMatch(/^No changes\./m);
  };
  const exposureOf = async (unit: string) => {
    const told = await remote(`systemd-analyze security --no-pager ${unit} | tail -1`);
    return Number(/: ([\d.]+) /.exec(told)?.[1]);
  };
  const prepare = () =>
    remote(
      "mkdir -p -m 1777 /srv/open; touch /tmp/of-others; chmod 755 /home/plain; install -d -m 777 /home/plain/shared; install -m 4755 /usr/bin/id /srv/open/setuid-id",
    );

  it("strict lets a service write its own storage, talk over the network, and nothing else", async () => {
    await prepare();
    await applies(service("strict", ""));
    expect(await abilitiesOf("strict")).toEqual([
      "write-own",
      "write-tmp",
      "reach-loopback",
      "reach-others",
    ]);
    expect(await exposureOf("strict.service")).toBeLessThanOrEqual(2);
    expect(await remote("cat /var/lib/strict/own; ls -d /tmp/strict 2>/dev/null || :")).toBe("x\n");
  });

  it("none denies what the account may do anyway, and no more", async () => {
    await prepare();
    await applies(service("open", '"none"'));
    expect(await abilitiesOf("open")).toEqual(
      expect.arrayContaining([
        "write-own",
        "write-open",
        "see-tmp-of-others",
        "see-homes",
        "write-home",
        "see-other-processes",
        "see-memory",
        "reach-others",
        "become-root",
        "have-capabilities",
        "make-user-namespace",
        "be-setuid",
      ]),
    );
    expect(await exposureOf("open.service")).toBeGreaterThan(9);
  });

  it("the profiles between both are taken, start, and allow what they are for", async () => {
    await prepare();
    await applies(
      service("web", '"web"') + service("dev", '"vibe-dev"') + service("alien", '"untrusted"'),
    );
    expect(await abilitiesOf("web")).toEqual([
      "write-own",
      "write-tmp",
      "see-memory",
      "reach-loopback",
      "reach-others",
      "use-netlink",
    ]);
    const dev = await abilitiesOf("dev");
    expect(dev).toEqual(
      expect.arrayContaining(["write-open", "see-homes", "nest-a-sandbox", "see-other-processes"]),
    );
    for (const never of ["become-root", "write-etc", "have-capabilities", "be-setuid"])
      expect(dev).not.toContain(never);
    expect(await abilitiesOf("alien")).toEqual(["write-own", "write-tmp"]);
    expect(await exposureOf("web.service")).toBeLessThan(2);
    expect(await exposureOf("dev.service")).toBeLessThan(6);
    expect(await exposureOf("alien.service")).toBeLessThan(1);
    expect(await remote("stat -c %a /var/lib/alien/own /var/lib/web/own")).toBe("600\n640\n");
  });

  it("the network is this host alone, or some, or none", async () => {
    await prepare();
    await applies(
      service("near", '{ network: "loopback" }') +
        service("some", `{ network: { allow: ["${host().address}"] } }`) +
        service("alone", '{ network: "none" }'),
    );
    const reach = async (name: string) =>
      (await abilitiesOf(name)).filter((each) => each?.startsWith("reach"));
    expect(await reach("near")).toEqual(["reach-loopback"]);
    // Loopback counts as any other address, so that a list says all there is.
    expect(await reach("some")).toEqual(["reach-others"]);
    expect(await reach("alone")).toEqual([]);
  });

  it("root is confined as well, and keeps what belongs to root", async () => {
    await prepare();
    await applies(`
      p.service("rooted", (s) => {
        const data = s.storage("data");
        s.daemon({ exec: argv("/usr/local/bin/probe", data, "${host().address}") });
      });`);
    // It is root from the start, and can do nothing with it. Root's group is shown all processes, see proc(5), gid=.
    expect(await abilitiesOf("rooted")).toEqual([
      "write-own",
      "write-tmp",
      "see-other-processes",
      "reach-loopback",
      "reach-others",
      "become-root",
    ]);
    expect(await exposureOf("rooted.service")).toBeLessThanOrEqual(2);
  });

  it("what is given back works, and only that", async () => {
    await prepare();
    const home = 's.directory("/home/plain/shared", { mode: 0o777 });';
    await applies(
      service("port", '{ capabilities: ["CAP_NET_BIND_SERVICE"] }') +
        service("homely", '{ writable: [data, "/home/plain/shared"] }', home) +
        service("sudoer", "{ privileges: true }"),
    );
    const strict = ["write-own", "write-tmp", "reach-loopback", "reach-others"];
    const more = async (name: string) =>
      (await abilitiesOf(name)).filter((each) => !strict.includes(String(each)));
    expect(await more("port")).toEqual(["have-capabilities", "bind-low-port"]);
    expect(await more("homely")).toEqual(["write-home"]);
    expect(await more("sudoer")).toContain("become-root");
    for (const never of ["write-etc", "write-open", "see-homes"])
      expect(await more("sudoer")).not.toContain(never);
    expect(await remote("cat /home/plain/shared/homely")).toBe("x\n");
  });

  it("a runtime that compiles as it goes runs by the web profile, and can't by the strict one", async () => {
    await prepare();
    await push();
    // The agent is such a program; it is under another name here, or this would be refused before any contact.
    await remote("install -m 755 /var/lib/hostkit/agents/*/hostkit-agent /srv/open/runtime");
    const endOf = async (isolate: string) => {
      const result = await push({
        body: `p.service("runtime", (s) => {
          s.account({ system: true });
          s.daemon({
            exec: ["/srv/open/runtime", "--what?"], isolate: ${isolate},
            active: false, enabled: false, restart: "no", service: { Type: "oneshot" },
          });
        });`,
      });
      expect(result.status, result.stderr).toBe(0);
      await remote("systemctl start runtime 2>/dev/null || :");
      return remote("systemctl show -P Result runtime");
    };
    expect(await endOf('"strict"')).toMatch(/^(?:signal|core-dump)$/m);
    expect(await endOf('"web"')).toBe("exit-code\n");
    expect(await endOf("{ jit: true }")).toBe("exit-code\n");
  });

  it("limits are what systemd goes by, and storage shared with a group stays shared", async () => {
    await prepare();
    await applies(`
      const readers = p.group("readers", { system: true });
      p.service("bounded", (s) => {
        const account = s.account({ system: true });
        const data = s.storage("data", { group: readers, mode: 0o2750 });
        const config = s.file("/etc/bounded.conf", { content: "x", group: account, mode: 0o640 });
        s.daemon({
          exec: ["/bin/bash", "-c", "cat /etc/bounded.conf >$0/copied && exec sleep infinity", data.path],
          isolate: { memoryMax: "64M", memoryHigh: "50M", cpuQuota: "50%", cpuWeight: 20, ioWeight: 30, tasksMax: 9, openFiles: 99 },
        });
      });`);
    const show = "MemoryMax MemoryHigh CPUQuotaPerSecUSec CPUWeight IOWeight TasksMax LimitNOFILE";
    // No controllers are handed down to test hosts: that the kernel goes by it as well can't be seen on one.
    const flags = show.split(" ").map((name) => `-p ${name}`);
    const shown = await remote(`systemctl show bounded ${flags.join(" ")}`);
    expect(shown.trim().split("\n").toSorted()).toEqual([
      "CPUQuotaPerSecUSec=500ms",
      "CPUWeight=20",
      "IOWeight=30",
      "LimitNOFILE=99",
      "MemoryHigh=52428800",
      "MemoryMax=67108864",
      "TasksMax=9",
    ]);
    await remote(
      "for i in $(seq 50); do test -s /var/lib/bounded/copied && break; sleep 0.1; done",
    );
    expect(await remote("stat -c '%a %U %G' /var/lib/bounded/copied")).toBe(
      "640 bounded readers\n",
    );
    expect(
      await remote(
        "setpriv --reuid plain --regid plain --groups $(getent group readers | cut -d: -f3) cat /var/lib/bounded/copied",
      ),
    ).toBe("x");
  });
});

describeHosts("exposure in a plan", () => {
  const host = sharedHost({ name: "exposure", users: [{ name: "plain", sudo: "none" }] });
  const { push, plan, remote, watchDisk, hostkit, isAsDeclared } = sharedSite(host);

  const body = (isolate: string) => `
    p.service("api", (s) => {
      s.account({ system: true });
      s.storage("data");
      s.daemon({ exec: ["/bin/sleep", "1001"], isolate: ${isolate} });
      // What ends by itself, as a job does.
      s.daemon("job", { exec: ["/bin/true"], isolate: ${isolate}, active: false, service: { Type: "oneshot" } });
    });
    p.unit("each@.service", { service: { ExecStart: "/bin/true" } });
    p.unit("api.timer", { timer: { OnCalendar: "daily" } });`;
  const exposures = (text: string) =>
    text.split("\n").filter((line) => line.startsWith("      exposure: "));

  it("is told of what is new, and of what it becomes, and changes nothing", async () => {
    // Not on the disk, and noted by a systemd-analyze that may.
    const runtime = () =>
      remote(
        "find /run/systemd /tmp -printf '%p %T@ %s\\n' | grep -v /run/systemd/journal; wc -l </proc/self/mountinfo",
      );
    const first = await push({ body: body('"none"') });
    expect(first.status, first.stderr).toBe(0);
    expect(exposures(first.stdout)).toEqual([
      "      exposure: 9.2 UNSAFE",
      "      exposure: 9.2 UNSAFE",
    ]);
    await isAsDeclared();

    const changed = await watchDisk();
    const before = await runtime();
    const second = await plan({ body: body("{}") });
    expect(exposures(second.stdout)).toEqual([
      "      exposure: 9.2 UNSAFE -> 1.1 OK",
      "      exposure: 9.2 UNSAFE -> 1.1 OK",
    ]);
    expect(await runtime()).toBe(before);
    expect((await changed()).filter((path) => !path.startsWith("/var/lib/hostkit"))).toEqual([]);
    const json = await hostkit("plan", "--host", "app", "--json");
    expect(json.stdout).toContain('"remarks":["exposure: 9.2 UNSAFE -> 1.1 OK"]');

    expect((await push({ body: body("{}") })).status).toBe(0);
    await isAsDeclared();
    for (const unit of ["api", "api-job"]) {
      const told = await remote(`systemd-analyze security --no-pager ${unit}.service | tail -1`);
      expect(told).toContain(`Overall exposure level for ${unit}.service: 1.1 OK`);
    }
    const back = await hostkit("rollback", "--host", "app", "--yes");
    expect(exposures(back.stdout)).toEqual([
      "      exposure: 1.1 OK -> 9.2 UNSAFE",
      "      exposure: 1.1 OK -> 9.2 UNSAFE",
    ]);
  });

  it("is left out where the host's systemd can't tell", async () => {
    await remote("mv /usr/bin/systemd-analyze /usr/bin/systemd-analyze.away");
    const { stdout, stderr, status } = await plan({ body: body("{}") });
    expect([status, exposures(stdout)], stderr).toEqual([2, []]);
    await remote("mv /usr/bin/systemd-analyze.away /usr/bin/systemd-analyze");
  });
});
