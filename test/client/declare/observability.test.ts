import { describe, expect, it } from "vitest";
import { manifestForDigest, Manifest } from "../../../shared/manifest.ts";
import {
  argv,
  project,
  type ProjectScope,
  type ServiceScope,
} from "../../../client/declare/index.ts";
import { compileManifest } from "../../../client/compile/manifest.ts";

const exec = argv("/bin/api");

function declared(fn: (p: ProjectScope) => void) {
  const made = project("shop", fn);
  expect(made.faults).toEqual([]);
  return made;
}

const intentsOf = (fn: (p: ProjectScope) => void) =>
  declared(fn).intents.map(({ intent }) => intent);

const unitText = (fn: (p: ProjectScope) => void) =>
  declared(fn).resources.flatMap(({ kind, desired }) =>
    kind === "unit" ? [String(desired["content"])] : [],
  );

const faultsOf = (fn: (p: ProjectScope) => void) =>
  project("shop", fn).faults.map(({ code, detail }) => `${code} ${detail}`);

const service = (fn: (s: ServiceScope) => void) => (p: ProjectScope) => {
  p.service("api", fn);
};

describe("logs", () => {
  it("of a daemon are directives, and noted", () => {
    const logs = {
      stdout: "journal",
      stderr: { append: "/var/log/100%.err" },
      identifier: "shop-api",
      level: "info",
      rateLimit: { lines: 500, within: "90s" },
      format: "json",
      ship: true,
      attributes: { team: "shop" },
    } as const;
    const declare = service((s) => void s.daemon({ exec, logs }));
    const [text = ""] = unitText(declare);
    for (const line of [
      "StandardOutput=journal",
      "StandardError=append:/var/log/100%%.err",
      "SyslogIdentifier=shop-api",
      "LogLevelMax=info",
      "LogRateLimitIntervalSec=1m30s",
      "LogRateLimitBurst=500",
    ]) {
      expect(text.split("\n")).toContain(line);
    }
    expect(intentsOf(declare)).toEqual([
      {
        type: "logs",
        subject: "unit:api.service",
        service: "api",
        ...logs,
        rateLimit: { lines: 500, within: "1m30s" },
      },
    ]);
  });

  it("make no directive where nothing is said, and none without a limit but for the limit", () => {
    const [plain = ""] = unitText(service((s) => void s.daemon({ exec })));
    const [on = ""] = unitText(service((s) => void s.daemon({ exec, logs: true })));
    expect(on).toBe(plain);
    const [free = ""] = unitText(
      service((s) => void s.daemon({ exec, logs: { rateLimit: false } })),
    );
    expect(free).toContain("LogRateLimitIntervalSec=0\n");
    expect(free).not.toContain("LogRateLimitBurst");
  });

  it("are inherited from the project by the service and by the daemon, notes merged", () => {
    const found = intentsOf((p) => {
      p.observability({ logs: { format: "json", level: "info", attributes: { a: 1, b: 1 } } });
      p.service("api", (s) => {
        s.logs({ level: "notice", attributes: { b: 2, c: 2 } });
        s.daemon({ exec });
        s.daemon("loud", { exec, logs: { level: "debug" } });
        s.daemon("quiet", { exec, logs: false });
      });
      p.service("other", (s) => {
        s.logs(false);
        s.daemon({ exec });
        s.daemon("again", { exec, logs: true });
      });
    });
    const own = { type: "logs", format: "json", level: "notice", attributes: { a: 1, b: 2, c: 2 } };
    expect(found).toEqual([
      { ...own, subject: null, service: null, level: "info", attributes: { a: 1, b: 1 } },
      { ...own, subject: null, service: "api" },
      { ...own, subject: "unit:api.service", service: "api" },
      { ...own, subject: "unit:api-loud.service", service: "api", level: "debug" },
      { type: "logs", subject: "unit:other-again.service", service: "other" },
    ]);
  });

  it("of a project are directives of every daemon that says nothing else", () => {
    const [own = "", other = ""] = unitText((p) => {
      p.observability({ logs: { level: "warning" } });
      p.service("api", (s) => {
        s.daemon({ exec });
        s.daemon("own", { exec, logs: { level: "debug" }, service: { LogLevelMax: "err" } });
      });
    });
    expect(own).toContain("LogLevelMax=warning\n");
    expect(other).toContain("LogLevelMax=err\n");
  });
});

describe("telemetry", () => {
  it("is noted with what was left out, and inherited", () => {
    const found = intentsOf((p) => {
      p.observability({ telemetry: { attributes: { env: "prod" } } });
      p.service("api", (s) => {
        s.telemetry({ traces: true });
        s.daemon({ exec, telemetry: { metrics: false, serviceName: "shop" } });
        s.daemon("off", { exec, telemetry: false });
      });
    });
    const signals = { type: "telemetry", logs: true, metrics: true, traces: false };
    const attributes = { env: "prod" };
    expect(found).toEqual([
      { ...signals, subject: null, service: null, attributes },
      { ...signals, subject: null, service: "api", serviceName: "api", traces: true, attributes },
      {
        ...signals,
        subject: "unit:api.service",
        service: "api",
        serviceName: "shop",
        traces: true,
        metrics: false,
        attributes,
      },
    ]);
  });
});

describe("monitors", () => {
  it("are noted with their checks, and belong to the daemon where there is one", () => {
    const found = intentsOf(
      service((s) => {
        s.daemon({ exec });
        s.monitor({ http: { url: "http://127.0.0.1:4000/health" }, severity: "critical" });
        s.monitor("queue", { tcp: "127.0.0.1:5672", interval: "90s", alerts: ["ops"], group: "q" });
        s.monitor("disk", { command: ["/bin/check"], of: "directory:/var/lib/api" });
      }),
    );
    expect(found).toMatchObject([
      {
        type: "monitor",
        name: "api",
        subject: "unit:api.service",
        service: "api",
        group: "api",
        http: { url: "http://127.0.0.1:4000/health", status: [200] },
        interval: "1m",
        severity: "critical",
        alerts: [],
      },
      { name: "api-queue", interval: "1m30s", severity: "warning", alerts: ["ops"], group: "q" },
      { name: "api-disk", subject: "directory:/var/lib/api" },
    ]);
  });
});

describe("a manifest", () => {
  const compile = (fn: (p: ProjectScope) => void, host = "app") => {
    const compiled = compileManifest(declared(fn), host, {
      refs: new Map(),
      sources: { locate: () => undefined },
      refused: new Set<string>(),
    } as never);
    if ("faults" in compiled) throw new Error(JSON.stringify(compiled.faults));
    return compiled.manifest;
  };

  it("has the notes of its host, says the same after a journey, and is no other for them", () => {
    const notes = (interval: "1m" | "5m") => (p: ProjectScope) => {
      const [app, db] = ["app", "db"].map((name) => p.host(name, { at: name }));
      p.service("api", { on: [app!] }, (s) => {
        s.daemon({ exec, telemetry: true });
        s.monitor({ tcp: "127.0.0.1:4000", log: { unit: "api.service", matches: /up/ }, interval });
      });
      p.service("db", { on: [db!] }, (s) => s.monitor({ unit: "db.service" }));
    };
    const manifest = compile(notes("1m"));
    expect(manifest.intents?.map(({ type }) => type)).toEqual(["telemetry", "monitor"]);
    expect(compile(notes("1m"), "db").intents).toMatchObject([{ name: "db" }]);
    expect(Manifest.parse(JSON.parse(JSON.stringify(manifest)))).toEqual(manifest);
    expect(manifestForDigest(compile(notes("5m")))).toBe(manifestForDigest(manifest));
    expect(compile((p) => void p.host("app", { at: "a" }))).not.toHaveProperty("intents");
    const strange = { ...manifest, intents: [{ type: "monitr" }] };
    expect(Manifest.safeParse(strange).success).toBe(false);
  });
});

describe("the journal", () => {
  it("is a drop-in and what restarts journald for it", () => {
    const { resources } = declared((p) => {
      p.observability({
        journal: {
          maxUse: "1G",
          keepFree: "1.5G",
          maxUseInMemory: "64M",
          retention: "30d",
          storage: "persistent",
          rateLimit: { lines: 10_000, within: "30s" },
        },
      });
    });
    expect(resources.map(({ id }) => id)).toEqual([
      "file:/etc/systemd/journald.conf.d/50-hostkit.conf",
      "unit:systemd-journald.service",
    ]);
    expect(resources[0]?.contents["content"]).toBe(
      "[Journal]\nStorage=persistent\nSystemMaxUse=1G\nSystemKeepFree=1.5G\nRuntimeMaxUse=64M\nMaxRetentionSec=30d\nRateLimitIntervalSec=30s\nRateLimitBurst=10000\n",
    );
    expect(resources[1]?.desired).toMatchObject({
      inputs: ["file:/etc/systemd/journald.conf.d/50-hostkit.conf"],
      onChange: "restart",
    });
  });
});

describe("refused is", () => {
  const logs = (value: unknown) => service((s) => void s.daemon({ exec, logs: value as never }));
  const journal = (value: unknown) => (p: ProjectScope) =>
    p.observability({ journal: value as never });
  const monitor = (value: unknown) => service((s) => s.monitor(value as never));
  it.each([
    ["a level that is none", logs({ level: "verbose" }), "HK1021"],
    ["an identifier with a blank", logs({ identifier: "a b" }), "must be one word"],
    ["a file without a place", logs({ stdout: { append: "api.log" } }), "HK1021"],
    ["a limit without a time", logs({ rateLimit: { lines: 5 } }), "how many lines within"],
    ["a word for settings", logs("yes"), "must be true or false or an object"],
    ["a size that is none", journal({ maxUse: "1 GB" }), 'must be a size such as "500M"'],
    ["no size at all", journal({ maxUse: "0G" }), "must be a size"],
    ["a time that is none", journal({ retention: "a month" }), "must be a duration"],
    ["a time too short to be meant", journal({ retention: "1s" }), "must be a duration from 1h"],
    ["a journal of nothing", journal({}), "must set something"],
    ["a monitor of nothing", monitor({ interval: "1m" }), "needs at least one check"],
    ["a monitor of a bad URL", monitor({ http: { url: "ftp://a" } }), "begins with http"],
    ["an interval of nothing", monitor({ tcp: "a:1", interval: "1ms" }), "from 1s to 7d"],
    [
      "a name of two",
      service((s) => {
        s.monitor("a", { tcp: "a:1" });
        s.monitor("a", { tcp: "a:2" });
      }),
      "HK1014",
    ],
    [
      "what comes after a daemon",
      service((s) => {
        s.daemon({ exec });
        s.logs({ level: "info" });
      }),
      "HK1083 service api calls `s.logs` after unit:api.service",
    ],
    [
      "what comes after a service",
      (p: ProjectScope) => {
        p.service("api", () => undefined);
        p.observability({ logs: true });
      },
      "HK1083 p.observability is called after services",
    ],
    [
      "what is said twice",
      (p: ProjectScope) => {
        p.observability({ logs: true });
        p.observability({ logs: true });
      },
      "HK1084",
    ],
  ] as const)("%s", (_what, declare, says) => {
    const faults = faultsOf(declare);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(says);
  });
});
