import { describe, expect, it } from "vitest";
import {
  argv,
  type ListenerOptions,
  project,
  type ProjectScope,
  type ServiceScope,
} from "../../../client/declare/index.ts";

const declare = (fn: (s: ServiceScope) => void) =>
  project("test", (p) => {
    p.service("api", fn);
  });

describe("listeners", () => {
  it("are where they are bound, and how they are reached", () => {
    const { faults } = declare((s) => {
      const { listener } = s.daemon({
        exec: ["/bin/x"],
        listen: {
          http: 4000,
          all: { port: 4001, host: "any", protocol: "https" },
          six: { port: 4002, host: "0:0:0::1" },
          every: { port: 4003, host: "::", protocol: "tcp" },
          rpc: { socket: "/run/elsewhere/rpc.sock" },
        },
      });
      expect(listener).toMatchObject({
        http: { host: "127.0.0.1", port: 4000, address: "127.0.0.1:4000" },
        all: { host: "0.0.0.0", address: "0.0.0.0:4001", url: "https://127.0.0.1:4001" },
        six: { host: "::1", address: "[::1]:4002", url: "http://[::1]:4002" },
        every: { address: "[::]:4003", url: "tcp://[::1]:4003" },
        rpc: { path: "/run/elsewhere/rpc.sock" },
      });
      expect(listener.http.url).toBe("http://127.0.0.1:4000");
      expect(Object.isFrozen(listener)).toBe(true);
    });
    expect(faults).toEqual([]);
  });

  it("in a directory of the daemon's own have it made", () => {
    const { faults, resources } = declare((s) => {
      const rpc = s.listen("rpc", { socket: "rpc.sock" });
      expect(rpc.path).toBe("/run/api/rpc.sock");
      const main = s.daemon({ exec: argv("/bin/x", { listen: rpc }), listen: { rpc } });
      expect(main.listener.rpc).toBe(rpc);
      const worker = s.daemon("worker", { exec: ["/bin/x"], listen: { a: { socket: "a" } } });
      expect(worker.listener.a.path).toBe("/run/api-worker/a");
    });
    expect(faults).toEqual([]);
    expect(resources.map(({ desired }) => desired["content"])).toEqual([
      expect.stringMatching(
        /RuntimeDirectory=api\n(.*\n)*ExecStart=\/bin\/x --listen \/run\/api\/rpc.sock\n/,
      ),
      expect.stringContaining("RuntimeDirectory=api-worker\n"),
    ]);
  });

  it("are their address as an argument, and never in place of a port", () => {
    declare((s) => {
      const http = s.listen("http", 4000);
      expect(argv("/bin/x", http, { bind: http, port: http.port }).argv.slice(1)).toEqual([
        "127.0.0.1:4000",
        "--bind",
        "127.0.0.1:4000",
        "--port",
        "4000",
      ]);
      expect(() => argv("/bin/x", { port: http })).toThrow(/HK1025.*`\.port` of the listener/);
      const socket = s.listen("socket", { socket: "/run/x" });
      expect(() => argv("/bin/x", { httpPort: socket })).toThrow(/has no port/);
    });
  });

  it.each([
    [0, "from 1 to 65535"],
    [70_000, "from 1 to 65535"],
    [4000.5, "from 1 to 65535"],
    ["4000", "{ port: 4000"],
    [{ port: 4000, host: "localhost" }, "an IP address"],
    [{ port: 4000, host: "fe80::1%eth0" }, "an IP address"],
    [{ port: 4000, protocol: "htp" }, 'did you mean "http"?'],
    [{ socket: "../x" }, "an absolute path"],
    [{ socket: "/run/../x" }, "normal path"],
    [{ socket: `/run/${"x".repeat(110)}` }, "107 bytes"],
  ])("refuse %j", (options, says) => {
    const { faults } = declare((s) => void s.listen("x", options as ListenerOptions));
    expect(faults).toMatchObject([{ code: "HK1021", detail: expect.stringContaining(says) }]);
  });

  it("refuse what is misspelt", () => {
    const { faults } = declare(
      (s) => void s.listen("x", { port: 1, hots: "any" } as unknown as ListenerOptions),
    );
    expect(faults).toMatchObject([
      { code: "HK1020", detail: expect.stringContaining("Did you mean `host`?") },
    ]);
  });
});

describe("two listeners", () => {
  const faultsOf = (fn: (p: ProjectScope) => void) => project("test", fn).faults;
  const both = (a: ListenerOptions, b: ListenerOptions) =>
    faultsOf((p) => {
      p.service("one", (s) => void s.listen("a", a));
      p.service("two", (s) => void s.listen("b", b));
    });

  it.each<[ListenerOptions, ListenerOptions]>([
    [4000, 4000],
    [4000, { port: 4000, host: "any" }],
    [
      { port: 4000, host: "::" },
      { port: 4000, host: "10.0.0.5" },
    ],
    [
      { port: 4000, host: "::1" },
      { port: 4000, host: "0::1" },
    ],
    [
      { port: 53, protocol: "udp" },
      { port: 53, protocol: "udp" },
    ],
    [{ socket: "/run/x" }, { socket: "/run/x" }],
  ])("%j and %j can't both be", (a, b) => {
    expect(both(a, b)).toMatchObject([
      { code: "HK1051", detail: expect.stringContaining("listener b of service two") },
    ]);
  });

  it.each<[ListenerOptions, ListenerOptions]>([
    [4000, 4001],
    [4000, { port: 4000, host: "127.0.0.2" }],
    [
      { port: 4000, host: "any" },
      { port: 4000, host: "::1" },
    ],
    [
      { port: 53, protocol: "udp" },
      { port: 53, protocol: "tcp" },
    ],
    [{ socket: "x" }, { socket: "x" }],
  ])("%j and %j can", (a, b) => expect(both(a, b)).toEqual([]));

  it("may be alike on different hosts, and clash where one host has both", () => {
    const on = (first: number[], second: number[]) =>
      faultsOf((p) => {
        const hosts = [
          p.host("a", { at: "a" }),
          p.host("b", { at: "b" }),
          p.host("c", { at: "c" }),
        ];
        const of = (indexes: number[]) => ({ on: indexes.map((index) => hosts[index]!) });
        p.service("one", of(first), (s) => void s.listen("x", 4000));
        p.service("two", of(second), (s) => void s.listen("x", 4000));
      });
    expect(on([0], [1])).toEqual([]);
    expect(on([0, 1], [1, 2])).toMatchObject([{ code: "HK1051" }]);
  });

  it("of one name are a fault, and one that is passed on is one", () => {
    expect(
      declare((s) => {
        s.listen("http", 4000);
        s.daemon({ exec: ["/bin/x"], listen: { http: 4001 } });
      }).faults,
    ).toMatchObject([{ code: "HK1014" }]);
    expect(
      declare((s) => {
        const http = s.listen("http", 4000);
        s.daemon({ exec: ["/bin/x"], listen: { http } });
        s.daemon("two", { exec: ["/bin/x"], listen: { http } });
      }).faults,
    ).toEqual([]);
  });

  it("can't be in one directory of two daemons, which goes when one of them stops", () => {
    const { faults } = declare((s) => {
      const a = s.listen("a", { socket: "a" });
      const b = s.listen("b", { socket: "b" });
      s.daemon({ exec: ["/bin/x"], listen: { a } });
      s.daemon("two", { exec: ["/bin/x"], listen: { b } });
    });
    expect(faults).toMatchObject([{ code: "HK1052", detail: expect.stringContaining("/run/api") }]);
  });
});
