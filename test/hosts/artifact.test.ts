import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { canonical } from "../../shared/canonical.ts";
import { type Artifact, artifactForDigest, foldPlan, unfoldPlan } from "../../shared/artifact.ts";
import { sha256 } from "../../client/sha256.ts";
import { describeHosts } from "./support/requirements.ts";
import { sharedHost } from "./support/shared-host.ts";
import { codesOf, messageOf, sharedSite } from "./support/site.ts";

/** A plan that is saved, carried about, and applied by somebody who has nothing but the file. */

const SECRET = "saved-canary-77c1";

const body = (text: string) => `
  p.service("saved", (s) => {
    s.account({ system: true });
    const runtime = s.env("runtime", { TOKEN: secret.env("TOKEN"), PORT: 4000 });
    p.file("/srv/saved/big", { content: ${JSON.stringify("0123456789abcdef".repeat(10_000))} });
    p.file("/srv/saved/text", { content: ${JSON.stringify(text)} });
    s.daemon({ exec: ["/bin/sh", "-c", "exec sleep infinity"], env: [runtime] });
  });
`;

describeHosts("a saved plan", () => {
  const host = sharedHost({ name: "artifact" });
  const site = sharedSite(host);
  const env = { TOKEN: SECRET };
  const what = (text = "hello\n") => ({ project: "saved", body: body(text), env });

  /** Plans and saves; gives what the file holds. */
  const save = async (text: string, file = "plan.json") => {
    const planned = await site.plan({ ...what(text), flags: ["--out", file] });
    expect(planned).toMatchObject({ status: 2 });
    return readFileSync(join(site.operator().home, file), "utf8");
  };
  /** Somebody with a login and no declaration. */
  const elsewhere = (file: string) => {
    const other = site.newOperator();
    other.write("plan.json", file);
    return other;
  };
  const apply = (by: ReturnType<typeof elsewhere>, ...flags: string[]) =>
    by.hostkit(["apply", "plan.json", "--yes", ...flags], { env });

  it("is applied exactly, without the declaration, once; and a push finds nothing left to do", async () => {
    const changed = await site.watchDisk();
    const file = await save("hello\n");
    expect(file).not.toContain(SECRET);
    // The agent came there, and nothing else.
    expect((await changed()).filter((path) => !path.startsWith("/var/lib/hostkit"))).toEqual([]);

    const other = elsewhere(file);
    const shown = await other.hostkit(["show", "plan.json"]);
    expect(shown).toMatchObject({ status: 0, stderr: "" });
    expect(shown.stdout).toContain("takes from where it is applied: env:TOKEN");
    expect(shown.stdout).toMatch(/^Plan: 5 to create/m);

    const missing = await other.hostkit(["apply", "plan.json", "--yes"]);
    expect(codesOf(missing)).toEqual(["HK1045"]);
    expect(missing.status).toBe(3);

    const dry = await apply(other, "--dry-run");
    expect(dry).toMatchObject({ status: 0 });
    expect(await site.remote("ls /srv")).not.toContain("saved");

    const applied = await apply(other);
    expect(applied.stdout).toMatch(/^Applied 5 changes/m);
    expect(applied.status).toBe(0);
    expect(await site.remote("cat /srv/saved/text; stat -c %s /srv/saved/big")).toBe(
      "hello\n160000\n",
    );
    expect(await site.remote("systemctl is-active saved")).toBe("active\n");
    expect((await site.plan(what())).stdout).toMatch(/^No changes\./m);

    const twice = await apply(other);
    expect(codesOf(twice)).toEqual(["HK3047"]);
    expect(twice.status).toBe(6);
  });

  it("is refused with what moved when the host is another by then, and leaves it alone", async () => {
    const file = await save("one\n");
    const other = elsewhere(file);
    await site.remote("echo theirs > /srv/saved/text");
    const changed = await site.watchDisk();
    const stale = await apply(other);
    expect(stale.status).toBe(5);
    expect(stale.stdout).toContain("-theirs");
    expect(stale.stdout).toContain("+one");
    expect(await changed()).toEqual([]);
    await site.remote("echo hello > /srv/saved/text");
    // As it was when it was reviewed.
    expect((await apply(other)).status).toBe(0);
  });

  it("is stale when another one, made at the same time, came first", async () => {
    const one = elsewhere(await save("two\n"));
    const two = elsewhere(await save("three\n"));
    expect((await apply(one)).status).toBe(0);
    const second = await apply(two);
    expect(second.status).toBe(5);
    expect(second.stdout).toContain("-two");
    expect(await site.remote("cat /srv/saved/text")).toBe("two\n");
  });

  it("is refused when it was edited, cut off, or made for another machine", async () => {
    const file = await save("four\n");
    const value = JSON.parse(file) as Artifact;
    const changed = await site.watchDisk();
    const edited = await apply(elsewhere(file.replace("/srv/saved/text", "/srv/saved/other")));
    expect([edited.status, ...codesOf(edited)]).toEqual([6, "HK3042"]);
    const cut = await apply(elsewhere(file.slice(0, file.length / 2)));
    expect([cut.status, ...codesOf(cut)]).toEqual([1, "HK5080"]);
    expect(messageOf(cut)).toContain("as if it had been cut off");
    // Somebody who can make digests, but is no other machine.
    const { digest: _old, ...plan } = unfoldPlan(value.plan, value.manifest)!;
    const body = { ...plan, host: { machineId: "f".repeat(32) } };
    const elsewherePlan = { ...body, digest: sha256(canonical(body)) };
    const forged = { ...value, plan: foldPlan(elsewherePlan, value.manifest) };
    const whole = { ...forged, digest: sha256(artifactForDigest(forged)) };
    const other = await apply(elsewhere(JSON.stringify(whole)));
    expect([other.status, ...codesOf(other)]).toEqual([6, "HK3045"]);
    expect(await changed()).toEqual([]);
  });

  it("is of one declaration: another project or host of it is refused before contact", async () => {
    await save("six\n");
    const by = site.operator();
    await site.plan({ ...what("six\n"), project: "another" });
    const refused = await by.hostkit(["apply", "plan.json", "--yes", "--host", "app"], { env });
    expect([refused.status, ...codesOf(refused)]).toEqual([6, "HK5082"]);
    expect(messageOf(refused)).toContain("Nothing was contacted");
  });

  it("does not run commands here for a file from somewhere else", async () => {
    const command = `p.file("/srv/commanded", { content: text\`\${secret.command(["touch", "ran"])}\` });`;
    const planned = await site.plan({
      project: "commanded",
      body: command.replace('["touch", "ran"]', '["sh", "-c", "touch ran; echo x"]'),
      flags: ["--out", "command.json"],
    });
    expect(planned.status).toBe(2);
    const by = site.operator();
    rmSync(join(by.home, "ran"));
    const refused = await by.hostkit(["apply", "command.json", "--yes"]);
    expect([refused.status, ...codesOf(refused)]).toEqual([6, "HK5085"]);
    expect(() => readFileSync(join(by.home, "ran"))).toThrow(/ENOENT/);
    const allowed = await by.hostkit(["apply", "command.json", "--yes", "--allow-commands"]);
    expect(allowed.status).toBe(0);
    expect(await site.remote("cat /srv/commanded")).toBe("x");
  });

  it("never takes the place of another file", async () => {
    const by = site.operator();
    by.write("notes.txt", "mine\n");
    const refused = await site.plan({ ...what("seven\n"), flags: ["--out", "notes.txt"] });
    expect(codesOf(refused)).toEqual(["HK5081"]);
    expect(refused.status).toBe(1);
    expect(readFileSync(join(by.home, "notes.txt"), "utf8")).toBe("mine\n");
  });
});
