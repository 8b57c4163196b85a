import { expect, it } from "vitest";
import { describeHosts } from "./support/requirements.ts";
import { sharedHost } from "./support/shared-host.ts";
import { sharedSite } from "./support/site.ts";

/** What is noted beside resources changes nothing; what is said of logs does what it says, and nobody loses a line. */

describeHosts("observability", () => {
  const host = sharedHost({ name: "observability" });
  const { push, plan, remote, isAsDeclared, hostkit } = sharedSite(host);

  const applies = async (body: string) => {
    const result = await push({ body });
    expect(result.status, result.stderr).toBe(0);
    await isAsDeclared();
    return result;
  };

  it("notes are in a dump, and are no change of a host", async () => {
    const noted = (interval: string) => `
  p.observability({ telemetry: { attributes: { env: "test" } } });
  p.service("noted", (s) => {
    s.daemon({ exec: argv("/bin/sleep", "infinity") });
    s.monitor({ tcp: "127.0.0.1:22", interval: "${interval}", severity: "critical" });
  });`;
    await applies(noted("1m"));
    const planned = await plan({ body: noted("5m") });
    expect(planned.stdout).toMatch(/^No changes\./m);
    expect(planned.status).toBe(0);
    const dumped = JSON.parse((await hostkit("dump", "--host", "app")).stdout) as {
      intents: readonly object[];
    };
    expect(dumped.intents).toMatchObject([
      { type: "telemetry", subject: null, service: null, attributes: { env: "test" } },
      { type: "telemetry", subject: "unit:noted.service", service: "noted", metrics: true },
      {
        type: "monitor",
        name: "noted",
        subject: "unit:noted.service",
        tcp: { host: "127.0.0.1", port: 22 },
        interval: "5m",
        severity: "critical",
      },
    ]);
    const [line = "{}"] = (await hostkit("dump", "--host", "app", "--json")).stdout
      .split("\n")
      .filter((each) => each.includes('"event":"manifest"'));
    const { manifest } = JSON.parse(line) as { manifest: object };
    expect(manifest).toEqual(dumped);
  });

  it("what is said of logs holds for the program", async () => {
    await applies(`
  p.service("loud", (s) => {
    s.logs({ identifier: "shop-loud", level: "warning" });
    s.daemon({
      exec: argv("/bin/sh", "-c", "echo '<7>detail'; echo '<4>careful'; echo failed >&2; exec sleep infinity"),
      logs: { stderr: { append: "/var/log/loud.err" } },
    });
  });`);
    await remote("journalctl --sync");
    expect(await remote("journalctl -q -o cat -t shop-loud")).toBe("careful\n");
    expect(await remote("cat /var/log/loud.err")).toBe("failed\n");
    expect(
      await remote("systemctl show loud -P StandardError -P SyslogIdentifier -P LogLevelMax"),
    ).toBe("append\nshop-loud\n4\n");
  });

  it("the journal keeps what is said, and goes on hearing what ran before", async () => {
    const counting = (journal: string) => `
  p.observability({ journal: ${journal} });
  p.service("counting", (s) => {
    s.daemon({ exec: argv("/bin/sh", "-c", "n=0; while :; do n=$((n+1)); echo line $n; sleep 0.1; done") });
  });`;
    await applies(counting('{ maxUse: "64M", retention: "30d", storage: "persistent" }'));
    const facts = async () =>
      (await remote("systemctl show counting -P MainPID -P InvocationID")).trim();
    const before = await facts();
    const journald = await remote("systemctl show systemd-journald -P MainPID");
    const planned = await plan({
      body: counting('{ maxUse: "32M", retention: "7d", storage: "persistent" }'),
    });
    expect(planned.stdout).toContain("! unit:systemd-journald.service (restart, inputs changed)");
    await applies(counting('{ maxUse: "32M", retention: "7d", storage: "persistent" }'));
    expect(await remote("cat /etc/systemd/journald.conf.d/50-hostkit.conf")).toBe(
      "[Journal]\nStorage=persistent\nSystemMaxUse=32M\nMaxRetentionSec=7d\n",
    );
    expect(await remote("systemctl show systemd-journald -P MainPID")).not.toBe(journald);
    await remote("sleep 1; journalctl --sync");
    // The same process, whose lines are all there, those around the restart among them.
    expect(await facts()).toBe(before);
    const lines = (await remote("journalctl -q -o cat -u counting | grep '^line'")).split("\n");
    const numbers = lines.slice(0, -1).map((line) => Number(line.split(" ")[1]));
    expect(numbers.length).toBeGreaterThan(20);
    expect(numbers).toEqual(numbers.map((_number, index) => index + 1));
    const said = await remote(
      "journalctl -q -o cat -u systemd-journald | grep -i 'journal.*max' | tail -1",
    );
    expect(said).toContain("max 32.0M");
    expect(await remote("ls -d /var/log/journal/*")).toContain("/var/log/journal/");
  });
});
