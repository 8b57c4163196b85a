import { expect, it } from "vitest";
import { describeHosts } from "./support/requirements.ts";
import { sharedHost } from "./support/shared-host.ts";
import { codesOf, messageOf, sharedSite } from "./support/site.ts";

/** A part of a declaration is pushed to a machine, and the rest of it later. */

const body = (text: string, gone = `p.file("/srv/selection/gone", { content: "gone\\n" });`) => `
  p.file("/srv/selection/other", { content: ${JSON.stringify(text)} });
  ${gone}
  p.service("picked", (s) => {
    s.account({ system: true });
    const data = s.storage("data");
    const conf = s.ini("picked.ini", { main: { text: ${JSON.stringify(text.trim())} } });
    s.daemon({ exec: argv("/usr/bin/sleep", "infinity"), inputs: [conf] });
  });
`;

const UNIT = "picked.service";
const CONF = "/etc/picked/picked.ini";

describeHosts("a part of a declaration", () => {
  const host = sharedHost({ name: "selection" });
  const { push, remote, hostkit, isAsDeclared, plan } = sharedSite(host);
  const project = "selection";
  const started = async () =>
    (await remote(`systemctl show -p ExecMainStartTimestampMonotonic ${UNIT}`)).trim();

  it("is pushed with what it relies on, nothing twice, and the rest is pushed later", async () => {
    const part = ["--service", "picked"];
    const first = await push({ project, body: body("one\n"), flags: part });
    expect(first.status, first.stderr).toBe(0);
    expect(first.stdout).toContain("Only the service picked and what it needs: ");
    expect(await remote(`systemctl is-active ${UNIT}; ls /srv`)).toBe("active\n");
    const ledger = await remote("cat /var/lib/hostkit/ledger.json");
    const second = await push({ project, body: body("one\n"), flags: part });
    expect(second.stdout).toContain("No changes. app is as declared, as far as it is selected");
    expect(await remote("cat /var/lib/hostkit/ledger.json")).toBe(ledger);
    const whole = await push({ project, body: body("one\n") });
    expect(whole.stdout).toContain("Plan: 2 to create, 0 to change, 0 to remove");
    await isAsDeclared();
  });

  it("removes nothing, and what reads a file of it restarts with the whole", async () => {
    await push({ project, body: body("one\n") });
    const before = await started();
    const only = ["--only", `file:${CONF}`];
    const pushed = await push({ project, body: body("two\n", ""), flags: only });
    expect(pushed.status, pushed.stderr).toBe(0);
    expect(messageOf(pushed)).toContain("warning[config HK1090]");
    expect(messageOf(pushed)).toContain(`unit:${UNIT} reads file:${CONF}`);
    expect(await remote(`grep text ${CONF}; cat /srv/selection/*`)).toMatch(
      /^text ?= ?two\ngone\none\n$/,
    );
    expect(await started()).toBe(before);
    const again = await hostkit("plan", "--host", "app", "--exit-code", ...only);
    expect([again.status, again.stdout]).toEqual([0, expect.stringContaining("No changes.")]);

    const audited = await hostkit("audit", "--host", "app", "--exit-code", ...only);
    expect([audited.status, audited.stdout]).toEqual([0, expect.stringContaining("No drift")]);

    const whole = await plan({ project, body: body("two\n", "") });
    expect(whole.stdout).toContain("- file:/srv/selection/gone (not declared)");
    expect(whole.stdout).toContain(`! unit:${UNIT} (restart, inputs changed)`);
    expect((await push({ project, body: body("two\n", "") })).status).toBe(0);
    expect(await started()).not.toBe(before);
    await isAsDeclared();
  });

  it("leaves out what it is to leave out, and what relies on that", async () => {
    const except = ["--except", `file:${CONF}`];
    const pushed = await push({ project, body: body("three\n", ""), flags: except });
    expect(pushed.stdout).toContain(`Left out as well: unit:${UNIT}`);
    expect(await remote(`cat /srv/selection/other; grep text ${CONF}`)).toMatch(/^three\n.*two\n$/);
    expect((await push({ project, body: body("three\n", "") })).status).toBe(0);
    await isAsDeclared();
  });

  it("is refused where it is a typing error, and nothing happens", async () => {
    const refused = await hostkit("push", "--host", "app", "--yes", "--only", "file:/etc/pickd");
    expect(codesOf(refused)).toEqual(["HK5065"]);
    expect(refused.status).toBe(64);
    expect(refused.stdout).toBe("");
  });
});
