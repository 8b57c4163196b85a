import { describe, expectTypeOf, it } from "vitest";
import {
  argv,
  fromFile,
  project,
  secret,
  type DaemonHandle,
  type DaemonOptions,
  type Handle,
  type PortListener,
  type ServiceScope,
  type SocketListener,
  type StorageHandle,
} from "hostkit";

declare const s: ServiceScope;

describe("service", () => {
  it("has every resource builder, and its own", () => {
    expectTypeOf(s.account()).toEqualTypeOf<Handle<"account">>();
    expectTypeOf(s.account({ system: true })).toEqualTypeOf<Handle<"account">>();
    expectTypeOf(s.account("ann", { shell: "/bin/sh" })).toEqualTypeOf<Handle<"account">>();
    expectTypeOf(s.storage("data")).toEqualTypeOf<StorageHandle>();
    expectTypeOf(s.file("/a", { content: "" })).toEqualTypeOf<Handle<"file">>();
    expectTypeOf(s.user).toEqualTypeOf<string>();
    // @ts-expect-error: misspelt
    s.account({ sytem: true });
    // @ts-expect-error: a directory has no content
    s.storage("data", { content: "" });
    // @ts-expect-error: a mode is a number or text
    s.storage("data", { mode: null });
  });

  it("knows the roots of its project", () => {
    s.path("data", "a", "b");
    // @ts-expect-error: no such root
    s.path("dta");
    // @ts-expect-error: parts are text
    s.path("data", 1);
    project("a", { roots: { media: "/media", data: "/srv" } }, (p) => {
      p.service("api", (own) => {
        expectTypeOf(own.path("media", "x")).toEqualTypeOf<string>();
        own.path("config");
        // @ts-expect-error: no such root
        own.path("medai");
        recipe(own);
      });
    });
  });

  it("says when it is ready", () => {
    expectTypeOf(s.ready({ tcp: "127.0.0.1:4000" })).toEqualTypeOf<Handle<"readiness">>();
    const api = s.daemon({ exec: argv("/bin/api") });
    const http = { url: "http://127.0.0.1:4000", host: "127.0.0.1", port: 4000, path: "/run/a" };
    s.ready("all", {
      of: [api, "other.service"],
      http: { url: http, path: "/health", status: [200, 204], contains: "ok", insecure: true },
      tcp: http,
      socket: http,
      unit: api,
      command: argv("/bin/check", "now"),
      log: { unit: api, matches: /ready/ },
      timeout: "60s",
      interval: "1s",
      successes: 2,
      dependsOn: [api],
    });
    // @ts-expect-error: no such check
    s.ready({ htp: { url: "http://127.0.0.1" } });
    // @ts-expect-error: a time has a unit
    s.ready({ tcp: "127.0.0.1:1", timeout: 60 });
  });

  it("has daemons", () => {
    const data = s.storage("data");
    const other = s.daemon("other", { exec: ["/bin/true"] });
    expectTypeOf(other).toEqualTypeOf<DaemonHandle>();
    s.daemon({
      exec: argv("/bin/x"),
      environment: { A: 1, B: true, C: "c" },
      workingDirectory: data,
      after: [other, "x.target"],
      service: { LimitNOFILE: 1, ExecStartPre: [argv("/bin/a"), "/bin/b"] },
      dependsOn: [data],
    });
    // @ts-expect-error: what shall it run?
    s.daemon({});
    // @ts-expect-error: what shall it run?
    s.daemon("worker");
    // @ts-expect-error: a command is a list, not a line for a shell
    s.daemon({ exec: "/bin/x --port 1" });
    // @ts-expect-error: a command is not empty
    s.daemon({ exec: [] });
    // @ts-expect-error: misspelt
    s.daemon({ exec: ["/bin/x"], restarts: "always" });
    // @ts-expect-error: on-failure
    s.daemon({ exec: ["/bin/x"], restart: "on_failure" });
    // @ts-expect-error: everybody on the host could read it
    s.daemon({ exec: ["/bin/x"], environment: { TOKEN: secret.env("TOKEN") } });
    // @ts-expect-error: a directory is no unit
    s.daemon({ exec: ["/bin/x"], after: [data] });
    s.daemon({ exec: ["/bin/x"], isolate: "web" });
    s.daemon({
      exec: ["/bin/x"],
      isolate: {
        profile: "untrusted",
        memoryMax: "512M",
        writable: [data, "/var/log"],
        network: { allow: ["localhost", "10.0.0.0/8"] },
        capabilities: ["CAP_NET_BIND_SERVICE"],
        devices: ["/dev/fuse", { path: "/dev/kvm" }],
        directives: { ProtectProc: "default", UMask: null },
      },
    });
    // @ts-expect-error: misspelt
    s.daemon({ exec: ["/bin/x"], isolate: "strct" });
    // @ts-expect-error: misspelt
    s.daemon({ exec: ["/bin/x"], isolate: { memoryMx: "512M" } });
    // @ts-expect-error: no such capability
    s.daemon({ exec: ["/bin/x"], isolate: { capabilities: ["CAP_NET_BIND"] } });
    // @ts-expect-error: an account has no path
    s.daemon({ exec: ["/bin/x"], isolate: { writable: [s.account()] } });
    expectTypeOf<DaemonOptions>().not.toHaveProperty("name");
  });
});

describe("jobs and schedules", () => {
  it("belong together", () => {
    const backup = s.job("backup", { exec: [argv("/bin/a"), ["/bin/b", "c"]], timeout: "2h" });
    expectTypeOf(backup).toEqualTypeOf<Handle<"unit">>();
    s.job("one", { exec: ["/bin/a"], restart: "on-failure", onFailure: [backup] });
    s.schedule("backup", { run: backup, daily: "02:30", jitter: "15m", persistent: true });
    s.schedule("more", {
      run: "apt-daily.service",
      weekly: { day: ["mon", "thu"], at: "04:00" },
      monthly: { day: "last", at: "05:00" },
      calendar: ["Mon 10:00"],
      afterBoot: 300,
    });
    // @ts-expect-error: what shall it run?
    s.job("none", {});
    // @ts-expect-error: systemd knows no such job
    s.job("none", { exec: ["/bin/a"], restart: "always" });
    // @ts-expect-error: a job is never enabled
    s.job("none", { exec: ["/bin/a"], enabled: true });
    // @ts-expect-error: what shall it run?
    s.schedule("none", { daily: "02:30" });
    // @ts-expect-error: a directory is no job
    s.schedule("none", { run: s.storage("data"), daily: "02:30" });
    // @ts-expect-error: misspelt
    s.schedule("none", { run: backup, dialy: "02:30" });
    // @ts-expect-error: a day of the month is a number or "last"
    s.schedule("none", { run: backup, monthly: { day: "first", at: "05:00" } });
  });
});

describe("listeners", () => {
  it("are known by name, and by what they are", () => {
    const api = s.daemon({
      exec: ["/bin/x"],
      listen: { http: 4000, rpc: { socket: "rpc.sock" }, all: { port: 1, host: "any" } },
    });
    expectTypeOf(api.listener.http).toEqualTypeOf<PortListener>();
    expectTypeOf(api.listener.all).toEqualTypeOf<PortListener>();
    expectTypeOf(api.listener.rpc).toEqualTypeOf<SocketListener>();
    // @ts-expect-error: http
    expectTypeOf(api.listener.htp);
    // @ts-expect-error: a socket has no port
    expectTypeOf(api.listener.rpc.port);
    // @ts-expect-error: a port has no path
    expectTypeOf(api.listener.http.path);
    // @ts-expect-error: it listens on nothing
    expectTypeOf(s.daemon({ exec: ["/bin/x"] }).listener.http);
  });

  it("can exist before their daemon, and be arguments", () => {
    const http = s.listen("http", 4000);
    expectTypeOf(http).toEqualTypeOf<PortListener>();
    const worker = s.daemon("worker", {
      exec: argv("/bin/x", { listen: http, port: http.port }),
      listen: { http },
    });
    expectTypeOf(worker.listener.http).toEqualTypeOf<PortListener>();
    s.file(s.listen("a", { socket: "/run/a" }).path, { content: http.url });
    // @ts-expect-error: misspelt
    s.listen("b", { prt: 4000 });
    // @ts-expect-error: a port is a number
    s.listen("b", "4000");
    // @ts-expect-error: it is nothing that a host is given
    s.file("/a", { content: "", dependsOn: [http] });
  });
});

describe("places", () => {
  it("are handles with more to them", () => {
    const data = s.storage("data", { backup: true, under: "cache" });
    expectTypeOf(data.storage.backup).toEqualTypeOf<boolean>();
    // @ts-expect-error: no such root
    s.storage("data", { under: "cahce" });
    const release = s.release({
      version: "1",
      files: { a: "text", b: { content: "text", mode: 0o755 }, c: fromFile("./c") },
    });
    s.daemon({ exec: argv(`${release.path}/a`), workingDirectory: release, dependsOn: [release] });
    expectTypeOf(release.versionPath).toEqualTypeOf<string>();
    // @ts-expect-error: which one?
    s.release({ files: {} });
    // @ts-expect-error: misspelt
    s.release({ version: "1", files: { a: { content: "", mod: 0o755 } } });
  });

  it("of a service can be given", () => {
    project("a", (p) => {
      p.service("a", { path: "b", user: "c", unit: "d" }, () => {});
      // @ts-expect-error: misspelt
      p.service("a", { unti: "d" }, () => {});
    });
  });
});

/** A recipe is a function of a scope, whatever roots its project has. */
function recipe(scope: ServiceScope): Handle<"file"> {
  return scope.file(scope.path("config", "recipe.conf"), { content: "" });
}
