import { describe, expect, it } from "vitest";
import {
  argv,
  project,
  type DaemonOptions,
  type JobOptions,
  type ScheduleOptions,
  type ServiceScope,
} from "../../../client/declare/index.ts";

const declare = (fn: (s: ServiceScope) => void) =>
  project("test", { prefixes: { unit: "acme-" } }, (p) => {
    p.service("api", fn);
  });

function unitsOf(fn: (s: ServiceScope) => void) {
  const { faults, resources } = declare(fn);
  expect(faults).toEqual([]);
  return Object.fromEntries(resources.map(({ id, desired }) => [id, desired]));
}

/** The lines of a unit's text that begin with one of the names. */
function directives(fn: (s: ServiceScope) => void, id: string, ...names: string[]): string[] {
  const content = String(unitsOf(fn)[id]?.["content"]);
  return content.split("\n").filter((line) => names.includes(line.replace(/=.*/, "")));
}

describe("jobs", () => {
  it("end by themselves, and nothing starts them", () => {
    const units = unitsOf((s) => {
      s.account({ system: true });
      const backup = s.job("nightly_backup", {
        exec: ["/opt/app/bin/backup"],
        timeout: "2h",
        stopTimeout: 5,
        restart: "on-failure",
        restartDelay: "1min",
        environment: { LEVEL: 9 },
        after: ["network-online", "postgresql.service"],
        onFailure: ["alert.service"],
        isolate: "none",
      });
      expect(backup.unit).toBe("acme-api-nightly-backup.service");
    });
    expect(units["unit:acme-api-nightly-backup.service"]).toEqual({
      name: "acme-api-nightly-backup.service",
      enabled: false,
      onChange: "restart",
      content: `[Unit]
Description=api nightly_backup
After=network.target
After=network-online.target
After=postgresql.service
Wants=network-online.target
OnFailure=alert.service

[Service]
Type=oneshot
User=api
Group=api
Environment=LEVEL=9
TimeoutStopSec=5s
ExecStart=/opt/app/bin/backup
Restart=on-failure
RestartSec=1min
TimeoutStartSec=2h
`,
    });
  });

  it("are confined as daemons are, and may write the service's storage", () => {
    const lines = directives(
      (s) => {
        s.storage("data");
        s.job("x", { exec: ["/bin/a"], logs: { identifier: "mine" } });
      },
      "unit:acme-api-x.service",
      "ProtectSystem",
      "ReadWritePaths",
      "SyslogIdentifier",
    );
    expect(lines.toSorted()).toEqual([
      "ProtectSystem=strict",
      "ReadWritePaths=/var/lib/api",
      "SyslogIdentifier=mine",
    ]);
  });

  it("are told what they could not run, in any of their commands", () => {
    const { faults } = declare((s) =>
      s.job("x", { exec: [["/bin/a"], ["/usr/bin/node", "a.js"]], execBefore: [["/home/ann/x"]] }),
    );
    expect(faults.map(({ code }) => code).toSorted()).toEqual(["HK1073", "HK1074"]);
  });

  it("may be several commands", () => {
    const lines = (exec: JobOptions["exec"]) =>
      directives((s) => s.job("x", { exec }), "unit:acme-api-x.service", "ExecStart");
    expect(lines([argv("/bin/a", "b"), ["/bin/c", "d e"]])).toEqual([
      "ExecStart=/bin/a b",
      'ExecStart=/bin/c "d e"',
    ]);
    expect(lines(argv("/bin/a"))).toEqual(["ExecStart=/bin/a"]);
    expect(lines(["/bin/a", "b"])).toEqual(["ExecStart=/bin/a b"]);
  });

  it.each([
    [{}, "HK1022", "needs the option `exec`"],
    [{ exec: "/bin/a b" }, "HK1021", "a list of words"],
    [{ exec: [] }, "HK1021", "a list of words"],
    [{ exec: [["/bin/a"], ["b/c"]] }, "HK1021", "`exec[1]`"],
    [{ exec: ["/bin/a"], restart: "always" }, "HK1021", '"on-failure"'],
    [{ exec: ["/bin/a"], timeout: 0 }, "HK1021", "`timeout`"],
    [{ exec: ["/bin/a"], enabled: true }, "HK1020", "no option `enabled`"],
    [{ exec: ["/bin/a"], install: {} }, "HK1020", "no option `install`"],
  ])("refuse %j", (options, code, says) => {
    const { faults } = declare((s) => s.job("x", options as JobOptions));
    expect(faults).toMatchObject([{ code, detail: expect.stringContaining(says) }]);
  });
});

describe("schedules", () => {
  const TIMER = "unit:acme-api-x.timer";
  const timer = (options: Omit<ScheduleOptions, "run">, ...names: string[]) =>
    directives((s) => s.schedule("x", { run: "acme-api-x.service", ...options }), TIMER, ...names);
  const calendars = (options: Omit<ScheduleOptions, "run">) =>
    timer(options, "OnCalendar").map((line) => line.replace("OnCalendar=", ""));

  it("are timers that are enabled and set", () => {
    const units = unitsOf((s) => {
      const backup = s.job("backup", { exec: ["/bin/true"] });
      s.schedule("backup", { run: backup, daily: "02:30", jitter: "15m", persistent: true });
      s.schedule("x", { run: backup, every: "hour" });
    });
    expect(units["unit:acme-api-backup.timer"]).toMatchObject({
      enabled: true,
      active: true,
      content: `[Unit]
Description=Schedule of api backup

[Timer]
OnCalendar=*-*-* 02:30:00
RandomizedDelaySec=15m
Persistent=yes

[Install]
WantedBy=timers.target
`,
    });
    expect(units[TIMER]?.["content"]).toContain("Unit=acme-api-backup.service\n");
  });

  it("are said in words, and combined", () => {
    expect(calendars({ daily: ["02:30", "14:30:15"] })).toEqual([
      "*-*-* 02:30:00",
      "*-*-* 14:30:15",
    ]);
    expect(calendars({ weekly: "mon 04:00" })).toEqual(["Mon *-*-* 04:00:00"]);
    expect(calendars({ weekly: { day: ["Sunday", "thu"], at: "04:00" } })).toEqual([
      "Sun,Thu *-*-* 04:00:00",
    ]);
    expect(calendars({ monthly: { day: [1, 15, "last"], at: "05:00" } })).toEqual([
      "*-*-01,15 05:00:00",
      "*-*~01 05:00:00",
    ]);
    expect(
      calendars({
        daily: "02:30",
        every: "6h",
        calendar: ["Mon 10:00", "weekly"],
        timeZone: "UTC",
      }),
    ).toEqual(["*-*-* 02:30:00 UTC", "0/6:00 UTC", "Mon 10:00 UTC", "weekly UTC"]);
    expect(
      timer({ afterBoot: "5m", repeatAfter: 5400 }, "OnBootSec", "OnUnitActiveSec", "Unit"),
    ).toEqual(["OnBootSec=5m", "OnUnitActiveSec=5400s"]);
  });

  it.each([
    ["10s", "*:*:0/10"],
    ["1m", "minutely"],
    ["15m", "*:0/15"],
    ["60min", "hourly"],
    ["2h", "0/2:00"],
    ["1d", "daily"],
    ["7 days", "weekly"],
    ["month", "monthly"],
  ])("every %s is by the clock: %s", (every, calendar) => {
    expect(calendars({ every })).toEqual([calendar]);
  });

  it("are exact where systemd would take several starts for one", () => {
    expect(timer({ every: "10s" }, "AccuracySec")).toEqual(["AccuracySec=1s"]);
    expect(timer({ every: "5m" }, "AccuracySec")).toEqual(["AccuracySec=1s"]);
    expect(timer({ every: "10m" }, "AccuracySec")).toEqual([]);
    expect(timer({ afterBoot: "1m", repeatAfter: "1m" }, "AccuracySec")).toEqual([
      "AccuracySec=1s",
    ]);
    expect(timer({ every: "10s", accuracy: "5s" }, "AccuracySec")).toEqual(["AccuracySec=5s"]);
  });

  it.each([
    [{}, "HK1050", "says no time at all"],
    [{ jitter: "1m" }, "HK1050", "says no time at all"],
    [{ repeatAfter: "1h" }, "HK1050", "Add `afterBoot"],
    [{ afterBoot: "1m", persistent: true }, "HK1050", "`persistent`"],
    [{ afterBoot: "1m", timeZone: "UTC" }, "HK1050", "`timeZone`"],
    [{ calendar: "daily UTC", timeZone: "Europe/Berlin" }, "HK1050", "names one itself"],
    [{ daily: "2:30" }, "HK1021", "a time of day"],
    [{ daily: ["02:30", "24:00"] }, "HK1021", "`daily[1]`"],
    [{ weekly: "mon" }, "HK1021", '"mon 04:00"'],
    [{ weekly: "mondy 04:00" }, "HK1021", 'did you mean "monday"?'],
    [{ weekly: { day: "mon", at: "4" } }, "HK1021", "`weekly.at`"],
    [{ monthly: { day: 32, at: "04:00" } }, "HK1021", "`monthly.day`"],
    [{ every: "7m" }, "HK1021", "evenly into an hour"],
    [{ every: "90m" }, "HK1021", "evenly into a day"],
    [{ every: "36h" }, "HK1021", "evenly into a day or a week"],
    [{ every: "0s" }, "HK1021", "evenly into a minute"],
    [{ every: "15" }, "HK1021", "a time such as"],
    [{ every: "hourr" }, "HK1021", 'did you mean "hour"?'],
    [{ calendar: "25:00" }, "HK1021", "hour 25"],
    [{ daily: "02:30", timeZone: "Mars" }, "HK1021", "a time zone"],
    [{ daily: "02:30", run: "x.timer" }, "HK1021", "a job or another service"],
    [{ daily: "02:30", jiter: "1m" }, "HK1020", "Did you mean `jitter`?"],
  ])("refuse %j", (options, code, says) => {
    const { faults } = declare((s) => s.schedule("x", { run: "x.service", ...options }));
    expect(faults).toMatchObject([{ code, detail: expect.stringContaining(says) }]);
  });

  it("may have their trigger among directives given by name", () => {
    expect(timer({ timer: { OnStartupSec: 5, OnClockChange: true } }, "OnStartupSec")).toEqual([
      "OnStartupSec=5",
    ]);
  });
});

describe("daemons", () => {
  const daemon = (options: Omit<DaemonOptions, "exec">, ...names: string[]) =>
    directives(
      (s) => s.daemon({ exec: ["/bin/x"], ...options }),
      "unit:acme-api.service",
      ...names,
    );

  it("have more to say", () => {
    expect(
      daemon(
        {
          startLimit: { times: 3, within: "1min" },
          startTimeout: "infinity",
          watchdog: 30,
          signal: "INT",
          execBefore: [argv("/bin/a", "$b"), ["/bin/c"]],
          execStop: ["/bin/stop"],
          execReload: ["/bin/reload"],
          before: ["nginx.service"],
        },
        "StartLimitIntervalSec",
        "StartLimitBurst",
        "TimeoutStartSec",
        "WatchdogSec",
        "KillSignal",
        "ExecStartPre",
        "ExecStop",
        "ExecReload",
        "Before",
      ),
    ).toEqual([
      "Before=nginx.service",
      "StartLimitIntervalSec=1min",
      "StartLimitBurst=3",
      "ExecStartPre=/bin/a $$b",
      "ExecStartPre=/bin/c",
      "KillSignal=SIGINT",
      "ExecReload=/bin/reload",
      "ExecStop=/bin/stop",
      "TimeoutStartSec=infinity",
      "WatchdogSec=30s",
    ]);
    expect(daemon({ startLimit: false }, "StartLimitIntervalSec")).toEqual([
      "StartLimitIntervalSec=0",
    ]);
  });

  it("are reloaded by a signal, without a program that not every host has", () => {
    expect(daemon({ execReload: "HUP", onChange: "reload" }, "ExecReload")).toEqual([
      String.raw`ExecReload=/bin/sh -c "kill -s HUP \"$$MAINPID\""`,
    ]);
  });

  it.each([
    [{ after: ["network-onlin"] }, 'did you mean "network-online"?'],
    [{ after: ["postgresql.servce"] }, 'did you mean "postgresql.service"?'],
    [{ after: ["postgresql"] }, "with its type"],
    [{ after: [{ path: "/x" }] }, "the handle of one"],
    [{ signal: "SIGTEM" }, 'did you mean "SIGTERM"?'],
    [{ execReload: "SIGHUPP" }, 'did you mean "SIGHUP"?'],
    [{ startLimit: { times: 0, within: "1m" } }, "`startLimit.times`"],
    [{ restartDelay: "5 parsecs" }, "`restartDelay`"],
    [{ startTimeout: "0" }, "`startTimeout`"],
    [{ onChange: "reload" }, "neither ExecReload="],
    [{ environment: { A: "a\rb" } }, "`environment.A`"],
  ])("refuse %j", (options, says) => {
    const { faults } = declare((s) => s.daemon({ exec: ["/bin/x"], ...options } as DaemonOptions));
    expect(faults).toMatchObject([{ code: "HK1021", detail: expect.stringContaining(says) }]);
  });
});
