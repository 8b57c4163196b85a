import { describe, expect, it } from "vitest";
import { hostState } from "./support/host-state.ts";
import { differences } from "./support/host-state-differences.ts";
import { describeHosts } from "./support/requirements.ts";
import { sharedHost } from "./support/shared-host.ts";
import { codesOf, sharedSite } from "./support/site.ts";

/** What drifted on a real host, and that nothing but the agent itself is there afterwards that was not there before. */

const ROOT = "/var/lib/hostkit";
const env = { TOKEN: "token-canary" };
const PROJECT = "audit";

const file = (name: string, text: string, options = "") =>
  `p.file("/srv/audit/${name}", { content: ${JSON.stringify(text)}${options} });`;
const service = (name: string) =>
  `p.unit("${name}.service", { service: { ExecStart: argv("/bin/sleep", "infinity"), EnvironmentFile: "-/srv/audit/read" }, active: true });`;
const conf = (port: number) =>
  `p.file("/srv/audit/conf.yaml", { content: yaml({ port: ${port}, name: "a", token: secret.env("TOKEN") }) });`;

const FIRST = [
  `p.directory("/srv/audit");`,
  file("kept", "kept\n"),
  file("edited", "edited\n"),
  file("removed", "removed\n"),
  file("moved", "moved\n"),
  file("both", "both\n"),
  file("leaving", "leaving\n"),
  file("left", "left\n"),
  file("read", "A=1\n"),
  `p.file("/srv/audit/secret", { content: text\`token=\${secret.env("TOKEN")}\n\` });`,
  conf(4000),
  `p.symlink("/srv/audit/link", { to: "/srv/audit/kept" });`,
  `p.account("audited", { uid: 2345, groups: ["adm"] });`,
  service("stopped"),
  service("reader"),
].join("\n");

/** Of each kind of drift one: of contents, owners, secrets, documents, links, accounts, units. */
const EDITS = [
  "echo more >> /srv/audit/edited && chown nobody /srv/audit/edited",
  "rm /srv/audit/removed",
  "echo hand > /srv/audit/both",
  "echo hand > /srv/audit/left",
  "echo token=hand-canary > /srv/audit/secret",
  "sed -i -e s/4000/4001/ /srv/audit/conf.yaml",
  "ln -sfn /etc/motd /srv/audit/link",
  "usermod -s /bin/false -G '' audited",
  "systemctl stop stopped.service",
].join(" && ");

const SECOND = FIRST.replace(file("moved", "moved\n"), file("moved", "other\n"))
  .replace(file("both", "both\n"), file("both", "declared\n"))
  .replace(file("leaving", "leaving\n"), "")
  .replace(file("left", "left\n"), "")
  .replace(file("read", "A=1\n"), file("read", "A=2\n"))
  .replace(`p.symlink("/srv/audit/link"`, `${file("new", "new\n")}\np.symlink("/srv/audit/link"`);

interface Event {
  readonly event: string;
  readonly summary?: object;
  readonly code?: string;
  readonly findings?: readonly {
    readonly id: string;
    readonly drift: string;
    readonly touched?: { readonly changed: number; readonly owner: string };
  }[];
}
const eventsIn = (stdout: string) =>
  stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Event);

describeHosts("an audit", () => {
  const host = sharedHost({ name: "audit" });
  const site = sharedSite(host);
  const run = (...args: string[]) => site.operator().hostkit(args, { env });
  const audit = (...args: string[]) => run("audit", "--host", "app", ...args);
  /** Files of the agent's own directory, but for the agents themselves. */
  const records = () =>
    site.remote(
      `find ${ROOT} -path ${ROOT}/agents -prune -o -type f -exec sha256sum {} + 2>/dev/null | sort; find ${ROOT} -path '${ROOT}/agents' -prune -o -print 2>/dev/null | sort`,
    );

  it("of a bare host uploads the agent, and leaves nothing else", async () => {
    const changed = await site.watchDisk();
    // The declaration is written by whatever comes first.
    const first = await site.plan({ body: FIRST, project: PROJECT, env, flags: ["--quiet"] });
    expect(first.status, first.stderr).toBe(2);
    await site.remote(`rm -rf ${ROOT}`);
    const before = await hostState(host(), { units: ["stopped.service"] });
    const result = await audit("--exit-code");
    expect(result.status, result.stderr).toBe(2);
    expect(result.stdout.trimEnd()).toMatch(
      /Audit: 0 changed outside, \d+ not yet applied, 0 both, 0 as declared\.$/,
    );
    await site.agentGone();
    expect(differences(before, await hostState(host(), { units: ["stopped.service"] }))).toEqual(
      [],
    );
    expect((await changed()).filter((path) => !path.startsWith(`${ROOT}/agents`))).toEqual(
      expect.not.arrayContaining([`${ROOT}/key`]),
    );
    const found = await site.remote(
      `find ${ROOT} -mindepth 1 -path '${ROOT}/agents*' -prune -o -mindepth 1 -print`,
    );
    expect(found).toBe("");
  });

  it("of what was just pushed finds nothing", async () => {
    const pushed = await site.push({ body: FIRST, project: PROJECT, env });
    expect(pushed.status, pushed.stderr).toBe(0);
    const result = await audit("--exit-code");
    expect(result.status, result.stdout + result.stderr).toBe(0);
    expect(result.stdout).toContain("No drift: 15 resources as declared.");
  });

  it("tells each kind of drift apart, and changes not a byte, secrets included", async () => {
    await site.remote(EDITS);
    const written = await site.plan({ body: SECOND, project: PROJECT, env, flags: ["--quiet"] });
    expect(written.status, written.stderr).toBe(2);
    await site.agentGone();
    const units = ["stopped.service", "reader.service"];
    const before = await hostState(host(), { units });
    const recorded = await records();
    const result = await audit("--exit-code", "--json");
    const text = await audit();
    await site.agentGone();
    expect(differences(before, await hostState(host(), { units }))).toEqual([]);
    expect(await records()).toBe(recorded);

    expect(result.status, result.stdout).toBe(2);
    const told = eventsIn(result.stdout).find(({ event }) => event === "audit");
    const drift = (told?.findings ?? []).map(({ id, drift: kind }) => `${kind} ${id}`);
    expect(drift.toSorted()).toEqual(
      [
        "both file:/srv/audit/both",
        "both file:/srv/audit/left",
        "outside account:audited",
        "outside file:/srv/audit/conf.yaml",
        "outside file:/srv/audit/edited",
        "outside file:/srv/audit/removed",
        "outside file:/srv/audit/secret",
        "outside symlink:/srv/audit/link",
        "outside unit:stopped.service",
        "pending file:/srv/audit/leaving",
        "pending file:/srv/audit/moved",
        "pending file:/srv/audit/new",
        "pending file:/srv/audit/read",
        "pending unit:reader.service",
      ].toSorted(),
    );
    expect(told?.summary).toEqual({ outside: 7, pending: 5, both: 2, asDeclared: 2 });
    const edited = told?.findings?.find(({ id }) => id === "file:/srv/audit/edited");
    expect(edited?.touched?.owner).toBe("nobody");
    const now = Number(await site.remote("date +%s%3N"));
    expect(now - (edited?.touched?.changed ?? 0)).toBeLessThan(120_000);
    expect(edited?.touched?.changed).toBeLessThanOrEqual(now);

    expect(text.status).toBe(0);
    expect(text.stdout).toContain("~ port: 4001 -> 4000");
    expect(text.stdout).toContain("it is not on the host any more");
    expect(text.stdout).toMatch(
      /touched last at \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC, owned by nobody/,
    );
    for (const { stdout, stderr } of [result, text])
      expect(stdout + stderr).not.toContain("canary");
  });

  it("of a part tells of the part alone", async () => {
    const only = ["--only", "file:/srv/audit/edited"];
    const result = await audit(...only, "--exit-code");
    expect(result.status, result.stderr).toBe(2);
    expect(result.stdout).toContain("Only file:/srv/audit/edited");
    expect(result.stdout).toMatch(
      /Audit: 1 changed outside, 0 not yet applied, 0 both, 1 as declared\.\n$/,
    );
    const read = await run("read", "--host", "app", ...only);
    expect(read.stdout).toContain("Read: 2 present, 0 absent, 0 with a problem.");
  });

  it("reads all of it, and changes nothing either", async () => {
    const before = await hostState(host());
    const recorded = await records();
    await site.remote("rm /srv/audit/kept && mkdir /srv/audit/kept");
    const touched = await hostState(host());
    const result = await run("read", "--host", "app");
    const full = await run("read", "--host", "app", "--full");
    await site.agentGone();
    expect(differences(touched, await hostState(host()))).toEqual([]);
    expect(await records()).toBe(recorded);
    expect(result.status, result.stderr).toBe(0);
    expect(result.stdout).toMatch(/file:\/srv\/audit\/removed +absent/);
    expect(result.stdout).toMatch(/file:\/srv\/audit\/kept +problem/);
    expect(full.stdout).toContain("port: 4001");
    expect(full.stdout).toContain("token: (not shown)");
    expect(full.stdout + full.stderr).not.toContain("canary");
    await site.remote("rmdir /srv/audit/kept && printf 'kept\\n' > /srv/audit/kept");
    expect(differences(before, await hostState(host()))).toEqual([]);
  });

  it("goes on where one thing is in the way, and is not clean then", async () => {
    await site.remote("rm /srv/audit/kept && mkdir /srv/audit/kept");
    const result = await audit("--exit-code");
    expect(result.status, result.stdout).toBe(1);
    expect(codesOf(result)).toHaveLength(1);
    expect(result.stdout).toContain("Audit: 7 changed outside");
    await site.remote("rmdir /srv/audit/kept && printf 'kept\\n' > /srv/audit/kept");
  });

  describe("with a run that was cut off", () => {
    it("warns of it and leaves it as it is", async () => {
      const pushed = await site.push({ body: SECOND, project: PROJECT, env });
      expect(pushed.status, pushed.stderr).toBe(0);
      // A run that never came to its end: its mark is there, its outcome is not.
      await site.remote(
        `cd ${ROOT} && run=$(ls -t runs | head -1) && touch open/$run && rm runs/$run/outcome.json`,
      );
      const recorded = await records();
      const result = await audit("--json");
      await site.agentGone();
      expect(await records()).toBe(recorded);
      expect(eventsIn(result.stdout).map(({ code }) => code)).toContain("HK4007");
    });
  });
});
