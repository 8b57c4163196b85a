import { expect, it } from "vitest";
import { faultOfCalendar } from "../../shared/systemd/calendar.ts";
import { parseTimeSpan } from "../../shared/systemd/time-span.ts";
import { describeHosts } from "./support/requirements.ts";
import { sharedHost } from "./support/shared-host.ts";
import { sharedSite } from "./support/site.ts";

/** Jobs are run by real timers, and what is said of times here is what the host's systemd says of them. */

const MARK = (name: string) => `argv("/bin/sh", "-c", "date +%s.%N >> /srv/${name}.ran")`;

/** They tell of themselves in a place that is nobody's. */
const OPEN = `const open = { isolate: { writable: ["/srv"] } } as const;`;

describeHosts("jobs and schedules", () => {
  const host = sharedHost({ name: "schedules" });
  const site = sharedSite(host);

  const pushed = async (body: string) => {
    const result = await site.push({ body: `${OPEN}${body}` });
    expect(result.status, result.stdout + result.stderr).toBe(0);
    expect(result.stderr).not.toMatch(/HK\d{4}/);
    await site.isAsDeclared();
    return result.stdout;
  };
  /** Waits until a job ran that often. */
  const ran = async (name: string, times: number) =>
    site.remote(
      `for i in $(seq 200); do test "$(cat /srv/${name}.ran 2>/dev/null | wc -l)" -ge ${times} && exit 0; sleep 0.1; done; systemctl status '*${name}*' >&2; exit 1`,
    );
  const show = async (unit: string, ...properties: string[]) => {
    const text = await site.remote(`systemctl show ${unit} -p ${properties.join(",")}`);
    const values = new Map(
      text.split("\n").map((line) => [line.replace(/=.*/, ""), line.replace(/^[^=]*=/, "")]),
    );
    return properties.map((property) => values.get(property));
  };

  it("a schedule is enabled and set, and its job is neither", async () => {
    await pushed(`
  p.service("maintenance", (s) => {
    s.account({ system: true });
    const backup = s.job("backup", { exec: ["/bin/true"] });
    s.schedule("backup", { run: backup, daily: "02:30", jitter: "15m", persistent: true });
    s.schedule("weekend", { run: backup, weekly: { day: ["sat", "sun"], at: "12:00" }, timeZone: "Europe/Berlin" });
  });`);
    expect(await site.remote("systemctl is-enabled maintenance-backup.timer")).toBe("enabled\n");
    expect(await site.remote("systemctl is-active maintenance-backup.timer")).toBe("active\n");
    expect(await show("maintenance-backup.service", "UnitFileState", "ActiveState")).toEqual([
      "static",
      "inactive",
    ]);
    expect(await show("maintenance-backup.service", "Type", "User")).toEqual([
      "oneshot",
      "maintenance",
    ]);
    expect(await show("maintenance-backup.timer", "Unit", "Persistent")).toEqual([
      "maintenance-backup.service",
      "yes",
    ]);
    expect(await show("maintenance-weekend.timer", "Unit")).toEqual(["maintenance-backup.service"]);
    expect(await show("maintenance-weekend.timer", "TimersCalendar")).toEqual([
      expect.stringContaining("OnCalendar=Sat,Sun *-*-* 12:00:00 Europe/Berlin"),
    ]);
    expect(await site.remote("systemctl list-timers --no-legend 'maintenance-*' | wc -l")).toBe(
      "2\n",
    );
    expect(await site.remote("ls /etc/systemd/system/timers.target.wants")).toContain(
      "maintenance-backup.timer\n",
    );
  });

  it("runs its job by the clock, and again after a while", async () => {
    await pushed(`
  p.service("clock", (s) => {
    const by = s.job("by", { exec: ${MARK("by")}, ...open });
    s.schedule("by", { run: by, every: "2s" });
    const again = s.job("again", { exec: [${MARK("again")}, argv("/bin/true")], ...open });
    s.schedule("again", { run: again, afterBoot: "1s", repeatAfter: "1s" });
  });`);
    await ran("by", 3);
    await ran("again", 3);
    // Even seconds: it goes by the clock, whatever the moment of the push.
    expect(await site.remote("systemctl show clock-by.timer -P TimersCalendar")).toContain(
      "OnCalendar=*-*-* *:*:00/2",
    );
    await pushed("");
    expect(await site.remote("systemctl list-units --all --no-legend 'clock-*' | wc -l")).toBe(
      "0\n",
    );
    const before = await site.remote("wc -l < /srv/by.ran");
    await site.remote("sleep 2.5");
    expect(await site.remote("wc -l < /srv/by.ran")).toBe(before);
  });

  it("a job that is changed runs as changed next time, and is not run for it", async () => {
    const body = (text: string) => `
  p.service("changing", (s) => {
    const job = s.job("job", { exec: argv("/bin/sh", "-c", "echo ${text} >> /srv/changing.ran"), ...open });
    s.schedule("job", { run: job, monthly: { day: "last", at: "05:00" } });
  });`;
    await pushed(body("one"));
    const invocation = await show("changing-job.timer", "InvocationID");
    expect(await pushed(body("two"))).not.toContain("! restarts");
    expect(await show("changing-job.timer", "InvocationID")).toEqual(invocation);
    expect((await host().ssh("cat /srv/changing.ran")).status).not.toBe(0);
    await site.remote("systemctl start changing-job");
    expect(await site.remote("cat /srv/changing.ran")).toBe("two\n");
  });

  it("a job that runs is let finish, and one that fails starts what is to be told", async () => {
    const body = (text: string) => `
  p.service("long", (s) => {
    const alert = s.job("alert", { exec: argv("/bin/sh", "-c", "touch /srv/alerted"), ...open });
    s.job("work", { exec: argv("/bin/sh", "-c", "sleep 3; echo ${text} > /srv/worked"), ...open });
    s.job("bad", { exec: [["/bin/false"], argv("/bin/sh", "-c", "touch /srv/never")], onFailure: [alert], ...open });
  });`;
    await pushed(body("one"));
    await site.remote("systemctl start --no-block long-work");
    const result = await site.push({ body: `${OPEN}${body("two")}` });
    expect(result.status, result.stderr).toBe(0);
    await site.remote(
      "for i in $(seq 100); do test -s /srv/worked && break; sleep 0.1; done; grep -x one /srv/worked",
    );
    expect((await host().ssh("systemctl start long-bad")).status).not.toBe(0);
    await site.remote(
      "for i in $(seq 50); do test -e /srv/alerted && exit 0; sleep 0.1; done; exit 1",
    );
    expect((await host().ssh("ls /srv/never")).status).not.toBe(0);
    await site.remote("systemctl reset-failed");
  });

  it("what was a daemon and is a job now stops", async () => {
    await pushed(
      `p.service("turned", (s) => { s.daemon("x", { exec: ["/bin/sleep", "1234"] }); });`,
    );
    expect(await site.remote("systemctl is-active turned-x")).toBe("active\n");
    await pushed(`p.service("turned", (s) => { s.job("x", { exec: ["/bin/true"] }); });`);
    // What ends a daemon is a failure of a job, in the words of systemd.
    expect(await show("turned-x.service", "UnitFileState", "ActiveState")).toEqual([
      "static",
      expect.stringMatching(/^(inactive|failed)$/),
    ]);
    expect((await host().ssh("pgrep -f 'sleep 1234'")).stdout).toBe("");
  });

  it("calendar expressions are judged as the host's systemd judges them", async () => {
    const good = [
      "minutely",
      "hourly",
      "Daily",
      "weekly UTC",
      "semi-annually",
      "Mon",
      "Monday,",
      "mon..FRI",
      "Mon-Wed,sat 10:00",
      "Mon..Fri *-*-* 10:00",
      "*-*-* 02:30:00",
      "*:0/15",
      "*:*:0/10",
      "0/6:00",
      "0/12:00",
      "8..18/2:30",
      "10:00:00.5",
      "*-*-01,15 05:00:00",
      "*-*~01",
      "*-02~03..05",
      "*-*~7/1",
      "2040-02-29 UTC",
      "2040..2050/5-01,06-1..5 1:2:3",
      "Sat *-*-1..7 18:00",
      "1..3-01",
      "09-15",
      "00:00 Europe/Berlin",
      "@4000000000",
      "*:0/59",
      "*-*-* *:*:*",
      "76-1-1..12 UTC",
      "1..1:00",
    ];
    const bad = [
      "25:00",
      "24:00",
      "10:60",
      "10:00:60",
      "*-02-30",
      "*-04-31",
      "*-13-01",
      "*-*-32",
      "*-*-0",
      "2041-02-29",
      "2200-01-01",
      "1969-01-01",
      "Mo0n",
      "Mon..",
      "Fri..Mon 10:00",
      "Mon Tue",
      "Mon..Wed..Fri",
      "10",
      "10:00:00:00",
      "*:*/5",
      "*:0/60",
      "*:0/0",
      "0/24:00",
      "05..02:00",
      "*-*-31/2",
      "*-*~29",
      "*~*-01",
      "*-*-*-*",
      "10:00 10:00",
      " 10:00",
      "10:00 ",
      "10:00  UTC",
      "10:00 Europe/Berln",
      "10:00 europe/berlin",
      "daily hourly",
      "every day",
      "1.5:00",
      "10:00:1..1.5",
      "-1:00",
      "10h",
      "*",
      "@x",
    ];
    for (const expression of good) expect(faultOfCalendar(expression), expression).toBeUndefined();
    for (const expression of bad) expect(faultOfCalendar(expression), expression).toBeDefined();
    // What can't come is accepted by systemd, and then is never.
    const script = `while IFS= read -r line; do
  if out=$(systemd-analyze calendar --base-time=1975-01-01 -- "$line" 2>&1) && ! echo "$out" | grep -q 'Next elapse: never'; then echo good; else echo bad; fi
done`;
    const judged = await site.remote(script, `${[...good, ...bad].join("\n")}\n`);
    expect(
      judged
        .trim()
        .split("\n")
        .map((each, index) => `${[...good, ...bad][index]}: ${each}`),
    ).toEqual([...good.map((each) => `${each}: good`), ...bad.map((each) => `${each}: bad`)]);
  });

  it("time spans are judged, and counted, as the host's systemd does", async () => {
    const spans = [
      "5s",
      "1min 30s",
      "90",
      "1.5h",
      "2 h",
      "55s500ms",
      "1y 12month",
      "3M",
      "3m",
      "7us",
      "0",
    ];
    const wrong = ["", "5 parsecs", "s", "1h -5m", "5S", "1,5s", "1e3s", "5s;"];
    const printed = await site.remote(
      `while IFS= read -r line; do systemd-analyze timespan -- "$line" 2>/dev/null | sed -n 's/.*μs: //p' | grep . || echo bad; done`,
      `${[...spans, ...wrong].join("\n")}\n`,
    );
    const own = [...spans, ...wrong].map((each) => String(parseTimeSpan(each) ?? "bad"));
    expect(printed.trim().split("\n")).toEqual(own);
  });

  it("nonsense is refused before contact, at its place", async () => {
    const options: readonly (readonly [string, string, string])[] = [
      [`calendar: "Mo0n 10:00"`, "HK1021", "Mo0n is neither a weekday"],
      [`calendar: ["daily", "*-02-30"]`, "HK1021", "calendar[1]"],
      [`daily: "25:00"`, "HK1021", "a time of day"],
      [`weekly: "mondy 04:00"`, "HK1021", `did you mean "monday"?`],
      [`every: "7m"`, "HK1021", `repeatAfter: "7m"`],
      [`repeatAfter: "1h"`, "HK1050", "Add `afterBoot"],
      [`jitter: "1m"`, "HK1050", "says no time at all"],
      [`afterBoot: "1m", persistent: true`, "HK1050", "times of the calendar alone"],
      [`daily: "10:00", timeZone: "Europe/Berln"`, "HK1021", `did you mean "Europe/Berlin"?`],
    ];
    for (const [option, code, says] of options) {
      await site.refuses(
        { body: `p.service("x", (s) => { s.schedule("x", { run: "x.service", ${option} }); });` },
        { status: 3, code, says: [says, "hostkit.config.ts:5:"] },
      );
    }
  });
});
