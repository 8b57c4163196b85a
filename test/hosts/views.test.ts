import { expect, it } from "vitest";
import { checkedEvents } from "../client/view/checked-events.ts";
import { readDot } from "../client/view/graph/read-dot.ts";
import { readMarkdown } from "../client/view/markdown/read-markdown.ts";
import { describeHosts } from "./support/requirements.ts";
import { sharedHost } from "./support/shared-host.ts";
import { sharedSite } from "./support/site.ts";

/** One plan of a real host in every form there is: each tells of the same changes, and none of a secret. */

const SECRET = "canary-4f1d";
const body = (port: number) => `
  p.file("/srv/views/naïve ± …", { content: "naïve ± …\\n" });
  p.service("shown", (s) => {
    s.account({ system: true });
    const env = s.env("runtime", { TOKEN: secret.env("VIEWS_TOKEN"), PORT: ${port} });
    s.daemon({ exec: argv("/usr/bin/sleep", "infinity"), env: [env] });
  });
`;

const ENV_FILE = "file:/etc/shown/runtime.env";
const UNIT = "unit:shown.service";

describeHosts("views of a plan", () => {
  const host = sharedHost({ name: "views" });
  const { push, operator } = sharedSite(host);
  const hostkit = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
    operator().hostkit(args, { env: { VIEWS_TOKEN: SECRET, ...env } });
  const shown = async (flags: readonly string[], env: Readonly<Record<string, string>> = {}) => {
    const { status, stdout, stderr } = await hostkit(["plan", "--host", "app", ...flags], env);
    expect(status, stderr).toBe(0);
    expect(stdout + stderr).not.toContain(SECRET);
    return stdout;
  };

  it("all tell of the same changes, and none of a secret", async () => {
    const first = await push({
      project: "views",
      body: body(3000).replace(/.*naïve.*/, ""),
      env: { VIEWS_TOKEN: "another" },
    });
    expect(first.status, first.stderr).toBe(0);
    operator().write(
      "hostkit.config.ts",
      `import { argv, project, secret } from "hostkit";
export default project("views", (p) => {
  p.host("app", { at: ${JSON.stringify(host().address)}, ssh: { user: "root" } });
  ${body(4000)}
});
`,
    );

    const counts = "Plan: 1 to create, 1 to change, 0 to remove, 1 restarts, 0 unknown.";
    const plain = await shown([]);
    expect(plain).toContain("TOKEN: changed, not shown");
    expect(plain.trimEnd().split("\n").at(-1)).toBe(counts);

    const brief = (await shown(["--quiet"])).trimEnd().split("\n");
    expect(brief).toEqual([
      expect.stringContaining("app ("),
      "  + file:/srv/views/naïve ± … (missing)",
      `  ~ ${ENV_FILE} (content changed)`,
      `  ! ${UNIT} (restart, inputs changed)`,
      counts,
    ]);

    const full = await shown(["--full"]);
    expect(full).toContain(`after ${ENV_FILE} (`);
    expect(full).toMatch(/^ {6}fingerprint [0-9a-f]{64}$/m);
    expect(full).toMatch(/content: 14 B \(sha256 [0-9a-f]{64}\)\n {6}\+naïve ± …/);

    const ascii = await shown([], { LC_ALL: "C" });
    // oxlint-disable-next-line no-control-regex
    expect(ascii).not.toMatch(/[^\u0000-\u007f]/);
    expect(ascii).toContain(String.raw`+na\u00efve \u00b1 \u2026`);

    const graph = await shown(["--graph"]);
    expect(graph).toContain(`  ! ${UNIT} (restart, inputs changed)\n      after ${ENV_FILE} (`);
    const dot = readDot(await shown(["--graph", "--format", "dot"]));
    expect([...dot.nodes.values()]).toContain(`! ${UNIT} (restart, inputs changed)`);
    expect(dot.edges).toHaveLength(1);

    const { prose, code, blocks } = readMarkdown(await shown(["--format", "markdown"]));
    expect(prose).toContain(counts);
    expect(code).toContain(`~ ${ENV_FILE}`);
    expect(blocks.join("\n")).toContain("~ PORT: 3000 -> 4000");

    const events = checkedEvents(await shown(["--json"]));
    const event = events.find((each) => each["event"] === "plan");
    expect(events.at(-1)).toMatchObject({ event: "summary", exitCode: 0 });
    const { event: _name, ...told } = event!;
    const json = JSON.parse(await shown(["--format", "json"])) as Record<string, unknown>;
    expect(json).toEqual({ ...told, diagnostics: [] });
    const drawn = JSON.parse(await shown(["--graph", "--format", "json"])) as object;
    expect(drawn).toMatchObject({ host: "app", edges: (json["plan"] as { edges: [] }).edges });

    const saved = await hostkit(["plan", "--host", "app", "--out", "plan.json"]);
    expect(saved.status, saved.stderr).toBe(0);
    const comment = await hostkit(["show", "plan.json", "--format", "markdown"]);
    expect(readMarkdown(comment.stdout).blocks[0]).toContain("plan.json: plan of app");

    const pushed = await hostkit(["push", "--host", "app", "--yes", "--json"]);
    expect(pushed.status, pushed.stdout).toBe(0);
    expect(pushed.stderr).toBe("");
    expect(pushed.stdout).not.toContain(SECRET);
    expect(checkedEvents(pushed.stdout).map((each) => each["event"])).toEqual(
      expect.arrayContaining(["phase", "plan", "step", "outcome", "summary"]),
    );
  });
});
