import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { run } from "../../../client/cli/run.ts";
import { loadProject } from "../../../client/compile/load.ts";
import { createFakeWorld, type FakeWorldOptions } from "../cli/fake-world.ts";
import { temporaryFiles } from "../compile/temporary-declaration.ts";

const BINARY = Uint8Array.from([0, 255, 254, 10, 0x1b]);
const BOM = "\ufeffwith a mark\r\nand no end";
const KEY =
  "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIE9kMTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3 ann@laptop";

const DECLARATION = `import { argv, dotenv, fromFile, project, redacted, secret, text, yaml } from "hostkit";
export default project("test", (p) => {
  p.host("app", { at: "app" }, (h) => void h.file("/etc/name", { content: "app" }));
  p.host("db", { at: "db" }, (h) => {
    h.file("/etc/name", { content: "db" });
    h.file("/etc/db", { content: "only db\\n" });
  });
  p.file("/etc/plain", { content: fromFile("plain.txt") });
  p.file("/srv/binary", { content: fromFile("binary") });
  p.file("/etc/template", { content: text\`token=\${secret.env("NOWHERE")};\` });
  p.file("/etc/escape", { content: "a\\u001b[2Jb" });
  p.yaml("/etc/doc.yaml", { a: [1, "two"], token: secret.env("NOWHERE"), theirs: redacted });
  p.json("/etc/merged.json", { a: 1 }, { merge: true });
  p.symlink("/srv/current", { to: "releases/7" });
  p.account("ann", { authorizedKeys: ["${KEY}"] });
  p.account("bob", { uid: 2000 });
  p.unit("x.service", { content: "[Service]\\nExecStart=/bin/true" });
  p.unit("ssh.service", { enabled: true });
});
`;

async function render(line: string, options: FakeWorldOptions = {}) {
  const cwd = temporaryFiles({
    "hostkit.config.ts": DECLARATION,
    "plain.txt": BOM,
    binary: BINARY,
  });
  const world = createFakeWorld({ cwd, ...options });
  const code = await run(["render", ...line.split(" ")], world, {
    loadProject,
    connectTarget: () => Promise.reject(new Error("a host was contacted")),
    surroundings: () => Promise.reject(new Error("somebody was asked about this machine")),
  });
  return { code, world, stdout: world.stdout(), stderr: world.stderr().replaceAll(/\s+/g, " ") };
}

describe("stdout is the content, byte for byte", () => {
  it.each([
    ["file:/etc/plain", BOM],
    ["file:/etc/db", "only db\n"],
    ["file:/etc/escape", "a\u001b[2Jb"],
    ["file:/etc/merged.json", '{\n  "a": 1\n}\n'],
    ["unit:x.service", "[Service]\nExecStart=/bin/true\n"],
    ["symlink:/srv/current", "releases/7"],
    ["account:ann", `${KEY}\n`],
  ])("%s", async (id, expected) => {
    const { code, stdout } = await render(id);
    expect(code).toBe(0);
    expect(stdout).toBe(expected);
  });

  it("also of what is no text", async () => {
    const { world, stderr } = await render("file:/srv/binary");
    expect(Uint8Array.from((world.out as unknown as { bytes: Uint8Array }).bytes)).toEqual(BINARY);
    expect(stderr).not.toContain("no text");
  });
});

describe("secrets", () => {
  it("are not shown, and not looked up", async () => {
    const { stdout, stderr } = await render("file:/etc/template");
    expect(stdout).toBe("token=(not shown);");
    expect(stderr).toContain("Where (not shown) stands there will be a secret");
  });

  it("are in documents where they will be, and what others set is left to them", async () => {
    const { stdout, stderr } = await render("file:/etc/doc.yaml");
    expect(stdout).toBe("a:\n  - 1\n  - two\ntoken: (not shown)\n");
    expect(stderr).toContain("is kept where the host has it: theirs.");
  });
});

it("says of a document what of it is the host's", async () => {
  expect((await render("file:/etc/merged.json")).stderr).toContain(
    "What others set in it on the host is kept.",
  );
  expect((await render("file:/etc/doc.yaml")).stderr).toContain("its comments and its order");
  expect((await render("file:/etc/merged.json --quiet")).stderr).toBe("");
});

it.each(["account:bob", "unit:ssh.service"])("%s has no content: its fields", async (id) => {
  const { stdout, stderr } = await render(id);
  expect(JSON.parse(stdout)).toMatchObject({ name: id.slice(id.indexOf(":") + 1) });
  expect(stderr).toContain("these are its fields");
});

describe("several hosts", () => {
  it("that get different contents have to be told apart", async () => {
    const { code, stdout, stderr } = await render("file:/etc/name");
    expect([code, stdout]).toEqual([64, ""]);
    expect(stderr).toContain("HK5068");
    expect(stderr).toContain("one thing on app, and another on db. Say which one is meant: --host");
    expect((await render("file:/etc/name --host db")).stdout).toBe("db");
  });

  it("that are not among those meant do not count", async () => {
    const { code, stderr } = await render("file:/etc/db --host app");
    expect(code).toBe(64);
    expect(stderr).toContain("not declared for the host app. It is declared for db.");
  });
});

it("an id that nobody declares is told with what may be meant", async () => {
  for (const word of ["file:/etc/plian", "/etc/plain"]) {
    const { code, stderr, stdout } = await render(word);
    expect([code, stdout]).toEqual([64, ""]);
    expect(stderr).toContain("HK5065");
    expect(stderr).toContain("Did you mean `file:/etc/plain`?");
  }
  expect((await render("--host app")).code).toBe(64);
});

describe("a terminal", () => {
  it("is not given what would move its cursor", async () => {
    const { stdout } = await render("file:/etc/escape", { terminal: true });
    expect(stdout).toBe("a\\x1b[2Jb\n");
  });

  it("is told of what is no text", async () => {
    const { world, stderr } = await render("file:/srv/binary", { terminal: true });
    expect(world.stdout()).toBe("");
    expect(stderr).toContain("file:/srv/binary is no text: 5 B, sha256");
  });
});

describe("as an event", () => {
  const eventOf = async (id: string) => {
    const { world } = await render(`${id} --json`);
    return world.events().find(({ event }) => event === "rendered");
  };
  const sha256 = (data: string | Uint8Array) => createHash("sha256").update(data).digest("hex");

  it("has the text and its digest", async () => {
    expect(await eventOf("file:/etc/plain")).toEqual({
      version: 1,
      event: "rendered",
      id: "file:/etc/plain",
      kind: "file",
      hosts: ["app", "db"],
      masked: false,
      text: BOM,
      size: Buffer.byteLength(BOM),
      sha256: sha256(BOM),
      notes: [],
    });
  });

  it("has the digest alone of what is no text", async () => {
    const event = await eventOf("file:/srv/binary");
    expect(event).toMatchObject({ size: 5, sha256: sha256(BINARY) });
    expect(event).not.toHaveProperty("text");
  });

  it("has no digest of what is masked: it would be of nothing there will be", async () => {
    const event = await eventOf("file:/etc/template");
    expect(event).toMatchObject({ masked: true, text: "token=(not shown);" });
    expect(event).not.toHaveProperty("sha256");
  });
});
