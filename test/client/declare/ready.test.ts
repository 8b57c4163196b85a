import { describe, expect, it } from "vitest";
import { argv, type Options, project, type ServiceScope } from "../../../client/declare/index.ts";

type Ready = Options<"readiness">;

function declared(fn: (s: ServiceScope) => void) {
  return project("test", (p) => {
    p.service("api", fn);
  });
}

const daemon = (s: ServiceScope, name?: string) =>
  name === undefined
    ? s.daemon({ exec: argv("/bin/api") })
    : s.daemon(name, { exec: argv("/bin/api") });

const desiredOf = (fn: (s: ServiceScope) => void) => {
  const { faults, resources } = declared(fn);
  expect(faults).toEqual([]);
  return Object.fromEntries(
    resources.filter(({ kind }) => kind === "readiness").map(({ id, desired }) => [id, desired]),
  );
};

const refusal = (options: unknown) => {
  const { faults } = declared((s) => {
    daemon(s);
    s.ready(options as Ready);
  });
  return faults.map(({ code, detail }) => `${code} ${detail}`).join("\n");
};

describe("s.ready", () => {
  it("is named after the service, and is of the daemons it has so far", () => {
    const desired = desiredOf((s) => {
      daemon(s);
      s.ready({ http: { url: "http://127.0.0.1:4000/health", status: 200 }, timeout: "60s" });
      daemon(s, "worker");
      expect(s.ready("cache", { tcp: "127.0.0.1:6379" }).id).toBe("readiness:api-cache");
      s.ready("own", { of: [], unit: "api-worker.service" });
    });
    expect(desired).toEqual({
      "readiness:api": {
        name: "api",
        of: ["api.service"],
        http: { url: "http://127.0.0.1:4000/health", status: [200], method: "GET" },
        timeout: "1m",
        interval: "100ms",
        successes: 1,
      },
      "readiness:api-cache": expect.objectContaining({
        of: ["api.service", "api-worker.service"],
        tcp: { host: "127.0.0.1", port: 6379 },
      }),
      "readiness:api-own": expect.objectContaining({ of: [], unit: "api-worker.service" }),
    });
  });

  it("takes what listens as a handle", () => {
    const http = { id: "x", url: "http://[::1]:80", host: "::1", port: 80, path: "/run/a.sock" };
    expect(
      desiredOf((s) => {
        const unit = daemon(s);
        s.ready({
          http: { url: http, path: "/up" },
          tcp: http,
          socket: http,
          unit,
          log: { contains: "up" },
        });
      }),
    ).toMatchObject({
      "readiness:api": {
        http: { url: "http://[::1]:80/up" },
        tcp: { host: "::1", port: 80 },
        socket: "/run/a.sock",
        unit: "api.service",
        log: { unit: "api.service", contains: "up" },
      },
    });
  });

  it("has to come after the daemons, or to say of what it is", () => {
    const { faults } = declared((s) => {
      s.ready({ tcp: "127.0.0.1:1" });
      daemon(s);
    });
    expect(faults).toMatchObject([{ code: "HK1081", resource: "readiness:api" }]);
    expect(faults[0]?.detail).toContain("Call `s.daemon` first");
  });

  it.each([
    ["nothing to check", {}, "HK1021 readiness:api needs at least one check: `http`, `tcp`"],
    ["an unknown scheme", { http: { url: "ftp://a/" } }, "begins with http:// or https://"],
    ["a port too far", { http: { url: "http://a:70000/" } }, "has a port up to 65535"],
    ["a password in a URL", { http: { url: "http://u:p@a/" } }, "must not have a user"],
    ["a port too far, by itself", { tcp: "a:70000" }, "must be a host and a port from 1 to 65535"],
    ["no port", { tcp: { host: "a" } }, "must be a host and a port from 1 to 65535"],
    ["a status that is none", { http: { url: "http://a/", status: 99 } }, "must be at least 100"],
    [
      "a text where none is",
      { http: { url: "http://a/", method: "HEAD", contains: "x" } },
      "no text",
    ],
    ["a misspelt option", { http: { url: "http://a/", contain: "x" } }, "Did you mean `contains`?"],
    ["a misspelt check", { htp: { url: "http://a/" } }, "Did you mean `http`?"],
    ["a relative socket", { socket: "run/a.sock" }, "must be an absolute path"],
    ["an empty command", { command: [] }, "must name a program"],
    ["no time at all", { tcp: "a:1", timeout: "0s" }, "must be a duration from 100ms to 1h"],
    ["a time that is none", { tcp: "a:1", timeout: "1 minute" }, 'such as "10s"'],
    ["a line without a text", { log: {} }, "needs either `contains` or `matches`"],
    ["a pattern that is none", { log: { matches: "(" } }, "must be a regular expression"],
    ["a pattern with flags", { log: { matches: /x/i } }, "`log.matches` of readiness:api"],
    ["a unit of no type", { unit: "api" }, "must be a unit name that ends in"],
    ["a fate", { tcp: "a:1", protect: true }, "HK1082 readiness:api has nothing on the host"],
  ])("refuses %s", (_what, options, says) => {
    expect(refusal(options)).toContain(says);
  });

  it("never tells a password that it refuses", () => {
    expect(refusal({ http: { url: "http://u:hunter2@a/" } })).not.toContain("hunter2");
  });
});
