import { execFileSync } from "node:child_process";
import { resolve } from "node:path";
import { expect, it } from "vitest";
import { describeHosts } from "./support/requirements.ts";
import { sharedHost } from "./support/shared-host.ts";
import { sharedSite } from "./support/site.ts";

/** What is rendered without a host is, byte for byte, what a push writes on one. */

/** Quoted by every format as what stands in its place. */
const SECRET = "(sesame 7)";
const MASK = "(not shown)";
const KEY =
  "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIE9kMTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3 ann@laptop";

const DATA = `{ NAME: "api", TOKEN: secret.env("RENDER_TOKEN"), TEXT: "it's 100% # so" }`;
const NESTED = `{ name: "api", list: [1, "two"], server: { port: 4000, token: secret.env("RENDER_TOKEN"), on: "on" } }`;
const SECTIONS = `{ NAME: "api", server: { PORT: 4000, TOKEN: secret.env("RENDER_TOKEN") } }`;

const BODY = `
  p.file("/srv/render/plain", { content: "\\ufeffline\\r\\nno end" });
  p.file("/srv/render/binary", { content: fromFile("binary") });
  p.file("/srv/render/empty", { content: "" });
  p.file("/srv/render/template", { content: text\`a=\${secret.env("RENDER_TOKEN")};b=\${secret.env("RENDER_TOKEN")}\` });
  p.dotenv("/srv/render/doc.env", ${DATA});
  p.ini("/srv/render/doc.ini", ${SECTIONS});
  p.yaml("/srv/render/doc.yaml", ${NESTED});
  p.toml("/srv/render/doc.toml", ${NESTED});
  p.json("/srv/render/doc.json", ${NESTED});
  p.json("/srv/render/redacted.json", { a: 1, theirs: redacted });
  p.symlink("/srv/render/link", { to: "plain" });
  p.account("render", { home: "/srv/render-home", authorizedKeys: ["${KEY}"] });
  p.service("render", (s) => {
    s.daemon({ exec: argv("/usr/bin/sleep", "infinity"), isolate: { memoryMax: "64M" } });
  });
`;

/** What is rendered, and where a push puts it. */
const PLACES: Readonly<Record<string, string>> = {
  "file:/srv/render/plain": "/srv/render/plain",
  "file:/srv/render/binary": "/srv/render/binary",
  "file:/srv/render/empty": "/srv/render/empty",
  "file:/srv/render/template": "/srv/render/template",
  "file:/srv/render/doc.env": "/srv/render/doc.env",
  "file:/srv/render/doc.ini": "/srv/render/doc.ini",
  "file:/srv/render/doc.yaml": "/srv/render/doc.yaml",
  "file:/srv/render/doc.toml": "/srv/render/doc.toml",
  "file:/srv/render/doc.json": "/srv/render/doc.json",
  "file:/srv/render/redacted.json": "/srv/render/redacted.json",
  "account:render": "/srv/render-home/.ssh/authorized_keys",
  "unit:render.service": "/etc/systemd/system/render.service",
};

const MASKED = /template|doc\./;

describeHosts("hostkit render", () => {
  const host = sharedHost({ name: "render" });
  const { push, remote, operator, hostkit } = sharedSite(host);
  const render = (id: string): Buffer =>
    execFileSync(process.execPath, [resolve("dist/client/hostkit.js"), "render", id], {
      cwd: operator().home,
      env: { PATH: process.env["PATH"], HOME: operator().home },
      stdio: ["ignore", "pipe", "ignore"],
    });

  it("prints what a push writes, but for the values of secrets", async () => {
    const binary = Buffer.from([0, 255, 254, 10, 13, 0x1b, 200]);
    operator().write("binary", binary);
    const env = { RENDER_TOKEN: SECRET };
    const pushed = await push({ body: BODY, env });
    expect(pushed.status, pushed.stderr).toBe(0);
    for (const [id, path] of Object.entries(PLACES)) {
      const written = Buffer.from(await remote(`base64 ${path}`), "base64");
      const rendered = render(id);
      expect(written.includes(SECRET), id).toBe(MASKED.test(id));
      expect(rendered.includes(SECRET), id).toBe(false);
      const expected = MASKED.test(id)
        ? Buffer.from(written.toString("utf8").replaceAll(SECRET, MASK))
        : written;
      expect(rendered.toString("latin1"), id).toBe(expected.toString("latin1"));
    }
    expect(render("symlink:/srv/render/link").toString()).toBe(
      await remote("readlink -n /srv/render/link"),
    );
    expect(render("file:/srv/render/binary")).toEqual(binary);
  });

  it("refuses an unknown id, and says what was meant", async () => {
    const refused = await hostkit("render", "file:/srv/render/plian");
    expect([refused.status, refused.stdout]).toEqual([64, ""]);
    expect(refused.stderr).toContain("file:/srv/render/plain");
  });
});
