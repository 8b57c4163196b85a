import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import type { Artifact } from "../../shared/artifact.ts";
import { createScratch, type Scratch } from "../client/transport/scratch.ts";
import { keygenSigns, newKey, type TestKey } from "../shared/signature/support.ts";
import { describeHosts } from "./support/requirements.ts";
import { sharedHost } from "./support/shared-host.ts";
import { codesOf, messageOf, sharedSite } from "./support/site.ts";

/** A host that says in a file of its own what may be done to it. */

const POLICY = "/etc/hostkit/policy.json";
const LIST = "/etc/hostkit/allowed_signers";
const ROOT = "/var/lib/hostkit";

describeHosts("a host with a policy", () => {
  const host = sharedHost({ name: "policy" });
  const site = sharedSite(host);
  let scratch: Scratch;
  beforeAll(() => {
    scratch = createScratch();
  });
  afterAll(() => scratch[Symbol.dispose]());
  let made: Record<"alice" | "bob" | "eve", TestKey> | undefined;
  const keys = () =>
    (made ??= {
      alice: newKey(scratch.path),
      bob: newKey(scratch.path, "ecdsa", 384),
      eve: newKey(scratch.path),
    });

  const put = (path: string, text: string) =>
    site.remote(`mkdir -p /etc/hostkit && cat > ${path} && chmod 644 ${path}`, text);
  const setPolicy = (policy: unknown) =>
    put(POLICY, JSON.stringify({ version: 1, ...(policy as object) }));
  const demand = async (minimum = 1) => {
    const { alice, bob } = keys();
    await put(LIST, `# who may\nalice ${alice.publicKey}\nbob ${bob.publicKey}\n`);
    await setPolicy({ signatures: { allowedSigners: LIST, minimum } });
  };
  beforeEach(() => site.remote("rm -rf /etc/hostkit"));

  /** A push that is refused with one code, and leaves the host as it was. */
  const refuses = async (code: string, body?: string) => {
    const what = body === undefined ? {} : { body };
    const plan = await site.plan(what);
    expect(plan.status, plan.stderr).toBe(2);
    expect(plan.stderr).toContain(`warning[host ${code}]`);
    const changed = await site.watchDisk();
    const result = await site.push(what);
    expect(result.status, result.stdout + result.stderr).toBe(6);
    expect(codesOf(result)).toEqual([code]);
    expect((await changed()).filter((path) => !path.startsWith(`${ROOT}/agents/`))).toEqual([]);
    expect(await site.unfinished()).toBe("");
    return messageOf(result);
  };

  it("that demands signatures refuses a push, and lets what was pushed before be taken back", async () => {
    await site.push({ body: `p.file("/srv/before", { content: "x" });` });
    await demand();
    const said = await refuses("HK4113");
    expect(said).toContain("`hostkit plan --out plan.json --sign KEYFILE`");
    const undone = await site.hostkit("rollback", "--host", "app", "--yes");
    expect(undone.status, undone.stderr).toBe(0);
    expect(await site.remote("ls /srv")).toBe("");
  });

  it("applies a plan file that its signers signed with ssh-keygen, and no other", async () => {
    await demand(2);
    const by = site.operator();
    const planned = await site.plan({
      body: `p.directory("/srv/signed");`,
      flags: ["--out", "plan.json"],
    });
    expect(planned.status, planned.stderr).toBe(2);
    const file = JSON.parse(readFileSync(join(by.home, "plan.json"), "utf8")) as Artifact;
    const apply = (...signers: TestKey[]) => {
      const text = `${file.digest}\n`;
      const signatures = signers.map(({ path }) => keygenSigns(path, { text }));
      by.write("signed.json", JSON.stringify({ ...file, signatures }));
      return by.hostkit(["apply", "signed.json", "--yes"]);
    };
    const { alice, bob, eve } = keys();
    for (const signers of [[], [alice], [alice, alice], [alice, eve]]) {
      const refused = await apply(...signers);
      expect(refused.status, refused.stderr).toBe(6);
      expect(codesOf(refused)).toEqual(["HK4114"]);
      expect(refused.stderr).toContain("warning[host HK4114]");
      expect(await site.remote("ls /srv")).toBe("");
    }
    const byHand = await apply(alice, bob);
    expect(byHand.status, byHand.stderr).toBe(0);
    expect(byHand.stderr).not.toContain("HK41");
    expect(await site.remote("ls /srv")).toBe("signed\n");
  });

  it("applies a plan file that HostKit signed, by one person and then another", async () => {
    await demand(2);
    const { alice, bob } = keys();
    const body = `p.directory("/srv/by-hostkit");`;
    const flags = ["--out", "plan.json", "--sign", alice.path];
    const planned = await site.plan({ body, flags });
    expect(planned.status, planned.stderr).toBe(2);
    const early = await site.hostkit("apply", "plan.json", "--yes");
    expect(codesOf(early)).toEqual(["HK4114"]);
    expect(messageOf(early)).toContain(`alice signed it (${alice.fingerprint})`);
    const signed = await site.hostkit("sign", "plan.json", "--sign", bob.path);
    expect(signed.status, signed.stderr).toBe(0);
    const applied = await site.hostkit("apply", "plan.json", "--yes");
    expect(applied.status, applied.stderr).toBe(0);
    expect(await site.remote("ls -d /srv/by-hostkit")).toBe("/srv/by-hostkit\n");
  });

  it("that refuses a kind or an action refuses a plan with it, and takes another", async () => {
    await setPolicy({ refuse: { kinds: ["account"], actions: ["delete"] } });
    const said = await refuses(
      "HK4115",
      `p.account("deploy", {}); p.file("/srv/x", { content: "x" });`,
    );
    expect(said).toContain("account:deploy (create)");
    const pushed = await site.push({ body: `p.file("/srv/x", { content: "x" });` });
    expect(pushed.status, pushed.stderr).toBe(0);
    expect(await refuses("HK4115", `p.directory("/srv/y");`)).toContain("file:/srv/x (delete)");
  });

  it.each([
    ["can be written by others", "HK4110", `chmod 666 ${POLICY}`, /its mode is 0666/],
    ["is another's", "HK4110", `chown daemon ${POLICY}`, /not to root/],
    [
      "is in a directory of another",
      "HK4110",
      "chown daemon /etc/hostkit",
      /^.*\/etc\/hostkit belongs to/,
    ],
    ["is broken", "HK4111", `truncate -s -1 ${POLICY}`, /is not whole JSON/],
    ["has a word that is not known", "HK4111", `sed -i s/refuse/refuses/ ${POLICY}`, /"refuses"/],
    ["is of a later version", "HK4112", `sed -i s/:1/:2/ ${POLICY}`, /its version is 2/],
    [
      "names no list that is there",
      "HK4116",
      `sed -i 's/"refuse".*/"signatures":{"allowedSigners":"\\/nowhere"}}/' ${POLICY}`,
      /\/nowhere does not exist/,
    ],
  ])("whose file %s refuses every push", async (_how, code, spoil, says) => {
    await setPolicy({ refuse: { kinds: ["account"] } });
    await site.remote(spoil);
    expect(await refuses(code)).toMatch(says);
  });
});
