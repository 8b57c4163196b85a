import { describe, expect, it } from "vitest";
import { toml } from "../../../shared/documents/toml.ts";
import { document } from "./support/arbitrary.ts";
import { describeFormat } from "./support/contract.ts";

describeFormat(toml, {
  documents: document,
  comment: "# What follows.",
  pieces: [
    "[a]",
    "[a.b]",
    "[[a]]",
    "[[a.c]]",
    "\n",
    "a = 1\n",
    "b.c = 2\n",
    'd = "x" # c\n',
    "# c\n",
    "e = [1, # c\n 2]\n",
    "f = { x = 1, y = [] }\n",
    "g = 1979-05-27\n",
    "a.d = inf\n",
    "h = '''\na'''\n",
    'i = """a""""\n',
    "[",
    "]",
    "=",
  ],
});

const HOST = `# Written by hand.
title = "x"   # the title
big   = 9007199254740993
when = 1979-05-27T07:32:00.999999-08:00

# The server.
[server]
# Which port.
port   = 3000
a.b.c  = 1
tags = [
  "a", # first
  "b",
]
point = { x = 1, y = 2 }
ratio = 0.5

[[peer]]
name = "one" # 1
  [[peer.route]]
  to = "::/0"

[[peer]]
name = "two"

# The end.
`;

const keep = { others: "keep" } as const;

describe("edit", () => {
  const edit = (data: Parameters<typeof toml.edit>[1]) => toml.edit(HOST, data, keep);

  it("changes a value and leaves all else as it is", () => {
    expect(edit({ server: { port: 4000 } })).toBe(HOST.replace("3000", "4000"));
    expect(edit({ title: "it's\n" })).toBe(HOST.replace('"x"', '"it\'s\\n"'));
    expect(edit({ server: { point: { y: 3 } } })).toBe(HOST.replace("y = 2", "y = 3"));
    expect(edit({ server: { a: { b: { c: 5 } } } })).toBe(HOST.replace("c  = 1", "c  = 5"));
  });

  it("keeps a float one", () => {
    expect(edit({ server: { ratio: 2 } })).toBe(HOST.replace("0.5", "2.0"));
  });

  it("adds values after the sibling that is declared before them", () => {
    expect(edit({ title: "x", debug: true })).toBe(
      HOST.replace("the title\n", "the title\ndebug = true\n"),
    );
    expect(edit({ server: { port: 3000, host: "::" } })).toBe(
      HOST.replace("3000\n", '3000\nhost   = "::"\n'),
    );
    expect(edit({ server: { host: "::" } })).toBe(HOST.replace("0.5\n", '0.5\nhost = "::"\n'));
    expect(edit({ server: { a: { b: { d: [1] } } } })).toBe(
      HOST.replace("c  = 1\n", "c  = 1\na.b.d  = [ 1 ]\n"),
    );
    expect(edit({ server: { tags: ["a", "b", "c"] } })).toBe(
      HOST.replace('"b",\n', '"b",\n  "c",\n'),
    );
    expect(edit({ server: { point: { x: 1, z: {} } } })).toBe(
      HOST.replace("x = 1, ", "x = 1, z = {}, "),
    );
  });

  it("adds tables as sections at the end, or at the end of their item", () => {
    expect(edit({ log: { level: "info", to: { file: "x" } } })).toBe(
      HOST.replace("# The end.\n", '# The end.\n\n[log]\nlevel = "info"\n\n[log.to]\nfile = "x"\n'),
    );
    expect(edit({ server: { tls: { on: true } } })).toBe(`${HOST}\n[server.tls]\non = true\n`);
    const peer = toml.parse(HOST) as { peer: object[] };
    expect(edit({ peer: [{ ...peer.peer[0], tls: { on: true } }, { name: "two" }] })).toBe(
      HOST.replace('"::/0"\n', '"::/0"\n\n[peer.tls]\non = true\n'),
    );
  });

  it("makes a list of tables the declared one, item by item", () => {
    const first = { name: "one", route: [{ to: "::/0" }] };
    expect(edit({ peer: [first, { name: "2" }] })).toBe(HOST.replace('"two"', '"2"'));
    expect(edit({ peer: [first, { name: "two" }, { name: "three" }] })).toBe(
      HOST.replace('"two"\n', '"two"\n\n[[peer]]\nname = "three"\n'),
    );
    expect(edit({ peer: [{ name: "zero" }, first, { name: "two" }] })).toBe(
      HOST.replace("[[peer]]", '[[peer]]\nname = "zero"\n\n[[peer]]'),
    );
    expect(edit({ peer: [{ name: "two" }] })).toBe(
      HOST.replace('[[peer]]\nname = "one" # 1\n  [[peer.route]]\n  to = "::/0"\n\n', ""),
    );
    expect(toml.parse(edit({ peer: [] }))).toMatchObject({ peer: [] });
  });

  it("adds a section to an item whose other lines all go", () => {
    const text = "# c\n[[a]]\nx = 1\n\n[[a]]\ny = 2\n\n# b\n[b]\nz = 3\n";
    expect(toml.edit(text, { a: [{ s: { t: 1 } }, { y: 2 }] }, keep)).toBe(
      "# c\n[[a]]\n\n[a.s]\nt = 1\n\n[[a]]\ny = 2\n\n# b\n[b]\nz = 3\n",
    );
    expect(toml.edit(text, { a: [{ x: 1 }, { s: { t: 1 } }] }, keep)).toBe(
      "# c\n[[a]]\nx = 1\n\n[[a]]\n\n[a.s]\nt = 1\n\n# b\n[b]\nz = 3\n",
    );
  });

  it("removes what is not declared, and leaves what speaks of the next thing", () => {
    const { title, server } = toml.parse(HOST) as { title: string; server: { port: number } };
    expect(toml.edit(HOST, { title, server: { port: server.port } }, { others: "remove" })).toBe(
      '# Written by hand.\ntitle = "x"   # the title\n\n# The server.\n[server]\n# Which port.\nport   = 3000\n\n# The end.\n',
    );
  });

  it("tells what data has no word for as it is written, and leaves it alone", () => {
    expect(toml.parse(HOST)).toMatchObject({
      big: "9007199254740993",
      when: "1979-05-27T07:32:00.999999-08:00",
    });
    expect(
      toml.parse("a = inf\nb = [ -nan, 07:32:00 ]\nc = { d = 1979-05-27 07:32:00Z }\n"),
    ).toEqual({
      a: "inf",
      b: ["-nan", "07:32:00"],
      c: { d: "1979-05-27 07:32:00Z" },
    });
    expect(edit({ big: "9007199254740993", title: "y" })).toBe(HOST.replace('"x"', '"y"'));
  });

  it("puts the first lines of a document before its first section", () => {
    expect(toml.edit("# File.\n\n# A.\n[a]\nx = 1\n", { b: 2 }, keep)).toBe(
      "# File.\n\nb = 2\n\n# A.\n[a]\nx = 1\n",
    );
    expect(toml.edit("[a]\nx = 1", { b: 2, c: 3 }, keep)).toBe("b = 2\nc = 3\n\n[a]\nx = 1");
    expect(toml.edit("# Only this.\n", { b: 2, c: 3 }, keep)).toBe("# Only this.\nb = 2\nc = 3\n");
    expect(toml.edit("", { b: { c: 3 } }, keep)).toBe("[b]\nc = 3\n");
  });

  it("ends a last line without a break as it was", () => {
    expect(toml.edit("[a]\nx = 1", { a: { y: 2 } }, keep)).toBe("[a]\nx = 1\ny = 2");
    expect(toml.edit("x = 1\ny = 2", { x: 1 }, { others: "remove" })).toBe("x = 1");
  });

  it("gives a table that only has sub-tables a section of its own", () => {
    expect(toml.edit("[a.b]\nx = 1\n", { a: { y: 2 } }, keep)).toBe("[a.b]\nx = 1\n\n[a]\ny = 2\n");
  });

  it("writes anew what is declared as something else", () => {
    expect(toml.edit("a = 1\nb = 2\n", { a: { c: 1 } }, keep)).toBe("a = { c = 1 }\nb = 2\n");
    expect(toml.edit("b = 2\n[a]\nc = 1\n", { a: 1 }, keep)).toBe("b = 2\na = 1\n");
  });
});

describe("parse", () => {
  it("refuses what is no TOML, names the line, and never quotes it", () => {
    expect(() => toml.parse("a = 1\npassword = hunter2\n")).toThrow(
      expect.objectContaining({
        name: "DocumentFault",
        line: 2,
        message: expect.not.stringContaining("hunter") as string,
      }),
    );
    expect(() => toml.parse("a = 1\na = 2\n")).toThrow("redefine");
    expect(() => toml.parse("[__proto__]\nx = 1\n")).toThrow("__proto__");
  });

  it("ends with a fault where a text nests deeper than anybody means", () => {
    expect(() => toml.parse(`a = ${"[".repeat(100_000)}`)).toThrow("is no TOML");
    expect(() => toml.parse(`${"a.".repeat(20_000)}a = 1`)).toThrow("deep");
  });
});

describe("faults", () => {
  it("names what TOML can't hold", () => {
    expect(toml.faults({ a: [1, { b: null }] })).toEqual([
      { at: ["a", 1, "b"], why: "is null, which TOML has no word for; leave the key out" },
    ]);
    expect(toml.faults([1])).toHaveLength(1);
    expect(toml.faults({ a: 2 ** 60 })).toHaveLength(1);
  });
});
