import { afterAll, beforeAll, expect, it } from "vitest";
import { createOperator, type Operator } from "../support/cli.ts";
import { describeHosts } from "./support/requirements.ts";
import { sharedHost } from "./support/shared-host.ts";

/** One run changes a host at a time; whoever comes second is told who is at work, or waits. */

const SLOW = `import { argv, project } from "hostkit";

export default project("test", (p) => {
  p.host("app", { at: "app.example.com" });
  p.unit("slow.service", {
    service: { Type: "oneshot", RemainAfterExit: true, ExecStart: argv("/bin/sh", "-c", "until test -e /run/go; do sleep 0.1; done") },
    active: true,
  });

});
`;

describeHosts("a host that is being changed", () => {
  const host = sharedHost({ name: "lock" });
  let first: Operator;
  let second: Operator;
  beforeAll(() => {
    first = createOperator(host());
    second = createOperator(host());
    first.write("hostkit.config.ts", SLOW);
    second.write(
      "hostkit.config.ts",
      `import { project } from "hostkit";

export default project("test", (p) => {
  p.host("app", { at: "app.example.com" });
  p.file("/srv/second", { content: "x" });
});
`,
    );
  });
  afterAll(() => {
    first[Symbol.dispose]();
    second[Symbol.dispose]();
  });

  it("is refused with who is at work and since when, and waited for when told so", async () => {
    const target = ["push", "--yes", "--ssh", `root@${host().address}`];
    const slow = first.hostkit(target);
    const started =
      "for i in $(seq 200); do systemctl is-active slow.service | grep -q activating && exit 0; sleep 0.1; done; exit 1";
    expect((await host().ssh(started, { timeout: 60_000 })).status).toBe(0);

    const refused = await second.hostkit([...target, "--wait", "0s"]);
    expect(refused.status, refused.stderr).toBe(9);
    expect(refused.stderr).toContain("HK4003");
    expect(refused.stderr.replaceAll(/\s+/g, " ")).toMatch(
      /The run \d{8}T\d{6}-[0-9a-f]{6} of root from [\d.]+, at work since 20\d\d-\d\d-\d\dT/,
    );
    expect((await host().ssh("test -e /srv/second")).status).toBe(1);

    const waiting = second.hostkit([...target, "--wait", "1m"]);
    await host().ssh("touch /run/go");
    expect((await slow).status).toBe(0);
    expect((await waiting).status).toBe(0);
    expect((await host().ssh("cat /srv/second")).stdout).toBe("x");
  });

  it("is not contacted for a wait that is none", async () => {
    const result = await second.hostkit(["push", "--yes", "--host", "app", "--wait", "soon"]);
    expect(result.status).toBe(64);
    expect(result.stderr).toContain("--wait takes a duration");
  });
});
