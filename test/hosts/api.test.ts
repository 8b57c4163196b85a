import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import type * as Library from "../../client/api/index.ts";
import type { HostKitEvent } from "../../client/api/index.ts";
import { describeHosts } from "./support/requirements.ts";
import { sharedHost } from "./support/shared-host.ts";
import { sharedSite } from "./support/site.ts";

/** The library as programs use it: the built one, in this process, and the example in one of its own. */

const SCRIPT = resolve("examples/api-script/deploy.ts");

describeHosts("the library", () => {
  const host = sharedHost({ name: "api" });
  const { remote, operator, agentGone, unfinished, watchDisk } = sharedSite(host);
  let api: typeof Library;
  beforeAll(async () => {
    api = (await import(pathToFileURL(resolve("dist/client/api.js")).href)) as typeof Library;
  });

  /** A declaration that needs nothing of the operator's home. */
  const declare = (body: string, at: { address: string; port: number } = host()) => {
    const { privateKeyPath: identityFile, hostKeyFingerprint: hostKey } = host();
    const ssh = { user: "root", port: at.port, identityFile, hostKey, agent: false };
    operator().write(
      "hostkit.config.ts",
      `import { argv, project } from "hostkit";
export default project("api-${expect.getState().currentTestName?.replaceAll(/\W+/g, "-").slice(-60)}", (p) => {
  p.host("app", ${JSON.stringify({ at: at.address, ssh })});
  ${body}
});
`,
    );
    return api.load({ cwd: operator().home });
  };
  const failure = (promise: Promise<unknown>) =>
    promise.then(
      () => expect.unreachable("it should have rejected"),
      (error: unknown) => error,
    );

  it("loads, plans, applies, and has nothing to do the second time", async () => {
    const events: HostKitEvent[] = [];
    const onEvent = (event: HostKitEvent) => void events.push(event);
    const declaration = await declare(`p.file("/srv/by-api", { content: "by a program\\n" });`);
    const first = await api.plan(declaration, { onEvent });
    expect(first.plan.changes.map(({ id, action }) => `${action} ${id}`)).toEqual([
      "create file:/srv/by-api",
    ]);
    expect((await host().ssh("test -e /srv/by-api")).status).toBe(1);
    const result = await api.apply(first, { onEvent });
    await first.close();
    expect(result).toMatchObject({ host: "app", verdict: "applied", stopped: false });
    expect(result.outcome.planDigest).toBe(first.plan.digest);
    expect(api.exitCodeOf(result)).toBe(0);
    expect(await remote("cat /srv/by-api")).toBe("by a program\n");
    const told = events.map((event) =>
      event.type === "step" ? `${event.resource} ${event.state}` : event.type,
    );
    expect([...new Set(told)]).toEqual(
      expect.arrayContaining([
        "phase",
        "connected",
        "applying",
        "file:/srv/by-api started",
        "file:/srv/by-api done",
      ]),
    );

    const second = await api.plan(declaration);
    expect(second.plan.changes).toEqual([]);
    expect(await api.apply(second)).toMatchObject({ verdict: "applied", outcome: { run: null } });
    await second.close();
    await agentGone();
  });

  it("rejects with all faults of a declaration", async () => {
    const error = await failure(
      declare(`p.file("relative", { content: "" }); p.directory("/srv/x", { mode: 7 + "" });`),
    );
    expect(error).toBeInstanceOf(api.HostKitError);
    const { diagnostics } = error as InstanceType<typeof api.HostKitError>;
    expect(diagnostics.length).toBeGreaterThan(1);
    expect(diagnostics.every(({ source }) => source?.file === "hostkit.config.ts")).toBe(true);
    expect(api.exitCodeOf(error)).toBe(3);
  });

  it("rejects where the host can't be reached", async () => {
    const declaration = await declare("", { address: "127.0.0.1", port: 9 });
    const error = await failure(api.plan(declaration));
    expect(error).toBeInstanceOf(api.HostKitError);
    expect(api.exitCodeOf(error)).toBe(4);
  });

  it("leaves no process behind when a plan is closed without being applied", async () => {
    const declaration = await declare(`p.file("/srv/never", { content: "" });`);
    const changed = await watchDisk();
    const planned = await api.plan(declaration);
    expect(planned.plan.changes).toHaveLength(1);
    await remote("pgrep -f '[h]ostkit-agent serve'");
    await planned.close();
    await agentGone();
    expect(await changed()).toEqual([]);
    expect(await failure(api.apply(planned))).toMatchObject({ diagnostics: [{ code: "HK5042" }] });
  });

  it("changes nothing where the host moved after the plan, and tells what would be planned now", async () => {
    const declaration = await declare(`p.file("/srv/moving", { content: "mine\\n" });`);
    const planned = await api.plan(declaration);
    await remote("echo theirs >/srv/moving");
    const result = await api.apply(planned);
    await planned.close();
    expect(result.verdict).toBe("stale");
    expect(result.fresh?.changes).toMatchObject([{ id: "file:/srv/moving", action: "update" }]);
    expect(api.exitCodeOf(result)).toBe(5);
    expect(await remote("cat /srv/moving")).toBe("theirs\n");
  });

  describe("aborted", () => {
    it("while it connects, rejects", async () => {
      const server = createServer((socket) => socket.on("error", () => socket.destroy()));
      server.listen(0, "127.0.0.1");
      await once(server, "listening");
      const { port } = server.address() as { port: number };
      const declaration = await declare("", { address: "127.0.0.1", port });
      const controller = new AbortController();
      const planning = failure(api.plan(declaration, { signal: controller.signal }));
      await once(server, "connection");
      controller.abort();
      expect(await planning).toBeInstanceOf(api.AbortError);
      expect(api.exitCodeOf(await planning)).toBe(130);
      server.close();
    });

    it("before it applies, rejects, and the plan can still be applied", async () => {
      const declaration = await declare(`p.file("/srv/aborted", { content: "" });`);
      const planned = await api.plan(declaration);
      const changed = await watchDisk();
      const error = await failure(api.apply(planned, { signal: AbortSignal.abort() }));
      expect(error).toBeInstanceOf(api.AbortError);
      expect(await changed()).toEqual([]);
      expect(await api.apply(planned)).toMatchObject({ verdict: "applied" });
      await planned.close();
    });

    it("while changes are made, stops after the one that is being made and tells that the host is as before", async () => {
      const declaration = await declare(`
        const before = p.file("/srv/half/before", { content: "" });
        const unit = p.unit("half.service", {
          service: {
            Type: "oneshot",
            RemainAfterExit: "yes",
            ExecStartPre: argv("/bin/sleep", "3"),
            ExecStart: argv("/bin/true"),
          },
          active: true,
          dependsOn: [before],
        });
        p.file("/srv/half/after", { content: "", dependsOn: [unit] });`);
      const planned = await api.plan(declaration);
      const controller = new AbortController();
      const events: HostKitEvent[] = [];
      const result = await api.apply(planned, {
        signal: controller.signal,
        onEvent: (event) => {
          events.push(event);
          if (event.type === "step" && event.resource === "unit:half.service") controller.abort();
        },
      });
      await planned.close();
      expect(result).toMatchObject({ verdict: "rolled-back", stopped: true });
      expect(api.exitCodeOf(result)).toBe(130);
      expect(events.filter(({ type }) => type === "stopping")).toHaveLength(1);
      expect((await host().ssh("test -e /srv/half")).status).toBe(1);
      expect(await unfinished()).toBe("");
      await agentGone();
      const again = await api.plan(declaration);
      expect(again.plan.changes).toHaveLength(planned.plan.changes.length);
      await again.close();
    });
  });

  describe("in a script", () => {
    /** Runs the example; `answer` gets its question, and can answer or signal it. */
    const deploy = async (
      args: readonly string[],
      answer: (child: ChildProcessWithoutNullStreams) => void = ({ stdin }) => stdin.end(),
    ) => {
      const { home } = operator();
      const tsx = import.meta.resolve("tsx");
      const child = spawn(
        process.execPath,
        ["--import", tsx, SCRIPT, "--ssh", `root@${host().address}`, ...args],
        { cwd: home, env: { PATH: process.env["PATH"], HOME: home }, timeout: 60_000 },
      );
      const said = { stdout: "", stderr: "" };
      child.stdout.setEncoding("utf8").on("data", (text: string) => (said.stdout += text));
      child.stderr.setEncoding("utf8").on("data", (text: string) => {
        said.stderr += text;
        if (text.includes("[y/N]")) answer(child);
      });
      const [status] = (await once(child, "close")) as [number | null];
      return { status, ...said };
    };

    it("does nothing where nobody agrees", async () => {
      const { status, stdout, stderr } = await deploy([]);
      expect(stdout, stderr).toContain("create file:/srv/deployed/by");
      expect(stdout).toContain("Nothing was changed.");
      expect(status).toBe(1);
      expect((await host().ssh("test -e /srv/deployed")).status).toBe(1);
      await agentGone();
    });

    it("ends with 130 after Ctrl-C at the question, and has changed nothing", async () => {
      const { status, stdout } = await deploy([], (child) => child.kill("SIGINT"));
      expect(stdout).toContain("Nothing was changed.");
      expect(status).toBe(130);
      expect((await host().ssh("test -e /srv/deployed")).status).toBe(1);
      await agentGone();
    });

    it("deploys when somebody agrees, and changes nothing the second time", async () => {
      const first = await deploy([], ({ stdin }) => stdin.end("y\n"));
      expect(first.stdout, first.stderr).toContain("app: applied");
      expect(first.status).toBe(0);
      expect(await remote("cat /srv/deployed/by")).toBe("A program.\n");
      const second = await deploy(["--yes"]);
      expect(second.stdout, second.stderr).toBe("0 to create, 0 to change, 0 to remove\n");
      expect(second.status).toBe(0);
      await agentGone();
    });
  });
});
