// The expectations of a case are run by the tests of the contract, which the rule can't see.
// oxlint-disable vitest/no-standalone-expect

import { describe, expect, test } from "vitest";
import { unitDriver } from "../../agent/resources/unit.ts";
import { HostKitError } from "../../shared/diagnostic.ts";
import type { DesiredInput } from "../../shared/resources/registry.ts";
import { applyContext, cycle, read, resourceOf, stepFor } from "../contract/cycle.ts";
import { driverContract } from "../contract/driver.ts";
import { MemoryHost } from "../support/memory-host/memory-host.ts";

const unit = unitDriver({ settle: 1 });

const FILE = "/etc/systemd/system/api.service";
const OLD = "[Service]\nExecStart=/opt/api/old\n\n[Install]\nWantedBy=multi-user.target\n";
const service = (program: string) => ({
  ExecStart: program,
  ExecReload: "/bin/kill -HUP $MAINPID",
});
const api = {
  name: "api.service",
  service: service("/opt/api/server"),
  install: { WantedBy: "multi-user.target" },
} satisfies DesiredInput<"unit">;
const WANTED =
  "[Service]\nExecStart=/opt/api/server\nExecReload=/bin/kill -HUP $MAINPID\n\n[Install]\nWantedBy=multi-user.target\n";
const LINK = "/etc/systemd/system/multi-user.target.wants/api.service";

const linkAt = (host: MemoryHost, path: string) =>
  host.tree.find(path, { call: "stat", follow: "parents" });

/** The unit with the given text, loaded. */
const on =
  (text: string, active: "active" | "failed" | "activating" | "inactive" = "inactive") =>
  (host: MemoryHost) => {
    host.put(FILE, text);
    host.systemd.settle("api.service", active);
  };
/** Written again after systemd read it. */
const rewritten = (text: string, active: "active" | "inactive") => (host: MemoryHost) => {
  on(OLD, active)(host);
  host.put(FILE, text);
};
const enabled = (host: MemoryHost) => {
  host.tree.ensureDirectory("/etc/systemd/system/multi-user.target.wants");
  host.tree.putSymlink(LINK, FILE);
  host.systemd.reload();
};

driverContract({
  kind: "unit",
  driver: unit,
  many: (index) => ({ ...api, name: `api${index}.service`, enabled: true, active: true }),
  spellings: [
    { name: "api.service", content: "[Service]\nExecStart=/bin/true" },
    { name: "api.service", content: "[Service]\r\nExecStart=/bin/true\r\n", onChange: "none" },
    {
      name: "api@one.service",
      unit: { Description: "100% of it", After: ["a.service", "b.service"], Wants: [] },
      service: {
        Type: "notify",
        ExecStart: { argv: ["/bin/echo", "a b", "", "$x", "%n", 'q"\\', "\n\t"] },
        ExecReload: "/bin/kill -HUP $MAINPID",
        Restart: "always",
        RestartSec: 1.5,
        PrivateTmp: true,
      },
      install: { WantedBy: "multi-user.target" },
      enabled: true,
      active: false,
      onChange: "reload",
    },
    {
      name: "a\\x2db.timer",
      timer: { OnCalendar: ["daily", "Mon *-*-* 02:00"], Persistent: true },
      install: { WantedBy: "timers.target" },
      active: true,
    },
    { name: "job@.service", service: { ExecStart: "/bin/true %i" }, enabled: false },
    { name: "cron.service", enabled: true, active: true },
    { name: "cron.service", inputs: ["file:/b", "file:/a", "file:/b"], onChange: "reload" },
  ],
  cases: [
    {
      title: "a new unit, neither enabled nor started",
      desired: api,
      differs: "absent",
      leaves: (host) => {
        expect(host.text(FILE)).toBe(WANTED);
        expect(host.systemd.jobs).toEqual([]);
        expect(linkAt(host, LINK)).toBeUndefined();
      },
    },
    {
      title: "a new unit, enabled and started",
      desired: { ...api, enabled: true, active: true },
      differs: "absent",
      leaves: (host) => {
        expect(host.systemd.runningText("api.service")).toBe(WANTED);
        expect(linkAt(host, LINK)).toMatchObject({ type: "symlink", target: FILE });
      },
    },
    {
      title: "a new unit that an earlier one of its name left enabled",
      given: enabled,
      desired: { ...api, enabled: false },
      differs: "absent",
      leaves: (host) => expect(linkAt(host, LINK)).toBeUndefined(),
    },
    {
      title: "a unit as declared",
      given: (host) => {
        on(WANTED, "active")(host);
        enabled(host);
      },
      desired: { ...api, enabled: true, active: true },
      differs: [],
    },
    {
      title: "a package's unit as declared",
      desired: { name: "cron.service", active: true, inputs: ["file:/etc/ssh/sshd_config"] },
      differs: [],
    },
    {
      title: "a package's unit that is neither enabled nor stopped",
      desired: { name: "cron.service", enabled: true, active: false },
      differs: ["enabled", "active"],
      leaves: (host) => {
        expect(host.text("/etc/systemd/system/cron.service")).toBeUndefined();
        expect(host.systemd.jobs).toEqual(["stop cron.service"]);
      },
    },
    {
      title: "a package's unit that has others enabled along",
      given: (host) => {
        host.put("/usr/lib/systemd/system/b.service", "[Service]\nExecStart=/bin/b\n");
        host.put(
          "/usr/lib/systemd/system/a.service",
          "[Service]\nExecStart=/bin/a\n[Install]\nWantedBy=a.target\nAlso=b.service\n",
        );
      },
      desired: { name: "a.service", enabled: true },
      differs: ["enabled"],
    },
    {
      title: "a unit of which enabled and active are left open",
      given: on(WANTED, "failed"),
      desired: api,
      differs: [],
    },
    {
      title: "other content of a running unit",
      given: on(OLD, "active"),
      desired: { ...api, active: true },
      differs: ["content"],
    },
    {
      title: "other content of a unit that is not running",
      given: on(OLD),
      desired: api,
      differs: ["content"],
      leaves: (host) => expect(host.systemd.jobs).toEqual([]),
    },
    {
      title: "other content of a unit that should only be written",
      given: on(OLD, "active"),
      desired: { ...api, onChange: "none" },
      differs: ["content"],
      leaves: (host) => expect(host.systemd.runningText("api.service")).toBe(OLD),
    },
    {
      title: "a file that was written after systemd read it",
      given: rewritten(WANTED, "active"),
      desired: { ...api, active: true },
      differs: ["loaded"],
      leaves: (host) => expect(host.systemd.reloads).toBeGreaterThan(0),
    },
    {
      title: "a file that stands before the one of a package, and that systemd has not noticed",
      given: (host) => {
        host.put("/usr/lib/systemd/system/api.service", OLD);
        host.systemd.settle("api.service", "active");
        host.put(FILE, WANTED);
      },
      desired: api,
      differs: ["loaded"],
    },
    {
      title: "a unit of a package",
      given: (host) => host.put("/usr/lib/systemd/system/api.service", OLD),
      desired: api,
      differs: ["content"],
      leaves: (host) => expect(host.text("/usr/lib/systemd/system/api.service")).toBe(OLD),
    },
    {
      title: "a unit that should run and does not",
      given: on(WANTED),
      desired: { ...api, active: true },
      differs: ["active"],
      leaves: (host) => expect(host.systemd.jobs).toEqual(["start api.service"]),
    },
    {
      title: "a unit that should run and failed",
      given: on(WANTED, "failed"),
      desired: { ...api, active: true },
      differs: ["active"],
    },
    {
      title: "a unit that runs and should not",
      given: on(WANTED, "active"),
      desired: { ...api, active: false },
      differs: ["active"],
      leaves: (host) => expect(host.systemd.jobs).toContain("stop api.service"),
    },
    {
      title: "a unit that keeps being started again and should not run",
      given: on(WANTED, "activating"),
      desired: { ...api, active: false },
      differs: ["active"],
    },
    {
      title: "a unit that is about to be started again, and gets a file that works",
      given: on(OLD, "activating"),
      desired: { ...api, active: true },
      differs: ["content", "active"],
      leaves: (host) => expect(host.systemd.jobs).toEqual(["restart api.service"]),
    },
    {
      title: "a unit that Restart= started again a moment ago, and that should run",
      given: (host) => {
        on(WANTED, "active")(host);
        host.systemd.startAgain("api.service", { ago: 9 });
      },
      desired: { ...api, active: true },
      differs: ["active"],
      leaves: (host) => expect(host.systemd.runningText("api.service")).toBe(WANTED),
    },
    {
      title: "a unit that Restart= started again some time ago",
      given: (host) => {
        on(WANTED, "active")(host);
        host.systemd.startAgain("api.service", { ago: 11 });
      },
      desired: { ...api, active: true },
      differs: [],
    },
    {
      title: "a unit that Restart= started again, in a container with an uptime of its own",
      given: (host) => {
        on(WANTED, "active")(host);
        host.systemd.startAgain("api.service", { ago: -3000 });
      },
      desired: { ...api, active: true },
      differs: [],
    },
    {
      title: "a unit that failed and should not run",
      given: on(WANTED, "failed"),
      desired: { ...api, active: false },
      differs: [],
    },
    {
      title: "a unit that runs, should not, and gets another file",
      given: on(OLD, "active"),
      desired: { ...api, active: false },
      differs: ["content", "active"],
      leaves: (host) => expect(host.systemd.jobs).toEqual(["stop api.service"]),
    },
    {
      title: "a unit that should be enabled and is not",
      given: on(WANTED, "active"),
      desired: { ...api, enabled: true },
      differs: ["enabled"],
      leaves: (host) => {
        expect(linkAt(host, LINK)).toBeDefined();
        expect(host.systemd.jobs).toEqual([]);
      },
    },
    {
      title: "a unit that is enabled and should not be",
      given: (host) => {
        on(WANTED, "active")(host);
        enabled(host);
      },
      desired: { ...api, enabled: false },
      differs: ["enabled"],
      leaves: (host) => expect(linkAt(host, LINK)).toBeUndefined(),
    },
    {
      title: "a unit that is enabled until the next boot only",
      given: (host) => {
        on(WANTED, "active")(host);
        const links = "/run/systemd/system/multi-user.target.wants";
        host.tree.ensureDirectory(links);
        host.tree.putSymlink(`${links}/api.service`, FILE);
        host.systemd.reload();
      },
      desired: { ...api, enabled: true },
      differs: ["enabled"],
    },
    {
      title: "a unit whose file was removed while it runs",
      given: (host) => {
        on(OLD, "active")(host);
        host.tree.remove(FILE);
        host.systemd.reload();
      },
      desired: { ...api, active: true },
      differs: ["content"],
      leaves: (host) => expect(host.text(FILE)).toBe(WANTED),
    },
    {
      title: "a new timer with its service",
      given: (host) => host.put("/etc/systemd/system/backup.service", OLD),
      desired: {
        name: "backup.timer",
        timer: { OnCalendar: "daily" },
        install: { WantedBy: "timers.target" },
        enabled: true,
        active: true,
      },
      differs: "absent",
      leaves: (host) => expect(host.systemd.describe().join()).toContain("backup.timer active"),
    },
    {
      title: "a new template",
      desired: { name: "worker@.service", service: service("/opt/worker %i") },
      differs: "absent",
    },
    {
      title: "a template with an instance that runs by an older file",
      given: (host) => {
        host.put("/etc/systemd/system/worker@.service", OLD);
        host.systemd.settle("worker@one.service", "active");
        host.put("/etc/systemd/system/worker@.service", WANTED);
      },
      desired: { name: "worker@.service", content: WANTED },
      differs: ["loaded"],
    },
    {
      title: "an instance with a file of its own",
      desired: { ...api, name: "worker@one.service", active: true },
      differs: "absent",
    },
    {
      title: "a file that starts with a byte order mark",
      given: on(`\uFEFF${WANTED}`),
      desired: api,
      differs: ["content"],
    },
    {
      title: "a broken file that is to be replaced",
      given: on("[Service]\nType=simple\n"),
      desired: { ...api, active: true },
      differs: ["content", "active"],
    },
  ],
  failures: [
    {
      title: "the host has no systemd",
      given: (host) => void (host.systemd.availability = "none"),
      desired: api,
      at: "read",
      code: "HK4300",
      says: ["not been booted with systemd", "leave units out"],
    },
    {
      title: "the host has no systemctl",
      given: (host) => void host.missing.add("systemctl"),
      desired: api,
      at: "read",
      code: "HK4300",
      says: ["systemctl could not be run (ENOENT)"],
    },
    {
      title: "a package's unit is not there",
      desired: { name: "shh.service", enabled: true },
      at: "read",
      code: "HK4306",
      says: ["without `content`", "systemd knows no shh.service", "list-unit-files"],
    },
    {
      title: "a package's unit can't be loaded",
      given: (host) => host.put("/usr/lib/systemd/system/bad.service", "[Service]\nExecStart=|\n"),
      desired: { name: "bad.service", active: true },
      at: "read",
      code: "HK4305",
      says: ["comes with a package", "systemd-analyze verify bad.service"],
    },
    {
      title: "the unit is masked",
      given: (host) => host.tree.putSymlink(FILE, "/dev/null"),
      desired: api,
      at: "read",
      code: "HK4301",
      says: ["link to /dev/null", "systemctl unmask api.service"],
    },
    {
      title: "the unit is masked until the next boot",
      given: (host) => host.tree.putSymlink("/run/systemd/system/api.service", "/dev/null"),
      desired: api,
      at: "read",
      code: "HK4301",
      says: ["/run/systemd/system/api.service", "unmask"],
    },
    {
      title: "the unit is masked by an empty file",
      given: (host) => host.put(FILE, ""),
      desired: api,
      at: "read",
      code: "HK4301",
      says: ["unmask"],
    },
    {
      title: "the unit's file is a link",
      given: (host) => {
        host.put("/opt/api/api.service", OLD);
        host.tree.putSymlink(FILE, "/opt/api/api.service");
      },
      desired: api,
      at: "read",
      code: "HK4302",
      says: ["symbolic link to /opt/api/api.service", "remove it yourself"],
    },
    {
      title: "a directory is in the place of the unit's file",
      given: (host) => host.tree.ensureDirectory(FILE),
      desired: api,
      at: "read",
      code: "HK4302",
      says: ["is a directory"],
    },
    {
      title: "the unit's file can't be read",
      given: (host) => {
        host.put(FILE, OLD, { uid: 0, gid: 0, mode: 0o600 });
        host.become(1000);
      },
      desired: api,
      at: "read",
      code: "HK4302",
      says: ["not readable for the agent (EACCES)"],
    },
    {
      title: "the unit's file is no unit file",
      given: (host) => host.put(FILE, "#".repeat(1024 * 1024 + 1)),
      desired: api,
      at: "read",
      code: "HK4302",
      says: ["larger than 1048576 bytes"],
    },
    {
      title: "the unit is another name of a unit",
      given: (host) => host.tree.putSymlink(FILE, "/usr/lib/systemd/system/cron.service"),
      desired: api,
      at: "read",
      code: "HK4303",
      says: ["another name of cron.service", "Declare cron.service instead"],
    },
    {
      title: "something made at run time comes first",
      given: (host) => host.put("/run/systemd/transient/api.service", OLD),
      desired: api,
      at: "read",
      code: "HK4304",
      says: ["/run/systemd/transient/api.service", "Stop what made it"],
    },
    {
      title: "the file is as declared and systemd refuses it",
      given: (host) => host.put(FILE, "[Service]\nType=simple\n"),
      desired: { name: "api.service", content: "[Service]\nType=simple\n" },
      at: "read",
      code: "HK4305",
      says: [
        "refuses it: Unit api.service has a bad unit file setting. Correct",
        "systemd-analyze",
      ],
    },
    {
      title: "systemd refuses the new file",
      given: (host) =>
        host.systemd.log(
          "api.service",
          "/etc/systemd/system/api.service:1: Service has no ExecStart=",
        ),
      desired: { name: "api.service", content: "[Service]\nType=simple\n", active: true },
      at: "apply",
      code: "HK4313",
      says: [
        "bad unit file setting",
        "Service has no ExecStart=",
        "Nothing of this batch was started",
      ],
    },
    {
      title: "the disk is full",
      given: (host) => void host.tree.refusals.set(FILE, "ENOSPC"),
      desired: api,
      at: "apply",
      code: "HK4020",
      says: ["The disk is full", "No unit was changed", "systemd was not told"],
    },
    {
      title: "systemd goes away in the middle",
      given: on(OLD, "active"),
      desired: api,
      at: "apply",
      meanwhile: (host) => void host.missing.add("systemctl"),
      code: "HK4310",
      says: ["systemctl could not be run", "Changed so far: api.service (file written)"],
    },
    {
      title: "a job does not end",
      given: (host) => host.systemd.behave("api.service", { start: "hangs" }),
      desired: { ...api, active: true },
      at: "apply",
      code: "HK4311",
      says: ["systemctl start", "may still be carried out", "list-jobs"],
    },
    {
      title: "the agent is not root",
      given: (host) => {
        on(WANTED)(host);
        host.become(1000);
      },
      desired: { ...api, enabled: true },
      at: "apply",
      code: "HK4312",
      says: ["authentication required"],
    },
    {
      title: "the unit is stopped, and something starts it again",
      given: (host) => {
        on(WANTED, "active")(host);
        host.systemd.behave("api.service", { start: "runs", stop: "is started again" });
      },
      desired: { ...api, active: false },
      at: "apply",
      code: "HK4315",
      says: ["told to stop, but it is active", "list-dependencies --reverse"],
    },
    {
      title: "the unit does not reload",
      given: (host) => {
        on(OLD.replace("\n\n", "\nExecReload=/bin/true\n\n"), "active")(host);
        host.systemd.behave("api.service", { start: "runs", reload: "fails" });
      },
      desired: { ...api, onChange: "reload" },
      at: "apply",
      code: "HK4314",
      says: ["still runs, with the configuration it had before", "systemctl reload api.service"],
    },
    {
      title: "the unit fails to start",
      given: (host) => {
        host.systemd.behave("api.service", { start: "fails", status: 203 });
        host.systemd.log("api.service", "\u001b[31mno such file\u001b[0m\u0007");
      },
      desired: { ...api, active: true },
      at: "apply",
      code: "HK4317",
      says: [
        "it is failed \\(failed\\)",
        "status 203 \\(EXEC",
        "\n  no such file\n",
        "api.service \\(file written, told to start\\)",
      ].map((text) => new RegExp(text)),
    },
    {
      title: "the unit was started too often",
      given: (host) =>
        host.systemd.behave("api.service", { start: "fails", result: "start-limit-hit" }),
      desired: { ...api, active: true },
      at: "apply",
      code: "HK4316",
      says: ["StartLimitBurst", "Its journal has nothing"],
    },
    {
      title: "the unit dies a moment after it was started",
      given: (host) => host.systemd.behave("api.service", { start: "dies", status: 3 }),
      desired: { ...api, active: true },
      at: "apply",
      code: "HK4317",
      says: ["it is failed", "ended with status 3", "Correct the cause"],
    },
    {
      title: "the unit dies and is started again and again, also when planned anew",
      given: (host) => {
        on(WANTED, "active")(host);
        host.systemd.behave("api.service", { start: "loops" });
        for (let look = 0; look < 3; look++) host.systemd.look("api.service");
        expect(host.systemd.look("api.service").unit.sub).toBe("auto-restart");
        expect(host.systemd.look("api.service").unit.active).toBe("active");
      },
      desired: { ...api, active: true },
      at: "apply",
      code: "HK4317",
      says: ["api.service"],
    },
    {
      title: "the unit dies and is started again and again",
      given: (host) => host.systemd.behave("api.service", { start: "loops" }),
      desired: { ...api, active: true },
      at: "apply",
      code: "HK4317",
      says: ["activating \\(auto-restart\\) for now", "died and was started again once"].map(
        (text) => new RegExp(text),
      ),
    },
    {
      title: "the unit dies and is started again so fast that it is found alive",
      given: (host) => host.systemd.behave("api.service", { start: "flaps" }),
      desired: { ...api, active: true },
      at: "apply",
      code: "HK4317",
      says: ["it is active \\(running\\) for now", "it died and was started again"].map(
        (text) => new RegExp(text),
      ),
    },
    {
      title: "a unit it requires fails",
      given: (host) => {
        host.put("/etc/systemd/system/db.service", OLD);
        host.systemd.behave("db.service", { start: "fails" });
      },
      desired: { ...api, unit: { Requires: "db.service", After: "db.service" }, active: true },
      at: "apply",
      code: "HK4317",
      says: ["it is inactive", "A dependency job for api.service failed"],
    },
    {
      title: "a timer has no service",
      desired: { name: "backup.timer", timer: { OnCalendar: "daily" }, active: true },
      at: "apply",
      code: "HK4317",
      says: ["it is inactive"],
    },
  ],
  edits: [
    {
      title: "a file of somebody's",
      desired: { ...api, enabled: true, active: true },
      edit: (host) => host.put(FILE, OLD),
    },
    {
      title: "other text",
      given: on(OLD, "active"),
      desired: api,
      edit: (host) => host.put(FILE, "[Service]\nExecStart=/opt/mine\n"),
    },
    {
      title: "its removal",
      given: on(OLD, "active"),
      desired: api,
      edit: (host) => host.tree.remove(FILE),
    },
    {
      title: "a mask",
      given: on(OLD),
      desired: api,
      edit: (host) => {
        host.tree.remove(FILE);
        host.tree.putSymlink(FILE, "/dev/null");
      },
    },
  ],
});

describe("units on a host", () => {
  const apply = async (host: MemoryHost, ...inputs: readonly DesiredInput<"unit">[]) => {
    const resources = inputs.map((input) => resourceOf("unit", input));
    return cycle(unit, resources, { host });
  };
  const changing = (host: MemoryHost) =>
    host.commands.filter((command) => !command.startsWith("systemctl show"));

  test("a batch costs one call for each phase, whatever its size", async () => {
    const host = new MemoryHost();
    const inputs = Array.from({ length: 30 }, (_, index) => ({
      ...api,
      name: `api${index}.service`,
      enabled: true,
      active: true,
    }));
    await apply(host, ...inputs);
    expect(changing(host).map((command) => command.split(" ").slice(0, 3).join(" "))).toEqual([
      "systemctl enable --no-ask-password",
      "systemctl daemon-reload --no-ask-password",
      "systemctl start --no-ask-password",
    ]);
    expect(host.systemd.reloads).toBe(1);
  });

  test("nothing is reloaded when only a unit is started", async () => {
    const host = new MemoryHost();
    on(WANTED)(host);
    await apply(host, { ...api, active: true });
    expect(host.systemd.reloads).toBe(0);
    expect(changing(host)).toEqual(["systemctl start --no-ask-password -- api.service"]);
  });

  test("a running unit is restarted with the new file, not with what systemd had read", async () => {
    const host = new MemoryHost();
    on(OLD, "active")(host);
    await apply(host, api);
    expect(host.systemd.runningText("api.service")).toBe(WANTED);
    expect(host.systemd.jobs).toEqual(["restart api.service"]);
  });

  test("onChange: reload reloads instead", async () => {
    const host = new MemoryHost();
    on(WANTED.replace("server", "old"), "active")(host);
    await apply(host, { ...api, onChange: "reload" });
    expect(host.systemd.jobs).toEqual(["reload api.service"]);
  });

  test("a job that runs right now is let finish", async () => {
    const host = new MemoryHost();
    on("[Service]\nType=oneshot\nExecStart=/opt/old\n", "activating")(host);
    await apply(host, { name: "api.service", service: { Type: "oneshot", ExecStart: "/opt/new" } });
    expect(host.systemd.jobs).toEqual([]);
  });

  test("whether a job runs right now is neither a difference nor another observation", async () => {
    const job = { name: "api.service", service: { Type: "oneshot", ExecStart: "/opt/old" } };
    const seen = [];
    for (const active of ["inactive", "activating", "failed"] as const) {
      const host = new MemoryHost();
      on("[Service]\nType=oneshot\nExecStart=/opt/old\n", active)(host);
      const [reading] = await read(unit, [resourceOf("unit", job)], { host });
      seen.push(reading);
      await apply(host, job);
      expect(host.systemd.jobs).toEqual([]);
    }
    expect(seen[0]).toMatchObject({ observed: { active: "by turns" } });
    expect(seen[1]).toEqual(seen[0]);
    expect(seen[2]).toEqual(seen[0]);
  });

  test("what ran when the unit was no job yet is stopped", async () => {
    const host = new MemoryHost();
    on(OLD, "active")(host);
    await apply(host, { name: "api.service", service: { Type: "oneshot", ExecStart: "/opt/new" } });
    expect(host.systemd.jobs).toEqual(["stop api.service"]);
  });

  test("a unit that nobody wishes to be active may end well by itself after a restart", async () => {
    const host = new MemoryHost();
    on(OLD, "active")(host);
    host.systemd.behave("api.service", { start: "ends" });
    const { events } = await apply(host, api);
    expect(events).toEqual(["started unit:api.service", "done unit:api.service"]);
  });

  test("units start in graph order and stop in reverse, stops first", async () => {
    const host = new MemoryHost();
    for (const name of ["db", "web", "old", "older"]) {
      host.put(`/etc/systemd/system/${name}.service`, OLD);
    }
    host.systemd.settle("old.service", "active");
    host.systemd.settle("older.service", "active");
    const as = (name: string, active: boolean) => ({
      name: `${name}.service`,
      content: OLD,
      active,
    });
    await apply(host, as("older", false), as("db", true), as("old", false), as("web", true));
    expect(host.systemd.jobs).toEqual([
      "stop old.service",
      "stop older.service",
      "start db.service",
      "start web.service",
    ]);
  });

  test("a restart of one unit comes before the start of another that follows it", async () => {
    const host = new MemoryHost();
    on(OLD, "active")(host);
    await apply(host, api, { ...api, name: "web.service", active: true });
    expect(host.systemd.jobs).toEqual(["restart api.service", "start web.service"]);
  });

  test("the counters of a unit that failed are reset before it is started", async () => {
    const host = new MemoryHost();
    on(WANTED, "failed")(host);
    await apply(host, { ...api, active: true });
    expect(changing(host)[0]).toBe("systemctl reset-failed --no-ask-password -- api.service");
  });

  test("one unit that fails does not hide that the others are done", async () => {
    const host = new MemoryHost();
    host.systemd.behave("bad.service", { start: "fails" });
    const events: string[] = [];
    const inputs = ["good", "bad", "fine"].map((name) => ({
      ...api,
      name: `${name}.service`,
      active: true,
    }));
    const resources = inputs.map((input) => resourceOf("unit", input));
    const readings = await read(unit, resources, { host });
    const steps = resources.flatMap((resource, index) => {
      const reading = readings[index];
      return reading === undefined ? [] : (stepFor(resource, reading) ?? []);
    });
    const error: unknown = await unit
      .apply(steps, applyContext(host, events))
      .catch((e: unknown) => e);
    expect(error).toBeInstanceOf(HostKitError);
    const { diagnostics } = error as HostKitError;
    expect(diagnostics.map((d) => d.resource)).toEqual(["unit:bad.service"]);
    expect(diagnostics[0]?.detail).toContain("good.service (file written, told to start)");
    expect(events.filter((event) => event.startsWith("done"))).toEqual([
      "done unit:good.service",
      "done unit:fine.service",
    ]);
  });

  test("a broken unit keeps the batch from starting anything", async () => {
    const host = new MemoryHost();
    const broken = { name: "bad.service", content: "[Service]\nType=simple\n" };
    await expect(apply(host, { ...api, active: true }, broken)).rejects.toThrow("HK4313");
    expect(host.systemd.jobs).toEqual([]);
  });

  test("a long list is asked for in pieces", async () => {
    const host = new MemoryHost();
    const inputs = Array.from({ length: 1201 }, (_, index) => ({
      ...api,
      name: `u${index}.service`,
    }));
    const resources = inputs.map((input) => resourceOf("unit", input));
    const readings = await read(unit, resources, { host });
    expect(readings).toHaveLength(1201);
    expect(host.processes).toBe(3);
  });
});
