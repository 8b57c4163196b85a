import { describe, expect, it } from "vitest";
import {
  type DaemonOptions,
  type IsolateOptions,
  project,
  type ProjectScope,
  type ServiceScope,
} from "../../../client/declare/index.ts";

interface Given {
  readonly isolate?: IsolateOptions;
  readonly daemon?: Partial<DaemonOptions>;
  /** Declared before the daemon. */
  readonly before?: (s: ServiceScope) => void;
}

const declared = ({ isolate, daemon = {}, before = () => undefined }: Given) =>
  project("test", (p) => {
    p.service("api", (s) => {
      before(s);
      s.daemon({ exec: ["/opt/api/server"], isolate, ...daemon });
    });
  });

/** Lines of [Service] that isolation makes. */
function linesOf(given: Given): string[] {
  const { faults, resources } = declared(given);
  expect(faults).toEqual([]);
  const content = resources.find(({ kind }) => kind === "unit")?.desired["content"];
  const [, service = ""] = String(content).split("[Service]\n");
  const [own = ""] = service.split("\n\n[Install]");
  return own.split("\n").filter((line) => !/^(?:Type|User|Group|ExecStart|Restart)=/.test(line));
}

/** The values of a directive. */
const valuesOf = (lines: readonly string[], name: string) =>
  lines.filter((line) => line.startsWith(`${name}=`)).map((line) => line.slice(name.length + 1));
const has = (lines: readonly string[], name: string) => valuesOf(lines, name).length > 0;

function faultsOf(given: Given): string[] {
  return declared(given).faults.map(({ code, detail }) => `${code} ${detail}`);
}

describe("isolate", () => {
  it("is strict unless it is said otherwise", () => {
    const strict = linesOf({});
    expect(strict).toEqual(linesOf({ isolate: "strict" }));
    expect(strict).toEqual(linesOf({ isolate: {} }));
    expect(strict).toEqual(
      expect.arrayContaining([
        "NoNewPrivileges=yes",
        "CapabilityBoundingSet=",
        "ProtectSystem=strict",
        "ProtectHome=yes",
        "SystemCallFilter=@system-service",
        "SystemCallFilter=~@privileged @resources",
      ]),
    );
    for (const limit of ["MemoryMax", "CPUQuota", "TasksMax", "LimitNOFILE"])
      expect(has(strict, limit)).toBe(false);
  });

  it("none denies nothing, and takes limits all the same", () => {
    expect(linesOf({ isolate: "none" })).toEqual([]);
    const before = (s: ServiceScope) => void s.storage("data");
    expect(linesOf({ isolate: { profile: "none", tasksMax: 9 }, before })).toEqual(["TasksMax=9"]);
  });

  it("each profile allows what it is for", () => {
    const web = linesOf({ isolate: "web" });
    expect([has(web, "MemoryDenyWriteExecute"), has(web, "ProcSubset")]).toEqual([false, false]);
    expect(valuesOf(web, "RestrictAddressFamilies")[0]).toContain("AF_NETLINK");
    const dev = linesOf({ isolate: "vibe-dev" });
    for (const name of ["ProtectHome", "PrivateDevices", "DevicePolicy", "RestrictNamespaces"])
      expect(has(dev, name)).toBe(false);
    const untrusted = linesOf({ isolate: { profile: "untrusted" } });
    expect(valuesOf(untrusted, "PrivateNetwork")).toEqual(["yes"]);
    expect(valuesOf(untrusted, "RestrictAddressFamilies")).toEqual(["AF_UNIX"]);
  });

  it("limits what it uses as told", () => {
    const lines = linesOf({
      isolate: {
        memoryMax: "512M",
        memoryHigh: "25%",
        cpuQuota: "150%",
        cpuWeight: "idle",
        ioWeight: 20,
        tasksMax: 64,
        openFiles: 65_536,
      },
    });
    expect(lines.slice(-7)).toEqual([
      "MemoryMax=512M",
      "MemoryHigh=25%",
      "CPUQuota=150%",
      "CPUWeight=idle",
      "IOWeight=20",
      "TasksMax=64",
      "LimitNOFILE=65536",
    ]);
  });

  it("gives way to directives given by name", () => {
    const service = { ProtectSystem: "full", UMask: "0077" };
    const lines = linesOf({ daemon: { service }, isolate: { directives: { UMask: "0000" } } });
    expect(valuesOf(lines, "ProtectSystem")).toEqual(["full"]);
    expect(valuesOf(lines, "UMask")).toEqual(["0077"]);
  });

  it("takes directives as they are, and null for without", () => {
    const directives = { ProtectProc: "default", UMask: null, BindReadOnlyPaths: ["/a", "/b"] };
    const lines = linesOf({ isolate: { directives } });
    expect(valuesOf(lines, "ProtectProc")).toEqual(["default"]);
    expect(has(lines, "UMask")).toBe(false);
    expect(valuesOf(lines, "BindReadOnlyPaths")).toEqual(["/a", "/b"]);
  });
});

describe("what a service may write", () => {
  const before = (s: ServiceScope) => {
    for (const name of ["data", "config", "cache", "uploads"]) s.storage(name);
  };

  it("is its storage, but for its configuration", () => {
    expect(valuesOf(linesOf({ before }), "ReadWritePaths")).toEqual([
      "/var/lib/api",
      "/var/cache/api",
      "/var/lib/api/uploads",
    ]);
  });

  it("is what is named, where anything is", () => {
    const isolate = { writable: ["/var/cache/api"] };
    expect(valuesOf(linesOf({ before, isolate }), "ReadWritePaths")).toEqual(["/var/cache/api"]);
    expect(has(linesOf({ before, isolate: { writable: [] } }), "ReadWritePaths")).toBe(false);
  });

  it("is shown to it where the profile hides everything else", () => {
    const isolate = {
      writable: ["/home/ann/a b%", "/tmp/shared", "/tmp"],
      readable: ["/home/ann/site", "/var/lib/api/fixed"],
      hidden: ["/srv/other"],
    };
    const paths = ["/home/ann/a b%", "/tmp/shared", "/home/ann/site", "/var/lib/api/fixed"];
    const lines = linesOf({
      before: (s) => {
        for (const path of paths) s.directory(path);
      },
      isolate,
    });
    expect(valuesOf(lines, "ProtectHome")).toEqual(["tmpfs"]);
    expect(valuesOf(lines, "BindPaths")).toEqual(['"/home/ann/a b%%"', "/tmp/shared"]);
    expect(valuesOf(lines, "BindReadOnlyPaths")).toEqual(["/home/ann/site"]);
    expect(valuesOf(lines, "ReadOnlyPaths")).toEqual(["/var/lib/api/fixed"]);
    expect(valuesOf(lines, "InaccessiblePaths")).toEqual(["-/srv/other"]);
    expect(has(lines, "ReadWritePaths")).toBe(false);
    const open = linesOf({ isolate: { home: "visible", writable: ["/home"] } });
    expect(valuesOf(open, "ReadWritePaths")).toEqual(["/home"]);
  });

  it("has to be declared, since a unit whose paths are missing does not start", () => {
    const isolate = { writable: ["/var/lib/api/a/b", "/srv/x", "/var/log"], readable: ["/srv/y"] };
    expect(faultsOf({ before, isolate })).toEqual([
      expect.stringMatching(
        /^HK1070 `isolate.writable` of unit:api.service names \/var\/lib\/api\/a\/b/,
      ),
      expect.stringMatching(/^HK1070 .* names \/srv\/x/),
      expect.stringMatching(/^HK1070 `isolate.readable` of unit:api.service names \/srv\/y/),
    ]);
    const service = { RuntimeDirectory: "api more", StateDirectory: "st:link" };
    const writable = ["/run/more", "/var/lib/st"];
    expect(faultsOf({ isolate: { writable }, daemon: { service } })).toEqual([]);
  });

  it("may be declared later, elsewhere and for the host in question", () => {
    const faults = (fn: (p: ProjectScope) => void) =>
      project("test", (p) => {
        const a = p.host("a", { at: "a.example.com" });
        p.host("b", { at: "b.example.com" }, (h) => void h.directory("/srv/b"));
        p.service("api", { on: [a] }, (s) => {
          s.daemon({ exec: ["/bin/x"], isolate: { writable: ["/srv/x", "/srv/b"] } });
        });
        fn(p);
      }).faults.map(({ detail }) =>
        /names (\S+), which nothing declares(.*?),/.exec(detail)?.slice(1),
      );
    expect(faults((p) => void p.directory("/srv/x"))).toEqual([["/srv/b", ""]]);
    const twice = project("test", (p) => {
      p.host("a", { at: "a.example.com" }, (h) => void h.directory("/srv/x"));
      p.host("b", { at: "b.example.com" });
      p.service("api", (s) => s.daemon({ exec: ["/bin/x"], isolate: { writable: ["/srv/x"] } }));
    });
    expect(twice.faults).toMatchObject([
      { code: "HK1070", detail: expect.stringContaining("nothing declares on b,") },
    ]);
  });

  it("is not found missing where its own declaration is refused", () => {
    const refused = faultsOf({
      before: (s) => void s.directory("/srv/x", { mode: "nonsense" }),
      isolate: { writable: ["/srv/x"] },
    });
    expect(refused).toEqual([expect.stringContaining("`mode` of directory:/srv/x")]);
  });

  it("can't grow after it was given", () => {
    const after = (isolate?: IsolateOptions) =>
      project("test", (p) => {
        p.service("api", (s) => {
          s.daemon({ exec: ["/bin/x"], isolate });
          s.storage("config");
          s.storage("data");
        });
      }).faults.map(({ code, detail }) => `${code} ${detail}`);
    expect(after()).toEqual([
      expect.stringMatching(/^HK1072 storage data \(\/var\/lib\/api\) is declared after unit:api/),
    ]);
    for (const open of ["none", "vibe-dev"] as const) expect(after(open)).toEqual([]);
    expect(after({ writable: ["/var/lib/api"] })).toEqual([]);
  });
});

describe("network", () => {
  const network = (of: IsolateOptions) => {
    const lines = linesOf({ isolate: of });
    return ["PrivateNetwork", "IPAddressDeny", "IPAddressAllow", "RestrictAddressFamilies"].map(
      (name) => valuesOf(lines, name).join(),
    );
  };

  it("is open, this host's, that of some, or none", () => {
    const all = "AF_UNIX AF_INET AF_INET6";
    expect(network({})).toEqual(["", "", "", all]);
    expect(network({ network: "all" })).toEqual(["", "", "", all]);
    expect(network({ network: "loopback" })).toEqual(["", "any", "localhost", all]);
    expect(network({ network: "none" })).toEqual(["yes", "any", "", "AF_UNIX"]);
    const allow = ["localhost", "10.0.0.0/8", "192.0.2.1", "fd00::/8"] as const;
    expect(network({ network: { allow: [...allow] } })).toEqual(["", "any", allow.join(" "), all]);
  });

  it("can be had where the profile has none, and denied where it denies nothing", () => {
    expect(network({ profile: "untrusted", network: "loopback" })).toEqual([
      "",
      "any",
      "localhost",
      "AF_UNIX AF_INET AF_INET6",
    ]);
    // Or it would talk in packets that no filter looks at.
    expect(network({ profile: "none", network: "loopback" })[3]).toBe("AF_UNIX AF_INET AF_INET6");
  });
});

describe("what is given back", () => {
  it("a capability brings what it is of no use without", () => {
    const lines = linesOf({
      isolate: { capabilities: ["CAP_CHOWN", "CAP_NET_ADMIN", "CAP_SYS_TIME", "CAP_CHOWN"] },
    });
    const list = "CAP_CHOWN CAP_NET_ADMIN CAP_SYS_TIME";
    expect(valuesOf(lines, "CapabilityBoundingSet")).toEqual([list]);
    expect(valuesOf(lines, "AmbientCapabilities")).toEqual([list]);
    expect(valuesOf(lines, "SystemCallFilter").slice(2)).toEqual(["capset @chown @clock"]);
    expect(valuesOf(lines, "RestrictAddressFamilies")[0]).toContain("AF_NETLINK");
    expect([has(lines, "PrivateUsers"), has(lines, "ProtectClock")]).toEqual([false, false]);
    expect(
      has(
        linesOf({ isolate: { profile: "none", capabilities: ["CAP_CHOWN"] } }),
        "CapabilityBoundingSet",
      ),
    ).toBe(false);
  });

  it("system calls, devices, homes and code made at run time", () => {
    const calls = linesOf({ isolate: { systemCalls: ["@clock", "~ptrace", "mount"] } });
    expect(valuesOf(calls, "SystemCallFilter").slice(2)).toEqual(["@clock mount", "~ptrace"]);
    const denied = linesOf({ isolate: { profile: "none", systemCalls: ["~@mount", "@clock"] } });
    expect(denied).toEqual(["SystemCallFilter=~@mount", "SystemCallErrorNumber=EPERM"]);

    const devices = ["/dev/fuse", { path: "char-input", access: "r" }] as const;
    const withDevices = linesOf({ isolate: { devices: [...devices] } });
    expect(valuesOf(withDevices, "DeviceAllow")).toEqual(["/dev/fuse rw", "char-input r"]);
    expect(has(withDevices, "PrivateDevices")).toBe(false);

    expect(valuesOf(linesOf({ isolate: { home: "read-only" } }), "ProtectHome")).toEqual([
      "read-only",
    ]);
    expect(has(linesOf({ isolate: { home: "visible" } }), "ProtectHome")).toBe(false);
    expect(has(linesOf({ isolate: { jit: true } }), "MemoryDenyWriteExecute")).toBe(false);
    expect(linesOf({ isolate: { profile: "none", jit: false } })).toEqual([
      "MemoryDenyWriteExecute=yes",
    ]);
  });

  it("privileges, with all that would keep a program from them", () => {
    const lines = linesOf({ isolate: { privileges: true, network: "loopback" } });
    for (const name of [
      "NoNewPrivileges",
      "SystemCallFilter",
      "RestrictAddressFamilies",
      "PrivateUsers",
    ])
      expect(has(lines, name)).toBe(false);
    expect(valuesOf(lines, "ProtectSystem")).toEqual(["strict"]);
    expect(valuesOf(lines, "IPAddressAllow")).toEqual(["localhost"]);
  });
});

describe("isolation that can't be meant", () => {
  it.each<readonly [string, unknown, string]>([
    ["an unknown profile", "strct", '(did you mean "strict"?) or an object, but is "strct"'],
    [
      "an unknown option",
      { memoryMx: 1 },
      "HK1020 unit:api.service has no option `isolate.memoryMx`. Did you mean `memoryMax`?",
    ],
    [
      "a size",
      { memoryMax: "512MB" },
      'HK1021 `isolate.memoryMax` of unit:api.service must be a size such as "512M"',
    ],
    ["no memory", { memoryMax: "0M" }, "HK1021"],
    ["more than all memory", { memoryHigh: "101%" }, "HK1021"],
    ["a quota", { cpuQuota: "50" }, "must be a share of one processor"],
    ["a weight", { cpuWeight: 0 }, "must be a weight from 1 to 10000"],
    ["a network", { network: { allow: ["10.0.0.0/33"] } }, "`isolate.network.allow[0]`"],
    ["an option within", { network: { alow: ["10.0.0.1"] } }, "Did you mean `allow`?"],
    ["a capability", { capabilities: ["CAP_NET_RW"] }, '(did you mean "CAP_NET_RAW"?)'],
    ["a group of calls", { systemCalls: ["~@clok"] }, '(did you mean "@clock"?)'],
    ["a device", { devices: ["fuse"] }, "must be a device, such as /dev/fuse"],
    [
      "a directive",
      { directives: { ProtectPrc: "x" } },
      "HK1071 `isolate.directives` of unit:api.service has ProtectPrc",
    ],
    ["a directive of something else", { directives: { ExecStart: "x" } }, "goes into `service`"],
    ["a line break", { directives: { UMask: "0\n1" } }, "must not contain a line break"],
    ["what is hidden and used", { hidden: ["/var"], writable: ["/var/lib"] }, "HK1075"],
    [
      "all of a hidden home",
      { writable: ["/home"] },
      'HK1075 `isolate` of unit:api.service: /home is hidden as a whole by the profile. Say `home: "visible"`.',
    ],
    [
      "filtered calls of a program that is to become root",
      { privileges: true, systemCalls: ["@clock"] },
      "HK1075",
    ],
  ])("%s is refused", (_what, isolate, says) => {
    const faults = faultsOf({ isolate: isolate as IsolateOptions });
    expect(faults).toEqual(expect.arrayContaining([expect.stringContaining(says)]));
    expect(faults.length).toBeLessThan(3);
  });

  it.each(["/usr/bin/node", "java"])("%s is not let into what it can't run in", (program) => {
    const daemon = { exec: [program, "x"] as const };
    expect(faultsOf({ daemon })).toEqual([expect.stringMatching(/^HK1073 .*isolate: "web"/)]);
    expect(faultsOf({ daemon, isolate: "web" })).toEqual([]);
    expect(faultsOf({ daemon, isolate: { jit: true } })).toEqual([]);
    const service = { MemoryDenyWriteExecute: false };
    expect(faultsOf({ daemon: { ...daemon, service } })).toEqual([]);
  });

  it("what it runs, or starts in, is not hidden from it", () => {
    const daemon = { exec: ["/home/ann/bin/x"] as const, workingDirectory: "/tmp/work" };
    expect(faultsOf({ daemon })).toEqual([
      expect.stringMatching(/^HK1074 unit:api.service starts in \/tmp\/work, which it can't see/),
      expect.stringMatching(/^HK1074 unit:api.service runs \/home\/ann\/bin\/x, which/),
    ]);
    const isolate = { readable: ["/home/ann"], writable: ["/tmp/work"] };
    const before = (s: ServiceScope) => {
      for (const path of ["/home/ann", "/tmp/work"]) s.directory(path);
    };
    expect(faultsOf({ daemon, isolate, before })).toEqual([]);
    expect(faultsOf({ daemon, isolate: "none" })).toEqual([]);
    // Nor is its own storage, wherever it lies.
    const inHome = project("test", { roots: { data: "/home/apps" } }, (p) => {
      p.service("api", (s) => {
        s.daemon({ exec: ["/bin/x"], workingDirectory: s.storage("data") });
      });
    });
    expect(inHome.faults).toEqual([]);
    expect(inHome.resources.at(-1)?.desired["content"]).toContain("BindPaths=/home/apps/api\n");
  });
});
