import { expect, it } from "vitest";
import { describeHosts } from "./support/requirements.ts";
import { sharedHost } from "./support/shared-host.ts";
import { codesOf, messageOf, sharedSite } from "./support/site.ts";

/** Documents of every format on a real host: changed key by key, all else left as it was written. */

/** What is there, what is declared, what is there then; `merged`: when only the declared keys are managed. */
const FORMATS = {
  ini: {
    before: "; ours\nNAME = api\n\n[server]\n# keep me\nPORT = 3000\nOLD = 1\n",
    data: '{ NAME: "api", server: { PORT: 4000, HOST: "::1" } }',
    after: "; ours\nNAME = api\n\n[server]\n# keep me\nPORT = 4000\nHOST = ::1\n",
    merged: "; ours\nNAME = api\n\n[server]\n# keep me\nPORT = 4000\nOLD = 1\nHOST = ::1\n",
    shows: ["~ server.PORT: 3000 -> 4000", "+ server.HOST: ::1"],
  },
  yaml: {
    before: "# ours\nname: api\nserver:\n  port: 3000 # keep me\n  old: 1\n",
    data: '{ name: "api", server: { port: 4000, on: "on" } }',
    after: "# ours\nname: api\nserver:\n  port: 4000 # keep me\n",
    merged: "# ours\nname: api\nserver:\n  port: 4000 # keep me\n  old: 1\n",
    shows: ["~ server.port: 3000 -> 4000", "+ server.on: on"],
  },
  toml: {
    before: '# ours\nname = "api"\n\n[server]\nport = 3000 # keep me\nold = 1979-05-27\n',
    data: '{ name: "api", server: { port: 4000 } }',
    after: '# ours\nname = "api"\n\n[server]\nport = 4000 # keep me\n',
    merged: '# ours\nname = "api"\n\n[server]\nport = 4000 # keep me\nold = 1979-05-27\n',
    shows: ["~ server.port: 3000 -> 4000"],
  },
  json: {
    before: '{\n    "name": "api",\n    "server": { "port": 3000, "old": 1e400 }\n}\n',
    data: '{ name: "api", server: { port: 4000 } }',
    after: '{\n    "name": "api",\n    "server": { "port": 4000 }\n}\n',
    merged: '{\n    "name": "api",\n    "server": { "port": 4000, "old": 1e400 }\n}\n',
    shows: ["~ server.port: 3000 -> 4000"],
  },
  dotenv: {
    before: "# ours\nexport NAME=api\nPORT='3000'\nOLD=1\n",
    data: '{ NAME: "api", PORT: 4000, QUOTE: "it\'s $5" }',
    after: '# ours\nexport NAME=api\nPORT=4000\nQUOTE="it\'s $5"\n',
    merged: '# ours\nexport NAME=api\nPORT=4000\nOLD=1\nQUOTE="it\'s $5"\n',
    shows: ["~ PORT: 3000 -> 4000", "+ QUOTE: it's $5"],
  },
} as const;

describeHosts("structured files", () => {
  const host = sharedHost({ name: "structured" });
  const { push, plan, remote, isAsDeclared, hostkit } = sharedSite(host);
  const put = (path: string, text: string) => remote(`mkdir -p /etc/docs && cat >${path}`, text);

  for (const [format, { before, data, after, merged, shows }] of Object.entries(FORMATS)) {
    it(`${format}: what differs is changed in place, and what is not declared goes`, async () => {
      const path = `/etc/docs/whole.${format}`;
      await put(path, before);
      const body = `p.${format}("${path}", ${data});`;
      const { stdout } = await plan({ body });
      for (const line of shows) expect(stdout).toContain(line);
      const pushed = await push({ body });
      expect(pushed.status, pushed.stderr).toBe(0);
      const now = await remote(`cat ${path}`);
      for (const line of after.split("\n")) expect(now).toContain(line);
      expect(now).not.toMatch(/old/i);
      await isAsDeclared();
      // Nothing of it is anybody's business but what it says.
      await put(path, `${now}\n`);
      await isAsDeclared();
    });

    it(`${format}: merged into what others manage, and put back by a rollback`, async () => {
      const path = `/etc/docs/merged.${format}`;
      await put(path, before);
      const body = `p.${format}("${path}", ${data}, { merge: true, mode: 0o600 });`;
      const pushed = await push({ body });
      expect(pushed.status, pushed.stderr).toBe(0);
      const now = await remote(`cat ${path}`);
      for (const line of merged.split("\n")) expect(now).toContain(line);
      expect(await remote(`stat -c %a ${path}`)).toBe("600\n");
      await isAsDeclared();
      expect((await hostkit("rollback", "--host", "app", "--yes")).status).toBe(0);
      expect(await remote(`cat ${path}`)).toBe(before);
    });
  }

  it("YAML that can't be read is replaced with a warning, and comes back with a rollback", async () => {
    const path = "/etc/docs/broken.yaml";
    const broken = "a: [1,\n\tb: }\n";
    await put(path, broken);
    const body = `p.yaml("${path}", { a: 1 });`;
    const planned = await plan({ body });
    expect(messageOf(planned)).toContain("HK4103");
    expect(planned.stdout).toContain("no yaml document");
    expect((await push({ body })).status).toBe(0);
    expect(await remote(`cat ${path}`)).toBe("a: 1\n");
    await isAsDeclared();
    expect((await hostkit("rollback", "--host", "app", "--yes")).status).toBe(0);
    expect(await remote(`cat ${path}`)).toBe(broken);
    const merging = await push({ body: `p.yaml("${path}", { a: 1 }, { merge: true });` });
    expect(codesOf(merging)).toEqual(["HK4102"]);
    expect(await remote(`cat ${path}`)).toBe(broken);
  });

  it.each([
    ['p.ini("/etc/x.ini", { a: { b: { c: 1 } } });', "HK1044"],
    ['p.ini("/etc/x.ini", { a: "two\\nlines" });', "HK1044"],
    ['p.dotenv("/etc/x.env", { "not a name": 1 });', "HK1044"],
    ['p.dotenv("/etc/x.env", { A: { b: 1 } });', "HK1044"],
    ['p.toml("/etc/x.toml", { a: null });', "HK1044"],
    ['p.yaml("/etc/x.yaml", { a: new Date(0) });', "HK1044"],
  ])("what a format can't hold is refused before anybody is contacted: %s", async (body, code) => {
    const refused = await push({ body });
    expect(codesOf(refused)).toEqual([code]);
    expect(refused.status).toBe(3);
    expect(refused.stderr).toContain("hostkit.config.ts:");
  });

  it("a secret that a format can't hold is refused before anybody is contacted", async () => {
    const body = 'p.ini("/etc/x.ini", { a: secret.env("TWO_LINES") });';
    const refused = await push({ body, env: { TWO_LINES: "one-canary\ntwo" } });
    expect(codesOf(refused)).toEqual(["HK1048"]);
    expect(refused.stderr).not.toContain("canary");
    expect(refused.stderr).not.toContain("connecting");
  });
});
