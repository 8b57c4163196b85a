import { describe, expect, it } from "vitest";
import {
  argv,
  project,
  type DaemonOptions,
  type ProjectOptions,
  type ServiceScope,
} from "../../../client/declare/index.ts";

interface Given {
  readonly name?: string;
  readonly options?: ProjectOptions;
}

function declare(fn: (s: ServiceScope) => void, { name = "api", options = {} }: Given = {}) {
  return project("test", options, (p) => {
    p.service(name, fn);
  });
}

function desiredOf(fn: (s: ServiceScope) => void, given?: Given) {
  const { faults, resources } = declare(fn, given);
  expect(faults).toEqual([]);
  return Object.fromEntries(resources.map(({ id, desired }) => [id, desired]));
}

describe("names of a service", () => {
  it("derive from its name and the prefixes", () => {
    const options = { prefixes: { user: "app-", unit: "acme-" } };
    const desired = desiredOf(
      (s) => {
        expect([s.name, s.user]).toEqual(["web_front", "app-web-front"]);
        s.account({ system: true });
        s.daemon({ exec: ["/bin/true"] });
        s.daemon("mail_out", { exec: ["/bin/true"] });
      },
      { name: "web_front", options },
    );
    expect(Object.keys(desired)).toEqual([
      "account:app-web-front",
      "unit:acme-web-front.service",
      "unit:acme-web-front-mail-out.service",
    ]);
  });

  it("make paths below roots", () => {
    declare((s) => {
      expect(s.path("data")).toBe("/var/lib/api");
      expect(s.path("config", "a", "b.ini")).toBe("/etc/api/a/b.ini");
      expect(s.path("cache")).toBe("/var/cache/api");
      expect(s.path("logs")).toBe("/var/log/api");
      expect(s.path("run", "api.sock")).toBe("/run/api/api.sock");
      expect(s.path("opt", "bin/server")).toBe("/opt/api/bin/server");
      expect(s.path("bin", "api")).toBe("/usr/local/bin/api");
    });
    const made = project("test", { roots: { data: "/srv/apps", media: "/media" } }, (p) => {
      p.service("api", (s) => {
        expect(s.path("data", "x")).toBe("/srv/apps/api/x");
        expect(s.path("media")).toBe("/media/api");
      });
    });
    expect(made.faults).toEqual([]);
  });

  it("are refused where they can't serve", () => {
    const long = declare((s) => s.account(), { name: `a${"b".repeat(32)}` });
    expect(long.faults).toMatchObject([
      { code: "HK1023", detail: expect.stringContaining("more than 32 characters") },
    ]);
    const climbing = declare((s) => void s.path("data", "..", "x"));
    expect(climbing.faults).toMatchObject([{ code: "HK1023" }]);
    const clash = project("test", (p) => {
      p.service("a_b", () => undefined);
      p.service("a-b", () => undefined);
    });
    expect(clash.faults).toMatchObject([{ code: "HK1014" }]);
  });

  it("s.path reports an unknown root and goes on", () => {
    const { faults } = declare((s) => void s.path("dta" as "data"));
    expect(faults).toMatchObject([
      { code: "HK1026", detail: expect.stringContaining("`data`, `config`") },
    ]);
  });
});

describe("account and storage", () => {
  it("without an account belong to root", () => {
    expect(desiredOf((s) => s.storage("data"))).toEqual({
      "directory:/var/lib/api": {
        path: "/var/lib/api",
        owner: "root",
        group: "root",
        mode: "0755",
      },
    });
  });

  it("with an account belong to it, and config to root", () => {
    const desired = desiredOf((s) => {
      s.account({ group: "staff" });
      s.storage("data");
      s.storage("config");
      s.storage("uploads", { mode: 0o700 });
      s.storage("bin");
    });
    expect(desired).toMatchObject({
      "directory:/var/lib/api": { owner: "api", group: "staff", mode: "0750" },
      "directory:/etc/api": { owner: "root", group: "staff", mode: "0750" },
      "directory:/var/lib/api/uploads": { owner: "api", group: "staff", mode: "0700" },
      "directory:/var/lib/api/bin": { owner: "api" },
    });
  });

  it("account with a name is an ordinary account", () => {
    const desired = desiredOf((s) => {
      s.account("ann", { shell: "/bin/sh" });
      s.storage("data");
    });
    expect(desired).toMatchObject({
      "account:ann": { shell: "/bin/sh" },
      "directory:/var/lib/api": { owner: "root" },
    });
  });

  it("an account declared too late is a fault, since what came before belongs to root", () => {
    const { faults } = declare((s) => {
      s.storage("data");
      s.account();
    });
    expect(faults).toMatchObject([
      { code: "HK1024", detail: expect.stringContaining("after storage data") },
    ]);
  });

  it("storage in /run is refused: a boot would take it away", () => {
    const { faults } = declare((s) => s.storage("run"));
    expect(faults).toMatchObject([
      { code: "HK1027", detail: expect.stringContaining("RuntimeDirectory") },
    ]);
  });
});

describe("daemon", () => {
  const unitOf = (options: DaemonOptions, before: (s: ServiceScope) => void = () => undefined) =>
    desiredOf((s) => {
      before(s);
      s.daemon(options);
    })["unit:api.service"];

  it("has sensible defaults", () => {
    expect(unitOf({ exec: argv("/opt/api/bin/server", { port: 4000 }), isolate: "none" })).toEqual({
      name: "api.service",
      enabled: true,
      active: true,
      onChange: "restart",
      content: [
        "[Unit]",
        "Description=api",
        "After=network.target",
        "",
        "[Service]",
        "Type=exec",
        "ExecStart=/opt/api/bin/server --port 4000",
        "Restart=on-failure",
        "",
        "[Install]",
        "WantedBy=multi-user.target",
        "",
      ].join("\n"),
    });
  });

  it("runs as the service's account", () => {
    const content = unitOf({ exec: ["/bin/true"] }, (s) => s.account({ group: "staff" }))?.[
      "content"
    ];
    expect(content).toContain("User=api\nGroup=staff\n");
  });

  it("runs as another user with that user's own group", () => {
    const content = unitOf({ exec: ["/bin/true"], user: "www-data" }, (s) => s.account())?.[
      "content"
    ];
    expect(content).toContain("User=www-data\n");
    expect(content).not.toContain("Group=");
  });

  it("takes every option", () => {
    const unit = unitOf({
      exec: ["server", "50% of $HOME"],
      description: "100% an API",
      environment: {
        PORT: 4000,
        DEBUG: false,
        GREETING: 'say "hi"\tto \\ $USER 100%\nall',
        EMPTY: "",
      },
      workingDirectory: "/srv/100%",
      type: "notify",
      restart: "always",
      restartDelay: "5s",
      user: 1000,
      group: "staff",
      after: ["postgresql.service", "network.target"],
      wants: ["network-online.target"],
      requires: ["postgresql.service"],
      wantedBy: ["graphical.target"],
      enabled: false,
      active: false,
      onChange: "reload",
      isolate: { profile: "none", memoryMax: "1G" },
      unit: { Documentation: "https://example.com" },
      service: { LimitNOFILE: 65_536, Restart: "no", ExecReload: "/bin/kill -HUP $MAINPID" },
      install: { Alias: "web.service" },
    });
    expect(unit).toMatchObject({ enabled: false, active: false, onChange: "reload" });
    expect(unit?.["content"]).toBe(
      [
        "[Unit]",
        "Description=100%% an API",
        "After=network.target",
        "After=postgresql.service",
        "Wants=network-online.target",
        "Requires=postgresql.service",
        "Documentation=https://example.com",
        "",
        "[Service]",
        "Type=notify",
        "User=1000",
        "Group=staff",
        "WorkingDirectory=/srv/100%%",
        "Environment=PORT=4000",
        "Environment=DEBUG=false",
        String.raw`Environment="GREETING=say \"hi\"\tto \\ $USER 100%%\nall"`,
        "Environment=EMPTY=",
        'ExecStart=server "50%% of $$HOME"',
        "Restart=no",
        "RestartSec=5s",
        "MemoryMax=1G",
        "LimitNOFILE=65536",
        "ExecReload=/bin/kill -HUP $MAINPID",
        "",
        "[Install]",
        "WantedBy=graphical.target",
        "Alias=web.service",
        "",
      ].join("\n"),
    );
  });

  it("takes handles", () => {
    const desired = desiredOf((s) => {
      const data = s.storage("data");
      const database = s.daemon("database", { exec: ["/bin/true"] });
      s.daemon({
        exec: ["/bin/true"],
        workingDirectory: data,
        requires: [database],
        after: [database],
        dependsOn: [data],
      });
    });
    expect(desired["unit:api.service"]?.["content"]).toContain("Requires=api-database.service\n");
    expect(desired["unit:api.service"]?.["content"]).toContain("WorkingDirectory=/var/lib/api\n");
  });

  it("reads what it is given as inputs", () => {
    const desired = desiredOf((s) => {
      const a = s.file("/etc/a", { content: "a" });
      s.daemon({ exec: ["/bin/true"], inputs: [a, "file:/etc/a", "symlink:/b"] });
    });
    expect(desired["unit:api.service"]?.["inputs"]).toEqual(["file:/etc/a", "symlink:/b"]);
  });

  it("refuses a program that systemd would not find", () => {
    const { faults } = declare((s) => s.daemon({ exec: ["./server"] }));
    expect(faults).toMatchObject([
      { code: "HK1021", detail: expect.stringContaining("absolute path") },
    ]);
  });
});
