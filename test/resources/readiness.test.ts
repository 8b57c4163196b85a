import { readiness } from "../../agent/resources/readiness.ts";
import type { ProbeAnswer } from "../../agent/host/host.ts";
import { driverContract } from "../contract/driver.ts";
import type { MemoryHost } from "../support/memory-host/memory-host.ts";

const URL = "http://127.0.0.1:4000/health";
const http = (status: number, body = ""): ProbeAnswer => ({ type: "http", status, body });
const connected: ProbeAnswer = { type: "connected" };

const unit = (host: MemoryHost, active: "active" | "failed" | "inactive" = "active") => {
  host.put("/etc/systemd/system/api.service", "[Service]\nExecStart=/bin/api\n");
  host.systemd.settle("api.service", active);
};

const quick = { interval: "10ms", timeout: "200ms" } as const;

driverContract({
  kind: "readiness",
  driver: readiness,
  spellings: [
    { name: "api", http: { url: URL }, timeout: "60s" },
    {
      name: "api",
      of: [{ unit: "api.service" }, "api.service"],
      http: {
        url: { url: "https://[::1]:4000/" },
        path: "/health",
        status: [200, 204],
        method: "HEAD",
      },
    },
    { name: "api", tcp: "127.0.0.1:4000", socket: { path: "/run/api.sock" }, interval: "1s" },
    { name: "api", tcp: "[::1]:80" },
    { name: "api", tcp: { host: "localhost", port: 65_535 }, successes: 3 },
    { name: "api", command: { argv: ["/bin/check", "now"] }, unit: "api.timer" },
    { name: "api", of: ["api.service"], log: { matches: /ready on \d+/ } },
    { name: "api", log: { unit: "api.service", contains: "ready" } },
  ],
  runs: [
    {
      title: "a URL that answers late, after a refusal and a failure",
      given: (host) =>
        host.listeners.put(URL, { type: "none", code: "ECONNREFUSED" }, http(503), http(200)),
      desired: { name: "api", http: { url: URL }, interval: "10ms" },
    },
    {
      title: "a URL with a body, and a status of its own",
      given: (host) => host.listeners.put(URL, http(204, "no"), http(204, "all is ok")),
      desired: {
        name: "api",
        http: { url: URL, status: [200, 204], contains: "ok" },
        interval: "10ms",
      },
    },
    {
      title: "a port and a socket",
      given: (host) => {
        host.listeners.put("127.0.0.1:4000", { type: "none", code: "ETIMEDOUT" }, connected);
        host.listeners.put("/run/api.sock", connected);
      },
      desired: { name: "api", tcp: "127.0.0.1:4000", socket: "/run/api.sock", interval: "10ms" },
    },
    {
      title: "a line in the journal, and a few looks in a row",
      given: (host) => {
        unit(host);
        host.systemd.log("api.service", "starting", "ready on 4000");
      },
      desired: {
        name: "api",
        of: ["api.service"],
        log: { matches: /ready on \d+/ },
        interval: "10ms",
        successes: 3,
      },
    },
  ],
  waits: { title: "nobody answers", desired: { name: "api", http: { url: URL } } },
  failures: [
    {
      title: "nobody listens",
      desired: { name: "api", http: { url: URL }, tcp: "127.0.0.1:1", ...quick },
      at: "apply",
      code: "HK4085",
      says: [
        "not ready within 200ms",
        `http ${URL} refused the connection (ECONNREFUSED)`,
        "tcp 127.0.0.1:1 refused",
        "push again",
      ],
    },
    {
      title: "another status, and another text, neither of which is told",
      given: (host) => host.listeners.put(URL, http(503), http(200, "s3cret")),
      desired: { name: "api", http: { url: URL, contains: "ok" }, ...quick },
      at: "apply",
      code: "HK4085",
      says: [/answered with status 200, and without the text in its 6 characters(?!.*s3cret)/s],
    },
    {
      title: "a unit that has failed for good is not waited for",
      given: (host) => {
        unit(host, "failed");
        host.systemd.log("api.service", "no database");
      },
      desired: { name: "api", unit: "api.service", interval: "10ms", timeout: "1h" },
      at: "apply",
      code: "HK4086",
      says: ["waited for api.service", "it is failed", "no database", "systemctl status"],
    },
    {
      title: "a unit that does not run, and a line that it did not write since its last start",
      given: (host) => {
        unit(host);
        host.systemd.log("api.service", "ready");
        unit(host, "inactive");
      },
      desired: {
        name: "api",
        unit: "api.service",
        log: { unit: "api.service", contains: "ready" },
        ...quick,
      },
      at: "apply",
      code: "HK4085",
      says: ["unit api.service does not run", 'log api.service "ready" has no journal yet'],
    },
    {
      title: "a command that is not there",
      desired: { name: "api", command: ["no-such-check"], ...quick },
      at: "apply",
      code: "HK4085",
      says: ["command no-such-check could not be started (ENOENT)"],
    },
  ],
});
