import { describe, expect, it } from "vitest";
import { describeHosts } from "./support/requirements.ts";
import { sharedHost } from "./support/shared-host.ts";
import { sharedSite } from "./support/site.ts";

/** A service on a real host: what starts it again and what does not, how it is reloaded, and how it goes to another version. */

/** Says which version it is, notes reloads, and runs on. */
const server = (version: string) =>
  `#!/bin/sh
echo "${version} from $0" >> /srv/server.log
trap 'echo "reloaded $(cat /etc/api/api.conf)" >> /srv/server.log' HUP
while :; do sleep 0.1; done
`;

describeHosts("services", () => {
  const host = sharedHost({
    name: "services",
    files: { "/usr/local/bin/server": { content: server("host"), mode: 0o755 } },
  });
  const site = sharedSite(host);

  const pushed = async (body: string, more: { readonly project?: string } = {}) => {
    const result = await site.push({ body, ...more });
    expect(result.status, result.stdout + result.stderr).toBe(0);
    expect(result.stderr).not.toMatch(/HK\d{4}/);
    await site.isAsDeclared();
    return result.stdout;
  };
  const show = async (unit: string, property: string) =>
    (await site.remote(`systemctl show ${unit} -P ${property}`)).trim();
  const invocation = (unit: string) => show(unit, "InvocationID");
  const log = () => site.remote("cat /srv/server.log");

  it("restarts when its unit, or what it reads, changed, and never else", async () => {
    const body = ({ conf = "1", level = 1, motd = "a" }) => `
  p.file("/etc/motd", { content: "${motd}\\n" });
  p.service("first", (s) => {
    s.account({ system: true });
    s.storage("data");
    const conf = s.file(s.path("config", "first.conf"), { content: "${conf}\\n" });
    s.daemon({
      exec: argv("/bin/sh", "-c", "exec sleep infinity", { conf }),
      environment: { LEVEL: ${level} },
      after: ["network-online", "time-sync"],
      restart: "always",
      restartDelay: "2s",
      startLimit: { times: 3, within: "1min" },
      startTimeout: "20s",
      stopTimeout: 5,
      signal: "INT",
      execBefore: [argv("/bin/test", "-d", "/var/lib/first"), ["/bin/true"]],
      execStop: ["/bin/true"],
    });
  });`;
    await pushed(body({}));
    expect(await site.remote("systemctl is-enabled first; systemctl is-active first")).toBe(
      "enabled\nactive\n",
    );
    const shown = await site.remote(
      "systemctl show first -p RestartUSec,StartLimitBurst,StartLimitIntervalUSec,TimeoutStartUSec,TimeoutStopUSec,KillSignal,Wants,User",
    );
    for (const line of [
      "RestartUSec=2s",
      "StartLimitBurst=3",
      "StartLimitIntervalUSec=1min",
      "TimeoutStartUSec=20s",
      "TimeoutStopUSec=5s",
      "KillSignal=2",
      "User=first",
    ]) {
      expect(shown.split("\n")).toContain(line);
    }
    expect(shown).toMatch(/^Wants=.*network-online\.target/m);

    const one = await invocation("first");
    expect(await pushed(body({ motd: "b" }))).not.toContain("! restarts");
    expect(await invocation("first")).toBe(one);
    expect(await pushed(body({ motd: "b", level: 2 }))).toContain("! restarts first.service");
    const two = await invocation("first");
    expect(two).not.toBe(one);
    expect(await pushed(body({ motd: "b", level: 2, conf: "2" }))).toContain(
      "! unit:first.service (restart, inputs changed)",
    );
    const three = await invocation("first");
    expect(three).not.toBe(two);
    await pushed(body({ motd: "c", level: 2, conf: "2" }));
    expect(await invocation("first")).toBe(three);
  });

  it("is reloaded where it says so, by a signal of its own", async () => {
    const body = (conf: string) => `
  p.service("api", (s) => {
    const conf = s.file(s.path("config", "api.conf"), { content: "${conf}\\n" });
    s.daemon({ exec: argv("/usr/local/bin/server", { conf }), execReload: "HUP", onChange: "reload", isolate: { writable: ["/srv"] } });
  });`;
    await pushed(body("one"));
    const pid = await show("api", "MainPID");
    expect(await pushed(body("two"))).toContain("! unit:api.service (reload, inputs changed)");
    expect(await show("api", "MainPID")).toBe(pid);
    await site.remote(
      "for i in $(seq 50); do grep -qx 'reloaded two' /srv/server.log && exit 0; sleep 0.1; done; exit 1",
    );
    await pushed("");
  });

  describe("a release", () => {
    const released = { project: "released" };
    const body = ({ version, text = version }: { version: string; text?: string }) => `
  p.service("rel", (s) => {
    const release = s.release({
      version: "${version}",
      files: {
        "bin/server": { content: ${JSON.stringify(server(text))}, mode: 0o755 },
        VERSION: "${version}\\n",
      },
    });
    s.daemon({ exec: argv(release.path + "/bin/server"), isolate: { writable: ["/srv"] } });
  });`;

    it("is filled, linked and started", async () => {
      await pushed(body({ version: "1" }), released);
      expect(await site.remote("readlink /opt/rel/current; cat /opt/rel/current/VERSION")).toBe(
        "releases/1\n1\n",
      );
      expect(await site.remote("stat -c '%a %U' /opt/rel/current/bin/server")).toBe("755 root\n");
      expect(await log()).toContain("1 from /opt/rel/current/bin/server\n");
    });

    it("goes to another version in one step, and restarts; the old one stays", async () => {
      const before = await invocation("rel");
      // Somebody who opens the link again and again never finds it missing.
      await site.remote(
        `cat > /srv/watch <<'EOF'
while [ ! -e /srv/stop ]; do cat /opt/rel/current/VERSION >> /srv/seen 2>> /srv/missed || echo missed >> /srv/missed; done
EOF
systemd-run --quiet --unit=watching sh /srv/watch`,
      );
      const plan = await pushed(body({ version: "2" }), released);
      expect(plan).toContain("to: releases/1 -> releases/2");
      expect(plan).toContain("! unit:rel.service (restart, inputs changed)");
      expect(plan).toMatch(
        /file:\/opt\/rel\/releases\/1\/VERSION \(not declared\) stays on the host/,
      );
      await site.remote(
        "touch /srv/stop; while systemctl is-active -q watching; do sleep 0.1; done; test ! -s /srv/missed",
      );
      expect(await site.remote("sort -u /srv/seen")).toBe("1\n2\n");
      expect(await invocation("rel")).not.toBe(before);
      expect(await log()).toMatch(/2 from \/opt\/rel\/current\/bin\/server\n$/);
      expect(await site.remote("cat /opt/rel/releases/1/VERSION")).toBe("1\n");
    });

    it("goes back, and what is there already is not written again", async () => {
      const inode = await site.remote("stat -c %i /opt/rel/releases/1/bin/server");
      const plan = await pushed(body({ version: "1" }), released);
      expect(plan).toContain("to: releases/2 -> releases/1");
      expect(plan).not.toContain("+ file:");
      expect(await site.remote("stat -c %i /opt/rel/releases/1/bin/server")).toBe(inode);
      expect(await log()).toMatch(/1 from \/opt\/rel\/current\/bin\/server\n$/);
    });

    it("restarts what goes through the link when a file behind it is another one", async () => {
      const before = await invocation("rel");
      expect(await pushed(body({ version: "1", text: "1a" }), released)).toContain(
        "! unit:rel.service (restart, inputs changed)",
      );
      expect(await invocation("rel")).not.toBe(before);
      expect(await log()).toMatch(/1a from \/opt\/rel\/current\/bin\/server\n$/);
    });

    it("comes back with the program that ran when the new one does not", async () => {
      const result = await site.push({
        ...released,
        body: body({ version: "3" }).replace('/bin/server")', '/VERSION")'),
      });
      expect(result.status, result.stderr).toBe(8);
      expect(await site.remote("readlink /opt/rel/current; systemctl is-active rel")).toBe(
        "releases/1\nactive\n",
      );
      expect((await host().ssh("ls /opt/rel/releases/3")).status).not.toBe(0);
    });

    it("leaves its versions when it is no longer declared", async () => {
      await pushed("", released);
      expect(await site.remote("ls /opt/rel/releases")).toBe("1\n2\n");
      expect((await host().ssh("readlink /opt/rel/current")).status).not.toBe(0);
    });

    it("is refused where nobody has put the version", async () => {
      const release = `p.service("bare", (s) => { s.release({ version: "7", keep: 2 }); });`;
      const refused = await site.push({ body: release });
      expect(refused.status, refused.stderr).toBe(1);
      expect(refused.stderr).toContain("HK1054");
      expect(refused.stderr.replaceAll(/\s+/g, " ")).toContain(
        "/opt/bare/releases/7 is neither on the host nor declared",
      );
      expect(refused.stderr).toContain("hostkit.config.ts:5:");
      expect((await host().ssh("ls -d /opt/bare")).status).not.toBe(0);
      await site.remote("mkdir -p /opt/bare/releases/7");
      await pushed(release);
      expect(await site.remote("readlink -f /opt/bare/current")).toBe("/opt/bare/releases/7\n");
    });
  });

  it("has a directory for its sockets, which its account owns", async () => {
    await pushed(`
  p.service("sock", (s) => {
    s.account({ system: true });
    const rpc = s.listen("rpc", { socket: "rpc.sock" });
    s.daemon({
      exec: argv("/bin/sh", "-c", 'touch "$1"; exec sleep infinity', "sh", rpc),
      listen: { rpc, http: 4000 },
    });
    const worker = s.daemon("worker", { exec: ["/bin/sleep", "infinity"], listen: { rpc: { socket: "w.sock" }, http: { port: 4000, host: "127.0.0.2" } } });
    s.file("/srv/listeners", { content: [worker.listener.rpc.path, worker.listener.http.url, rpc.path].join("\\n") });
  });`);
    expect(await site.remote("cat /srv/listeners")).toBe(
      "/run/sock-worker/w.sock\nhttp://127.0.0.2:4000\n/run/sock/rpc.sock",
    );
    expect(await site.remote("stat -c '%U %n' /run/sock /run/sock-worker /run/sock/rpc.sock")).toBe(
      "sock /run/sock\nsock /run/sock-worker\nsock /run/sock/rpc.sock\n",
    );
    await pushed("");
  });

  it("takes the names it is given", async () => {
    await pushed(`
  p.service("named_so", { path: "elsewhere", user: "somebody", unit: "other.name" }, (s) => {
    s.account({ system: true });
    s.storage("data", { backup: true });
    s.storage("small", { under: "cache" });
    s.storage("large", { path: "/srv/large" });
    s.daemon({ exec: ["/bin/sleep", "infinity"] });
    const job = s.job("job", { exec: ["/bin/true"] });
    s.schedule("job", { run: job, every: "hour" });
  });`);
    expect(
      await site.remote("stat -c '%U %n' /var/lib/elsewhere /var/cache/elsewhere/small /srv/large"),
    ).toBe(
      "somebody /var/lib/elsewhere\nsomebody /var/cache/elsewhere/small\nsomebody /srv/large\n",
    );
    expect(await show("other.name.service", "User")).toBe("somebody");
    expect(await show("other.name-job.timer", "Unit")).toBe("other.name-job.service");
  });

  it("is refused before contact where two would be in each other's way", async () => {
    await site.refuses(
      {
        body: `p.service("a", (s) => { s.daemon({ exec: ["/bin/true"], listen: { http: 4000 } }); });
  p.service("b", (s) => { s.listen("all", { port: 4000, host: "any" }); });`,
      },
      {
        status: 3,
        code: "HK1051",
        says: ["listener all of service b", "0.0.0.0:4000", "hostkit.config.ts:5:", ":6:"],
      },
    );
    await site.refuses(
      {
        body: `p.service("a", (s) => { s.storage("data"); s.storage("state", { path: "/var/lib/a" }); });`,
      },
      { status: 3, code: "HK1053", says: ["would both be /var/lib/a"] },
    );
  });
});
