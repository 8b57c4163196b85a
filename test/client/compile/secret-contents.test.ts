import { describe, expect, it } from "vitest";
import type { Content } from "../../../shared/content.ts";
import { declaration, faultsOf, load, placed } from "./temporary-declaration.ts";

/** Contents with secrets, and documents, as they stand in a manifest. */

async function contentsOf(
  body: string,
  files: Readonly<Record<string, string>> = {},
): Promise<Record<string, Content>> {
  const loaded = await load({ "hostkit.config.ts": declaration(body), ...files });
  const { manifest } = await loaded.manifestFor("app");
  return Object.fromEntries(
    manifest.resources.flatMap((resource) =>
      resource.kind === "file" ? [[resource.id, resource.desired.content]] : [],
    ),
  );
}

const modesOf = async (body: string) => {
  const loaded = await load(declaration(body));
  const { manifest } = await loaded.manifestFor("app");
  return manifest.resources.map(({ desired }) => ("mode" in desired ? desired.mode : undefined));
};

describe("text with secrets", () => {
  it("is its parts, with references in the place of values", async () => {
    const body =
      'p.file("/a", { content: text`user=${"api"}\\npassword=${secret.env("PASSWORD")}\\n` });';
    expect(await contentsOf(body)).toEqual({
      "file:/a": {
        template: [
          "user=",
          "api",
          "\npassword=",
          { secret: { from: "env", name: "PASSWORD" } },
          "\n",
        ],
      },
    });
  });

  it("without any is plain text, whoever may read it", async () => {
    const contents = await contentsOf('p.file("/a", { content: text`port=${4000} ${true}` });');
    expect(contents["file:/a"]).toMatchObject({ size: 14, text: true });
    expect(
      await modesOf(
        'p.file("/a", { content: text`a` }); p.file("/b", { content: text`${secret.env("B")}` }); p.file("/c", { mode: 0o644, content: text`${secret.env("B")}` }); p.json("/d", { a: redacted });',
      ),
    ).toEqual(["0644", "0640", "0644", "0640"]);
  });

  it("takes a file of this machine relative to the file that names it, and the same for everybody", async () => {
    const contents = await contentsOf(
      'import("./x"); p.file("/a", { content: text`${secret.file("./keys/a")}${secret.file("/etc/key")}` }); p.file("/b", { content: inner });'.replace(
        'import("./x"); ',
        'const inner = require("./deep/inner.ts").content; ',
      ),
      {
        "deep/inner.ts":
          'import { secret, text } from "hostkit";\nexport const content = text`${secret.file("./b")}`;\n',
      },
    );
    expect(contents).toEqual({
      "file:/a": {
        template: [
          { secret: { from: "file", path: "keys/a" } },
          { secret: { from: "file", path: "/etc/key" } },
        ],
      },
      "file:/b": { template: [{ secret: { from: "file", path: "deep/b" } }] },
    });
  });
});

describe("what is generated", () => {
  it("is known by its name in the project, or by where it is used", async () => {
    const contents = await contentsOf(
      'p.json("/a", { deep: { key: secret.generate() } }); p.file("/b", { content: text`${secret.generate({ name: "x", bytes: 16, encoding: "hex" })}` });',
    );
    const made = { from: "generate", bytes: 32, encoding: "base64url" };
    expect(contents).toMatchObject({
      "file:/a": {
        secrets: [{ at: ["deep", "key"], secret: { ...made, name: "test:file:/a#deep.key" } }],
      },
      "file:/b": {
        template: [{ secret: { ...made, bytes: 16, encoding: "hex", name: "test:x" } }],
      },
    });
  });

  it("needs a name where it is used twice", async () => {
    const body = 'const key = secret.generate();\np.json("/a", { key });\np.json("/b", { key });';
    const faults = await faultsOf(load(declaration(body)));
    expect(faults.map(placed)).toEqual(["HK1043 hostkit.config.ts:5:3"]);
    expect(faults[0]!.detail).toContain("file:/a#key");
  });
});

describe("documents", () => {
  it("are data, with an empty text where something is hidden", async () => {
    const contents = await contentsOf(
      'p.json("/a", { b: 1, a: [null, { c: true }], gone: undefined, s: secret.env("S"), r: redacted });',
    );
    expect(contents).toEqual({
      "file:/a": {
        format: "json",
        data: { b: 1, a: [null, { c: true }], s: "", r: "" },
        secrets: [{ at: ["s"], secret: { from: "env", name: "S" } }],
        redacted: [["r"]],
      },
    });
    expect(Object.keys((contents["file:/a"] as { data: object }).data)).toEqual([
      "b",
      "a",
      "s",
      "r",
    ]);
  });

  it("can be given as content, and merged", async () => {
    const contents = await contentsOf('p.file("/a", { content: json({ a: 1 }), merge: true });');
    expect(contents["file:/a"]).toMatchObject({ format: "json", data: { a: 1 } });
    const faults = await faultsOf(
      load(declaration('p.file("/a", { content: "a", merge: true });')),
    );
    expect(faults).toMatchObject([{ code: "HK1021", detail: expect.stringContaining("`merge`") }]);
  });

  it.each([
    ["{ a: { b: new Date(0) } }", "has a.b, which is a date"],
    ["{ a: [1, () => 1] }", "has a[1], which is a function"],
    ["{ a: NaN }", "has a, which is NaN"],
    ["{ a: [redacted] }", "has a[0], which is redacted within a list"],
    ["{ a: 10n }", "has a, which is a number"],
  ])("refuse what they can't hold: %s", async (data, says) => {
    const faults = await faultsOf(load(declaration(`p.json("/a", ${data});`)));
    expect(faults.map(placed)).toEqual(["HK1044 hostkit.config.ts:3:3"]);
    expect(faults[0]!.detail).toContain(says);
  });

  it("refuse one that holds itself", async () => {
    const faults = await faultsOf(
      load(declaration('const a = {}; a.a = a; a.b = [a]; p.json("/a", a);')),
    );
    expect(faults.map(({ code, detail }) => [code, detail])).toEqual([
      ["HK1044", "`content` of file:/a has a, which holds itself."],
      ["HK1044", "`content` of file:/a has b[0], which holds itself."],
    ]);
  });
});

describe("templates with names", () => {
  const declared = (source: string, values: string) =>
    `p.template("/a", { source: ${source}, values: ${values} });`;

  it("are filled in, secrets too", async () => {
    const body = declared('fromFile("./a.tmpl")', '{ PORT: 4000, PASSWORD: secret.env("P") }');
    expect(
      await contentsOf(body, { "a.tmpl": "port={{ PORT }}\npassword={{PASSWORD}}\n" }),
    ).toEqual({
      "file:/a": {
        template: ["port=", "4000", "\npassword=", { secret: { from: "env", name: "P" } }, "\n"],
      },
    });
  });

  it("refuse names without a value, and values without a place", async () => {
    const body = declared('"a={{ PROT }}"', "{ PORT: 1 }");
    const faults = await faultsOf(load(declaration(body)));
    expect(faults.map(({ code }) => code)).toEqual(["HK1041", "HK1041"]);
    expect(faults[0]!.detail).toContain("Did you mean `PORT`?");
    expect(faults[1]!.detail).toContain("is given PORT");
  });

  it("refuse a source that can't be read", async () => {
    const faults = await faultsOf(load(declaration(declared('fromFile("./gone")', "{}"))));
    expect(faults).toMatchObject([{ code: "HK1030", resource: "file:/a" }]);
  });
});

it.each([
  ["secret.env('1')", "name of an environment variable"],
  ["secret.file('')", "path of a local file"],
  ["secret.command([])", "list of words"],
  ["secret.command('pass show')", "list of words"],
  ["secret.hostFile('key')", "absolute path"],
  ["secret.generate({ bytes: 8 })", "16 to 1024"],
  ["secret.generate({ encoding: 'rot13' })", "encodings"],
  ["secret.generate({ name: 'a b' })", "a word as a name"],
  ["text`${[1]}`", "not a list"],
  ["text`${p.directory('/d')}`", "Of a handle, give the field"],
  ["text`${redacted}`", "not a redacted value"],
])("what can't be meant is refused where it is written: %s", async (expression, says) => {
  const faults = await faultsOf(load(declaration(`${expression};`)));
  expect(faults).toMatchObject([{ code: "HK1002", source: { line: 3 } }]);
  expect(faults[0]!.detail).toContain(says);
});
