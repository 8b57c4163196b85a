import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { scoreOf } from "../../shared/outcome.ts";
import type { Plan } from "../../shared/plan.ts";
import type { Resource } from "../../shared/resources/registry.ts";
import { contents, createRandom, wideManifest } from "../flow/random-plans.ts";
import { spokenOf } from "../flow/truth.ts";
import { declare } from "../support/declare.ts";
import { type AgentSession, openAgentSession } from "./support/agent-session.ts";
import type { HostState } from "./support/host-state.ts";
import { hostState } from "./support/host-state.ts";
import { differences } from "./support/host-state-differences.ts";
import { describeHosts } from "./support/requirements.ts";
import { sharedHost } from "./support/shared-host.ts";
import { codesOf, messageOf, sharedSite } from "./support/site.ts";

/** A plan changes nothing on a real host, tells what would fail, and what it says comes true. */

const HELD = "[Socket]\nListenStream=127.0.0.1:4000\nAccept=no\n";

describeHosts("predictions", () => {
  const host = sharedHost({
    name: "predictions",
    files: {
      "/bin/api": { content: "#!/bin/sh\nexec sleep infinity\n", mode: 0o755 },
      "/etc/systemd/system/held.socket": { content: HELD },
      "/etc/systemd/system/held.service": { content: "[Service]\nExecStart=/bin/sleep infinity\n" },
      "/root/token": { content: "from the host\n", mode: 0o600 },
    },
  });
  const site = sharedSite(host);

  describe("a plan", () => {
    /** What exists only while the host runs: none of it is on its disk. */
    const running = async () => {
      const { stdout, status, stderr } = await host().inside(
        `find /run /tmp /var/tmp /dev/shm -xdev ! -path '/run/systemd/*' ! -path '/run/log/*' ! -path '/run/user/*' -printf '%p %y %m %U %G %l\\n' | sort
systemctl list-units --all --plain --no-legend --full | grep -v '^session-\\|^user\\|\\.device' | awk '{print $1, $2, $3, $4}' | sort
cut -d' ' -f5- /proc/self/mountinfo | grep -v '/run/user' | sort`,
      );
      expect(status, stderr).toBe(0);
      return stdout.split("\n");
    };

    it("changes nothing but the agent's own directory, whatever it is asked to plan", async () => {
      // A login alone leaves its traces: pam_motd(8) writes to /run.
      await site.remote("true");
      const before = await hostState(host());
      const wasRunning = await running();
      const result = await site.plan({
        env: { TOKEN: "a secret" },
        body: `
          const ann = p.account("ann", { home: "/srv/homes/ann", authorizedKeys: ["ssh-ed25519 ${"A".repeat(68)} ann"] });
          p.group("web", { gid: 4100 });
          p.file("/etc/motd", { content: "planned\\n" });
          p.file("/etc/sudoers.d/ann", { content: "ann ALL=(ALL) ALL\\n", mode: 0o440, validate: ["visudo", "-cf", "{}"] });
          p.file("/etc/app/token", { content: text\`\${secret.env("TOKEN")} \${secret.generate("one")} \${secret.hostFile("/root/token")}\` });
          p.file("/etc/app/app.yaml", { content: yaml({ key: secret.generate("two"), deep: { port: 1 } }), merge: true });
          p.directory("/srv/app", { owner: ann });
          p.symlink("/srv/current", { to: "/srv/app", mustExist: true });
          p.service("api", (s) => {
            s.daemon({ exec: ["/bin/api"], listen: { http: 4100 } });
            s.ready({ tcp: "127.0.0.1:4100" });
          });`,
      });
      expect(result.status, result.stdout + result.stderr).toBe(2);
      expect(result.stdout).toContain("exposure:");
      expect(result.stdout).toContain("one of: as planned; refused by visudo");
      expect(differences(before, await hostState(host()))).toEqual([]);
      expect(await running()).toEqual(wasRunning);
      const own = await site.remote("find /var/lib/hostkit -type f | sed 's/[0-9a-f]\\{64\\}/ID/'");
      expect(own.trim().split("\n").toSorted()).toEqual([
        "/var/lib/hostkit/agents/ID/hostkit-agent",
        "/var/lib/hostkit/key",
      ]);
    });
  });

  describe("what would fail is told with the plan", () => {
    const daemon = (more: string) =>
      `p.service("api", (s) => { s.daemon({ user: "root", ${more} }); });`;

    it.each([["a program that is missing", `exec: ["/opt/none/run"]`, "HK4121", "/opt/none/run"]])(
      "%s",
      async (_what, more, code, says) => {
        const result = await site.plan({ body: daemon(more) });
        expect(result.status).toBe(1);
        expect(codesOf(result)).toEqual([code]);
        expect(messageOf(result)).toContain(says);
      },
    );

    it("a user that is missing", async () => {
      const unit = `p.unit("x.service", { service: { User: "none-such", ExecStart: argv("/bin/api") }, active: true });`;
      const result = await site.plan({ body: unit });
      expect(codesOf(result)).toEqual(["HK4122"]);
    });

    it("a port that another program has, with who it is", async () => {
      const own = `exec: ["/bin/api"], listen: { http: 22 }`;
      // sshd listens on every address of both families.
      const result = await site.plan({ body: daemon(own) });
      expect([result.status, codesOf(result)]).toEqual([1, ["HK4123"]]);
      expect(messageOf(result)).toMatch(/127\.0\.0\.1:22, and (sshd|systemd) \(process \d+/);
      // What systemd itself holds, it may hand on.
      await site.remote("systemctl start held.socket");
      const held = await site.plan({ body: daemon(`exec: ["/bin/api"], listen: { http: 4000 }`) });
      expect([held.status, codesOf(held)]).toEqual([2, []]);
      expect(messageOf(held)).toContain("HK4123");
      await site.remote("systemctl stop held.socket");
      const free = await site.plan({ body: daemon(`exec: ["/bin/api"], listen: { http: 4000 }`) });
      expect(messageOf(free)).not.toContain("HK4123");
    });

    it("a disk without room, and one that is mounted read-only", async () => {
      await site.remote(
        "mkdir -p /srv/small /srv/fixed && mount -t tmpfs -o size=1m none /srv/small && mount -t tmpfs -o ro none /srv/fixed",
      );
      const files = { "large.txt": "x".repeat(2_000_000) };
      const file = (path: string) => `p.file("${path}", { content: fromFile("large.txt") });`;
      const small = await site.plan({ body: file("/srv/small/deep/file"), files });
      expect([small.status, codesOf(small)]).toEqual([1, ["HK4125"]]);
      expect(messageOf(small)).toContain("1.9 MiB would be needed, and 1.0 MiB are free");
      const fixed = await site.plan({ body: file("/srv/fixed/file"), files });
      expect([fixed.status, codesOf(fixed)]).toEqual([1, ["HK4124"]]);
      await site.remote("umount /srv/small /srv/fixed && rmdir /srv/small /srv/fixed");
    });
  });

  it("what came is recorded beside what was said, and shown", async () => {
    const body = `
      p.file("/etc/came.conf", { content: "a\\n" });
      p.unit("came.service", { service: { Type: "exec", ExecStart: argv("/bin/api") }, active: true });`;
    expect((await site.push({ body })).status).toBe(0);
    const shown = async () => {
      const { stdout } = await site.hostkit("runs", "--host", "app");
      const run = /\d{8}T\d{6}-[0-9a-f]{6}/.exec(stdout)?.[0] ?? "";
      return (await site.hostkit("runs", "--host", "app", "--run", run)).stdout;
    };
    const first = await shown();
    expect(first).toContain("done    file:/etc/came.conf  exact -> as planned");
    expect(first).toMatch(/done    unit:came\.service .* bounded -> runs/);
    expect(first).toContain("2 of 2 changes came out as predicted.");
    const broken = body.replace("/bin/api", "/bin/false").replace("exec", "simple");
    expect((await site.push({ body: broken.replace("a\\n", "b\\n") })).status).toBe(8);
    const second = await shown();
    expect(second).toContain("bounded -> does not start, and the run fails");
    expect(second).toContain("2 of 2 changes came out as predicted.");
    // So that nothing is left of it.
    expect((await site.push({ body: "" })).status).toBe(0);
  });

  describe("random declarations", () => {
    let agent: AgentSession;
    beforeAll(async () => {
      agent = await openAgentSession(host());
    });
    afterAll(() => agent.connection.close());

    /** A real program has to say by itself that it is ready, and these do not. */
    const startable = (resource: Resource): Resource => {
      if (resource.kind !== "unit" || resource.desired.content === undefined) return resource;
      const content = resource.desired.content.replace("Type=notify", "Type=exec");
      return declare.unit(resource.desired.name, { ...resource.desired, content });
    };

    it.each([2, 5, 11, 17])("come true, and nothing else happens: seed %i", async (seed) => {
      const { session } = agent;
      const random = createRandom(seed);
      for (const round of [1, 2]) {
        const where = `seed ${seed}, round ${round}`;
        const wide = wideManifest(random);
        const manifest = { ...wide, resources: wide.resources.map(startable) };
        const before = await hostState(host());
        const { plan, diagnostics } = await session.plan(manifest, contents);
        expect(differences(before, await hostState(host())), where).toEqual([]);
        if (plan === null) {
          expect(diagnostics.filter(({ severity }) => severity === "error")).not.toEqual([]);
          continue;
        }
        const how = { contents, onFailure: "rollback", wait: 0, onEvent: () => undefined } as const;
        const ended = await session.apply(plan, { ...how, confirmWithin: 10_000 });
        expect([ended.outcome.verdict, ended.diagnostics], where).toEqual(["applied", []]);
        expect(unspoken(plan, before, await hostState(host())), where).toEqual([]);
        const { tested, asPredicted } = scoreOf(ended.outcome);
        const driven = plan.changes.filter(({ action }) => action !== "none").length;
        expect([tested, asPredicted], where).toEqual([driven, driven]);
        const again = await session.plan(manifest, contents);
        expect(again.plan?.changes, where).toEqual([]);
      }
    });
  });
});

/** Differences of the host that no change of the plan speaks of. */
function unspoken(plan: Plan, before: HostState, after: HostState): string[] {
  const driven = plan.changes.filter(({ action }) => action !== "none");
  const spoken = driven.flatMap(spokenOf);
  const places = new Set(
    [...before, ...after].flatMap(([path, { target }]) => (target ? [`${path} ${target}`] : [])),
  );
  const all = spoken.flatMap((path) => [
    path,
    ...[...places].flatMap((link) => {
      const [from = "", to = ""] = link.split(" ");
      return path.startsWith(`${from}/`) ? [`${to}${path.slice(from.length)}`] : [];
    }),
  ]);
  const hasAccounts = driven.some(({ id }) => /^(?:account|group):/.test(id));
  return differences(before, after).filter((line) => {
    const name = /^[-+~] (.*?): /.exec(line)?.[1] ?? line;
    if (name.startsWith("account ")) return !hasAccounts;
    return !all.some((path) => name === path || (path.endsWith("/") && name.startsWith(path)));
  });
}
