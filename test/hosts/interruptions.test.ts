import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import type { CliResult } from "../support/cli.ts";
import { openAgentSession } from "./support/agent-session.ts";
import { describeHosts } from "./support/requirements.ts";
import { sharedHost } from "./support/shared-host.ts";
import { codesOf, messageOf, sharedSite, type Site } from "./support/site.ts";
import { type ProxyOptions, startProxy, type TcpProxy } from "./support/tcp-proxy.ts";

/** Whoever is cut off, and whenever: the run goes on or is taken back, and what is said about the host is true. */

/** A file before and a file after a unit that takes its time. */
const slow = (name: string) => `
  const before = p.file("/srv/${name}/before", { content: "" });
  const unit = p.unit("${name}.service", {
    service: {
      Type: "oneshot",
      RemainAfterExit: "yes",
      ExecStartPre: argv("/bin/sleep", "3"),
      ExecStart: argv("/bin/true"),
    },
    active: true,
    dependsOn: [before],
  });
  p.file("/srv/${name}/after", { content: "", dependsOn: [unit] });`;

/** Returns in the middle of an apply of `slow(name)`. */
const starting = ({ remote }: Site, name: string) =>
  remote(
    `for i in $(seq 300); do if test $(systemctl show -P ActiveState ${name}) = activating; then exit 0; fi; sleep 0.1; done; exit 1`,
  );

const AGENT = "$(pgrep -f '[h]ostkit-agent serve')";
const EXECUTOR = "$(pgrep -f '[h]ostkit-agent execute')";

describeHosts("an interruption", () => {
  const host = sharedHost({ name: "interruptions" });
  const site = sharedSite(host);
  const { remote, push, begin, isAsDeclared, agentGone, unfinished, watchDisk } = site;
  const proxies: TcpProxy[] = [];
  const through = async (options: Omit<ProxyOptions, "target"> = {}) => {
    const proxy = await startProxy({ target: host(), ...options });
    proxies.push(proxy);
    return proxy;
  };
  afterEach(async () => {
    await Promise.all(proxies.splice(0).map((proxy) => proxy.close()));
  });

  beforeAll(async () => {
    // The agent is there.
    const { session } = await openAgentSession(host());
    await session.close();
  });

  // The limit of a minute can't be shortened, so it runs beside everything else, on a host of its own.
  const far = sharedHost({ name: "far" });
  const away = sharedSite(far);
  let stalled: Promise<{ readonly result: CliResult; readonly ms: number }>;
  beforeAll(async () => {
    const { result } = away.begin({ body: slow("stalled") });
    await starting(away, "stalled");
    // The connection stays, and nothing comes through it any more: its sshd stands still.
    await away.remote(`kill -STOP $(ps -o ppid= -p ${AGENT})`);
    const begun = performance.now();
    stalled = result.then((ended) => ({ result: ended, ms: performance.now() - begun }));
  });

  describe("before anything is changed", () => {
    const isGivenUp = ({ status, stdout, stderr }: CliResult) => {
      expect(stderr).toContain("Interrupted. Nothing was changed.");
      expect({ status, stdout }).toEqual({ status: 130, stdout: "" });
    };

    it("by Ctrl-C while it connects", async () => {
      const server = createServer((socket) => socket.on("error", () => socket.destroy()));
      server.listen(0, "127.0.0.1");
      await once(server, "listening");
      const { port } = server.address() as { port: number };
      const { result, kill } = begin({ at: { address: "127.0.0.1", port } });
      await once(server, "connection");
      kill("SIGINT");
      isGivenUp(await result);
      server.close();
    });

    /** What goes to the host until its agent has introduced itself, and some of the request for a plan that follows. */
    const intoTheRequest = async () => {
      const proxy = await through();
      const { session } = await openAgentSession(host(), { at: proxy });
      const bytes = proxy.bytes.toTarget;
      await session.close();
      await agentGone();
      return { toTarget: bytes + 200 };
    };

    it("by Ctrl-C while it plans", async () => {
      const stall = await intoTheRequest();
      const changed = await watchDisk();
      const proxy = await through({ stall });
      const { result, kill } = begin({ at: proxy });
      await vi.waitFor(() => expect(proxy.bytes).toMatchObject(stall), 20_000);
      kill("SIGINT");
      const ended = await result;
      expect(ended.stderr).toContain("app: planning");
      isGivenUp(ended);
      proxy.cut();
      await agentGone();
      expect(await changed()).toEqual([]);
    });

    it("by a cut while it plans", async () => {
      const cutAfterBytes = await intoTheRequest();
      const changed = await watchDisk();
      const proxy = await through({ cutAfterBytes });
      const result = await push({ at: proxy });
      expect(result.stderr).toContain("app: planning");
      expect(codesOf(result)).toEqual(["HK2030"]);
      expect(result).toMatchObject({ status: 4, stdout: "" });
      await agentGone();
      expect(await changed()).toEqual([]);
    });
  });

  describe("while changes are made", () => {
    it("by the agent's end is no matter: the run is followed by another", async () => {
      const { result } = begin({ body: slow("watched") });
      await starting(site, "watched");
      await remote(`kill -KILL ${AGENT}`);
      const ended = await result;
      expect(messageOf(ended)).toContain("app: the connection was lost");
      expect(ended.stdout).toContain("Applied 3 changes");
      expect(ended.status).toBe(0);
      await isAsDeclared();
    });

    it("by the end of the run's own process is taken back", async () => {
      const { result } = begin({ body: slow("killed") });
      await starting(site, "killed");
      await remote(`kill -KILL ${EXECUTOR}`);
      const ended = await result;
      expect(codesOf(ended)).toEqual(["HK4045"]);
      expect(ended.stdout).toContain("rolled back");
      expect(ended.status).toBe(8);
      expect(await remote("find /srv -name 'killed*'")).toBe("");
      expect(await unfinished()).toBe("");
      const next = await push({ body: slow("killed") });
      expect(next).toMatchObject({ status: 0, stderr: expect.not.stringContaining("HK4007") });
      await isAsDeclared();
    });

    it("by the end of everything is found by the next plan, and taken back by the next push", async () => {
      const { result, kill } = begin({ body: slow("alone") });
      await starting(site, "alone");
      kill("SIGKILL");
      await result;
      await remote("pkill -KILL -f '[h]ostkit-agent'");
      const plan = await site.plan({ body: slow("alone") });
      expect(messageOf(plan)).toMatch(/HK4007.*1 of its 3 changes were done.*unit:alone.service/);
      expect(await remote("ls /srv/alone")).toBe("before\n");
      const next = await push({ body: slow("alone") });
      expect(messageOf(next)).toMatch(/was cut off. It is brought to its end.*rolled back/);
      expect(next.stdout).toContain("Plan: 3 to create");
      expect(next.status).toBe(0);
      await isAsDeclared();
    });

    it("by the client's end does not stop them", async () => {
      const { result, kill } = begin({ body: slow("client") });
      await starting(site, "client");
      kill("SIGKILL");
      expect((await result).status).toBeNull();
      await agentGone();
      await isAsDeclared();
      expect(await unfinished()).toBe("");
    });

    it("by Ctrl-C stops them after the one that is being made, and takes them back", async () => {
      const { result, kill } = begin({ body: slow("waited") });
      await starting(site, "waited");
      kill("SIGINT");
      const ended = await result;
      expect(messageOf(ended)).toMatch(/app is being changed: the run \S+ stops after/);
      expect(codesOf(ended)).toEqual(["HK3030"]);
      expect(ended.stdout).toContain("rolled back");
      expect(ended.status).toBe(130);
      expect(await remote("find /srv -name 'waited*'; systemctl is-active waited || true")).toBe(
        "inactive\n",
      );
    });

    it("by a second Ctrl-C leaves, and the host is dealt with all the same", async () => {
      const { result, kill } = begin({ body: slow("left") });
      await starting(site, "left");
      kill("SIGINT");
      // Two signals at once would be one.
      await sleep(500);
      kill("SIGINT");
      const ended = await result;
      expect(messageOf(ended)).toContain("hostkit runs --follow shows it");
      expect(ended.stdout).not.toContain("Applied");
      expect(ended.status).toBe(130);
      expect(await remote("systemctl show -P ActiveState left")).toBe("activating\n");
      await agentGone();
      expect(await remote("find /srv -name 'left*'")).toBe("");
      const runs = await site.hostkit("runs", "--host", "app");
      expect(runs.stdout).toMatch(/rolled back/);
    });

    it("by a cut is no matter: the run is followed over another connection", async () => {
      const proxy = await through();
      const { result } = begin({ at: proxy, body: slow("cut") });
      await starting(site, "cut");
      proxy.cut();
      const ended = await result;
      expect(messageOf(ended)).toContain("app: the connection was lost");
      expect(ended.stdout).toContain("Applied 3 changes");
      expect(ended.status).toBe(0);
      await isAsDeclared();
    });

    it("by a restart of sshd, with everything that it started, is no matter", async () => {
      const { result } = begin({ body: slow("served") });
      await starting(site, "served");
      // As where a unit of sshd is told to take its sessions along.
      await remote(
        "systemd-run -q --no-block sh -c 'systemctl kill -s KILL ssh; systemctl restart ssh'",
      );
      const ended = await result;
      expect(ended.stdout).toContain("Applied 3 changes");
      expect(ended.status).toBe(0);
    });

    it("can be followed by anybody else", async () => {
      const { result } = begin({ body: slow("shown") });
      await starting(site, "shown");
      const watching = await site.hostkit("runs", "--host", "app", "--follow", "--json");
      const events = watching.stdout
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line) as object);
      expect(events).toContainEqual(
        expect.objectContaining({
          event: "step",
          resource: "file:/srv/shown/before",
          state: "done",
        }),
      );
      expect(events).toContainEqual(
        expect.objectContaining({
          event: "outcome",
          outcome: expect.objectContaining({ verdict: "applied" }),
        }),
      );
      expect((await result).status).toBe(0);
      expect((await site.hostkit("runs", "--host", "app", "--follow")).stderr).toContain("HK3024");
    });
  });

  it("by another push of the same is none: one comes after the other", async () => {
    const body = `p.group("both");
  const directory = p.directory("/srv/both", { group: "both" });
  for (let i = 0; i < 50; i++) p.file(\`\${directory.path}/\${i}\`, { content: \`\${i}\`, group: "both" });
  p.unit("both.service", { service: { ExecStart: argv("/bin/sleep", "infinity") }, active: true });`;
    // Both have planned before either applies.
    const at = await through({ delayMs: 150 });
    const results = await Promise.all([push({ at, body }), push({ at, body })]);
    const statuses = results.map(({ status }) => status ?? -1);
    expect(["0 0", "0 5"]).toContain(statuses.toSorted((a, b) => a - b).join(" "));
    await isAsDeclared();
    expect(await unfinished()).toBe("");
  });

  it("by silence is noticed after a minute, and the run is followed over another connection", async () => {
    const { result, ms } = await stalled;
    expect(messageOf(result)).toContain("app: the connection was lost");
    expect(result.stdout).toContain("Applied 3 changes");
    expect(result.status).toBe(0);
    expect(ms).toBeGreaterThan(50_000);
    expect(ms).toBeLessThan(75_000);
    await away.remote(
      "kill -KILL $(ps -o pid=,stat= --ppid $(systemctl show -P MainPID ssh) | awk '$2 ~ /T/ { print $1 }')",
    );
    await away.agentGone();
    await away.isAsDeclared();
  });
});
