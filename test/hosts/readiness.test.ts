import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { describeHosts } from "./support/requirements.ts";
import { sharedHost } from "./support/shared-host.ts";
import { codesOf, messageOf, sharedSite } from "./support/site.ts";

/** A push waits until what it started can do its work, and is taken back where it waits in vain. */

/** A web server of twenty lines that takes its time, in the Perl that every Debian has. */
const SERVER = String.raw`use strict; use IO::Socket::INET; use IO::Socket::UNIX; use IO::Select;
$| = 1;
open my $file, '<', $ARGV[0] or die "no configuration\n";
my %c = map { /^(\w+)=(.*)$/ ? ($1, $2) : () } <$file>;
print "starting version $c{version}\n";
sleep $c{delay} if $c{delay};
if ($c{dies}) { print STDERR "no database\n"; exit 3 }
my $tcp = IO::Socket::INET->new(Listen => 5, LocalAddr => '0.0.0.0', LocalPort => 4000, ReuseAddr => 1) or die "$!";
unlink '/run/late.sock';
my $unix = IO::Socket::UNIX->new(Listen => 5, Local => '/run/late.sock') or die "$!";
print "listening on 4000 as $c{version}\n";
my $warm = time + ($c{warm} || 0);
my $select = IO::Select->new($tcp, $unix);
for (;;) {
  for my $ready ($select->can_read) {
    my $client = $ready->accept or next;
    my $line = <$client>;
    my $status = $c{status} || (time < $warm || ($c{flag} && !-e $c{flag}) ? 503 : 200);
    my $body = "version $c{version}\n";
    print $client "HTTP/1.0 $status X\r\nContent-Length: " . length($body) . "\r\n\r\n$body" if $line;
    close $client;
  }
}
`;

const URL = "http://127.0.0.1:4000/health";

describeHosts("readiness", () => {
  const host = sharedHost({ name: "readiness" });
  const { push, begin, plan, remote, isAsDeclared, hostkit, watchDisk } = sharedSite(host);

  beforeAll(async () => {
    await remote("cat > /usr/local/bin/late.pl", SERVER);
  });
  beforeEach(async () => {
    await remote("rm -f /run/go");
  });

  interface Late {
    /** Of the server's configuration: `version=1`, `delay=2`. */
    readonly conf: Readonly<Record<string, string | number>>;
    /** Of `s.ready`. */
    readonly ready?: string;
    readonly daemon?: string;
  }
  const late = ({ conf, ready = `{ http: { url: "${URL}" } }`, daemon = "" }: Late) => `
  p.service("late", (s) => {
    const config = s.file("/etc/late.conf", { content: ${JSON.stringify(
      Object.entries(conf)
        .map(([name, value]) => `${name}=${value}\n`)
        .join(""),
    )} });
    const api = s.daemon({ exec: argv("/usr/bin/perl", "/usr/local/bin/late.pl", config), ${daemon} });
    s.ready(${ready});
  });`;
  const served = async () => {
    const response = await fetch(`http://${host().address}:4000/`);
    return `${response.status} ${await response.text()}`;
  };
  const applies = async (what: Late) => {
    const result = await push({ body: late(what) });
    expect(result.status, result.stderr).toBe(0);
    return result;
  };
  /** Exit 8 with one diagnostic, which says this; and what ran before runs again. */
  const isTakenBack = async (what: Late, says: readonly string[], code = "HK4085") => {
    const before = await served();
    const config = await remote("cat /etc/late.conf");
    const begun = performance.now();
    const result = await push({ body: late(what) });
    const took = performance.now() - begun;
    expect(codesOf(result), result.stderr).toEqual([code]);
    for (const part of says) expect(messageOf(result)).toContain(part);
    expect(result.status).toBe(8);
    expect(await remote("cat /etc/late.conf")).toBe(config);
    for (let looks = 0; looks < 50; looks++) {
      if ((await served().catch(() => "")) === before) return { took, result };
      await sleep(100);
    }
    expect(await served()).toBe(before);
    return { took, result };
  };

  describe("a web server that is late", () => {
    it("is waited for from its start to its first good answer, once", async () => {
      const begun = performance.now();
      const first = await applies({ conf: { version: 1, delay: 1, warm: 2 } });
      expect(performance.now() - begun).toBeGreaterThan(2500);
      expect(first.stdout).toContain("! readiness:late (run, inputs changed)");
      expect(first.stdout).toContain(`http: ${URL}, timeout: 1m, inputs: unit:late.service`);
      expect(first.stdout).toContain("one of: ready within 1m; not ready by then");
      expect(await served()).toBe("200 version 1\n");
      await isAsDeclared();
      const again = await push({ body: late({ conf: { version: 1, delay: 1, warm: 2 } }) });
      expect(again.stdout).toMatch(/^No changes\./m);
    });

    it("is waited for again when its configuration changes, after its restart", async () => {
      const next = { conf: { version: 2, warm: 1 } };
      const planned = await plan({ body: late(next) });
      expect(planned.status).toBe(2);
      for (const line of ["~ file:/etc/late.conf", "! unit:late.service", "! readiness:late"]) {
        expect(planned.stdout).toContain(line);
      }
      await applies(next);
      expect(await served()).toBe("200 version 2\n");
      await isAsDeclared();
    });

    it("takes the push back when it answers badly, and runs as before", async () => {
      const { took } = await isTakenBack(
        {
          conf: { version: 3, status: 500 },
          ready: `{ http: { url: "${URL}" }, timeout: "2s" }`,
        },
        [
          "readiness:late was not ready within 2s",
          `http ${URL} answered with status 500 instead of 200`,
          "late.service: The last lines of its journal:",
          "starting version 3",
          "listening on 4000 as 3",
        ],
      );
      expect(took).toBeGreaterThan(2000);
      expect(took).toBeLessThan(12_000);
      expect(await served()).toBe("200 version 2\n");
      await push({ body: late({ conf: { version: 2, warm: 1 } }) });
      await isAsDeclared();
    });

    it("is given up at once when it dies for good", async () => {
      const { took } = await isTakenBack(
        {
          conf: { version: 4, delay: 1, dies: 1 },
          daemon: 'restart: "no"',
          ready: `{ http: { url: "${URL}" }, timeout: "5m" }`,
        },
        ["waited for late.service", "its process ended with status 3", "no database"],
        "HK4086",
      );
      expect(took).toBeLessThan(30_000);
    });

    it("is left waiting, and left as it is, until somebody resumes", async () => {
      const body = late({
        conf: { version: 5, flag: "/run/go" },
        ready: `{ http: { url: "${URL}" }, timeout: "1s" }`,
      });
      const stopped = await push({ body, flags: ["--on-failure", "stop"] });
      expect(stopped.status, stopped.stderr).toBe(7);
      expect(await served()).toBe("503 version 5\n");
      await remote("touch /run/go");
      const resumed = await hostkit("resume", "--host", "app", "--yes");
      expect(resumed.status, resumed.stderr).toBe(0);
      expect(await served()).toBe("200 version 5\n");
      await isAsDeclared();
    });

    it("is not waited for any longer after Ctrl-C", async () => {
      const { result, kill } = begin({
        body: late({
          conf: { version: 6, status: 503 },
          ready: `{ http: { url: "${URL}" }, timeout: "10m" }`,
        }),
      });
      await remote(
        "for i in $(seq 300); do if journalctl -q -o cat -u late | grep -q 'listening on 4000 as 6'; then exit 0; fi; sleep 0.1; done; exit 1",
      );
      const begun = performance.now();
      kill("SIGINT");
      const { status, stderr } = await result;
      expect(performance.now() - begun).toBeLessThan(10_000);
      expect(status, stderr).toBe(130);
      expect(await remote("cat /etc/late.conf")).toContain("version=5\n");
      await remote("touch /run/go");
      expect(await served()).toBe("200 version 5\n");
    });

    it("is taken back when the run is killed while it waits", async () => {
      const { result } = begin({
        body: late({
          conf: { version: 7, status: 503 },
          ready: `{ http: { url: "${URL}" }, timeout: "10m" }`,
        }),
      });
      await remote(
        "for i in $(seq 300); do if journalctl -q -o cat -u late | grep -q 'listening on 4000 as 7'; then exit 0; fi; sleep 0.1; done; exit 1",
      );
      await remote("pkill -KILL -f '[h]ostkit-agent execute'");
      const { status, stderr } = await result;
      expect(status, stderr).toBe(8);
      expect(await remote("cat /etc/late.conf")).toContain("version=5\n");
    });
  });

  describe("checks", () => {
    const all = `{
      http: { url: "${URL}", contains: "version", status: [200, 204] },
      tcp: "127.0.0.1:4000",
      socket: "/run/late.sock",
      unit: api,
      command: ["test", "-S", "/run/late.sock"],
      log: { matches: /^listening on \\d+ as/ },
      successes: 2,
    }`;

    it("of all types pass, each as soon as it can", async () => {
      const { stdout } = await applies({ conf: { version: 10, delay: 1, warm: 2 }, ready: all });
      for (const line of [
        "tcp: 127.0.0.1:4000",
        "socket: /run/late.sock",
        "unit: late.service",
        'command: "test -S /run/late.sock"',
      ]) {
        expect(stdout).toContain(line);
      }
      await isAsDeclared();
    });

    it.each([
      [
        "http without the text",
        {
          conf: { version: 11 },
          ready: `{ http: { url: "${URL}", contains: "zzz" }, timeout: "1s" }`,
        },
        ["answered with status 200, and without the text in its 11 characters"],
      ],
      [
        "https where there is none",
        {
          conf: { version: 12 },
          ready: `{ http: { url: "https://127.0.0.1:4000/", insecure: true }, timeout: "1s" }`,
        },
        ["http https://127.0.0.1:4000/", "gave no answer"],
      ],
      [
        "a port that nobody has",
        { conf: { version: 13 }, ready: `{ tcp: "localhost:4001", timeout: "1s" }` },
        ["tcp localhost:4001 refused the connection (ECONNREFUSED)"],
      ],
      [
        "a socket that is not there",
        { conf: { version: 14 }, ready: `{ socket: "/run/other.sock", timeout: "1s" }` },
        ["socket /run/other.sock does not exist (ENOENT)"],
      ],
      [
        "a unit that is started again and again",
        {
          conf: { version: 15, dies: 1, delay: 1 },
          ready: `{ unit: api, timeout: "5s" }`,
          daemon: 'restart: "always", restartDelay: "100ms"',
        },
        ["readiness:late was not ready within 5s", "unit late.service"],
      ],
      [
        "a command that fails",
        {
          conf: { version: 16 },
          ready: `{ command: ["sh", "-c", "echo not yet >&2; exit 9"], timeout: "1s" }`,
        },
        ["ended with status 9 and said: not yet"],
      ],
      [
        "a line of an earlier start",
        { conf: { version: 17 }, ready: `{ log: { contains: "as 10" }, timeout: "1s" }` },
        ['log late.service "as 10" has no such line among the 2 since the unit was started'],
      ],
    ] as const)("take the push back: %s", async (_what, what, says) => {
      await applies({ conf: { version: 10 }, ready: all });
      await isTakenBack(what, says);
    });
  });

  it.each([
    ["an unknown scheme", `{ http: { url: "gopher://a/" } }`, "HK1021"],
    ["a port too far", `{ tcp: { host: "a", port: 70000 } }`, "HK1021"],
    ["no check at all", `{ timeout: "1s" }`, "HK1021"],
    ["an unknown unit", `{ unit: "lat.service" }`, "HK1011"],
  ])("refuses before contact: %s", async (_what, ready, code) => {
    const changed = await watchDisk();
    const result = await push({ body: late({ conf: { version: 99 }, ready }) });
    expect(codesOf(result), result.stderr).toEqual([code]);
    expect(result.stderr).toContain("hostkit.config.ts:");
    expect(result.status).toBe(3);
    expect(await changed()).toEqual([]);
  });
});
