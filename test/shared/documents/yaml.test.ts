import { describe, expect, it } from "vitest";
import { yaml } from "../../../shared/documents/yaml.ts";
import { document } from "./support/arbitrary.ts";
import { describeFormat } from "./support/contract.ts";

describeFormat(yaml, {
  documents: document,
  comment: "# What follows.",
  pieces: [
    "a:",
    "b: ",
    "  c: 1",
    "- ",
    "- x\n",
    "# c\n",
    " # c\n",
    "&x ",
    "*x",
    "<<: ",
    '"q"',
    "'q'",
    "|\n  t\n",
    ">-\n  t\n",
    "{a: 1, b: 2}",
    "[1, 2]",
    "? ",
    "---\n",
    "...\n",
    "!t ",
    "%YAML 1.1\n---\n",
    "\n\n",
    "  ",
  ],
});

const HOST = `# Written by hand.
---
server:   # the server
    port:   3000   # which
    name: 'api'
    tags: [a,  b] # short
    limits: {cpu: 1,   mem: "512M"}


endpoints:
- name: one   # first
  url: http://a.example/

# The second.
- name: two
  url: "http://b.example/"
motd: |
    Welcome
    on: 1
empty:
base: &base
    level: info
log:
    <<: *base
    format: json
# The end.
`;

const keep = { others: "keep" } as const;
type Declared = Parameters<typeof yaml.edit>[1];

describe("edit", () => {
  const edit = (data: Declared) => yaml.edit(HOST, data, keep);

  it("changes a value and leaves all else as it is", () => {
    expect(edit({ server: { port: 4000 } })).toBe(HOST.replace("3000", "4000"));
    expect(edit({ server: { name: "it's" } })).toBe(HOST.replace("'api'", "'it''s'"));
    expect(edit({ server: { tags: ["a", "on"] } })).toBe(HOST.replace(" b]", ' "on"]'));
    expect(edit({ server: { limits: { mem: "1G", cpu: 2 } } })).toBe(
      HOST.replace("512M", "1G").replace("cpu: 1", "cpu: 2"),
    );
    expect(edit({ motd: "Bye\n" })).toBe(HOST.replace("Welcome\n    on: 1", "Bye"));
    expect(
      edit({
        endpoints: [
          { name: "one", url: "x" },
          { name: "2", url: "http://b.example/" },
        ],
      }),
    ).toBe(HOST.replace("http://a.example/", "x").replace("two", '"2"'));
  });

  it("adds keys after the sibling that is declared before them", () => {
    expect(edit({ server: { port: 3000, host: "::" } })).toBe(
      HOST.replace("# which\n", '# which\n    host: "::"\n'),
    );
    expect(edit({ server: { limits: { cpu: 1, io: [1] } } })).toBe(
      HOST.replace("1,   ", "1, io: [1],   "),
    );
    expect(edit({ motd: "Welcome\non: 1\n", debug: { level: 2, to: ["a"] } })).toBe(
      HOST.replace("on: 1\n", "on: 1\ndebug:\n    level: 2\n    to:\n      - a\n"),
    );
    expect(edit({ log: { color: true } })).toBe(HOST.replace("json\n", "json\n    color: true\n"));
  });

  it("makes a list the declared one, item by item", () => {
    const { endpoints } = yaml.parse(HOST) as { endpoints: Declared[] };
    const [one, two] = endpoints as [Declared, Declared];
    expect(edit({ endpoints: [one, two, { name: "three" }] })).toBe(
      HOST.replace('b.example/"\n', 'b.example/"\n- name: three\n'),
    );
    expect(edit({ endpoints: [one] })).toBe(
      HOST.replace('- name: two\n  url: "http://b.example/"\n', ""),
    );
    expect(edit({ endpoints: [{ name: "zero" }, one, two] })).toBe(
      HOST.replace("- name: one", "- name: zero\n- name: one"),
    );
    expect(edit({ server: { tags: [] } })).toBe(HOST.replace("[a,  b]", "[]"));
  });

  it("removes what is not declared", () => {
    const { server, motd } = yaml.parse(HOST) as { server: object; motd: string };
    const edited = yaml.edit(
      HOST,
      { server: { ...server, name: "api" }, motd },
      { others: "remove" },
    );
    expect(edited).toBe(
      `${HOST.slice(0, HOST.indexOf("\nendpoints"))}\nmotd: |\n    Welcome\n    on: 1\n# The end.\n`,
    );
    expect(yaml.edit("- a: 1\n  b: 2\n- c\n", [{ b: 2 }, "c"], { others: "remove" })).toBe(
      "- b: 2\n- c\n",
    );
  });

  it("sets a value that was left empty, and an anchor's own", () => {
    expect(yaml.parse(edit({ empty: [1] }))).toMatchObject({ empty: [1], log: { level: "info" } });
    expect(yaml.parse(edit({ log: { level: "debug" } }))).toMatchObject({
      base: { level: "info" },
      log: { level: "debug", format: "json" },
    });
    expect(yaml.parse(yaml.edit("a: &x 1\nb: 2\n", { a: 2 }, keep))).toEqual({ a: 2, b: 2 });
  });

  it("refuses what others have by an alias, and writes anew what is all declared", () => {
    const text = "# c\na: &x {b: 1}\nc: *x\n";
    expect(() => yaml.edit(text, { a: { b: 2 } }, keep)).toThrow("what others manage");
    expect(yaml.edit(text, { a: { b: 2 }, c: { b: 2 } }, { others: "remove" })).toBe(
      "# c\na: &x {b: 2}\nc:\n  b: 2\n",
    );
    expect(yaml.edit(text, { a: { b: 2 }, c: { b: 1 } }, { others: "remove" })).toBe(
      "a:\n  b: 2\nc:\n  b: 1\n",
    );
    expect(yaml.edit(text, { c: 5 }, keep)).toBe("# c\na: &x {b: 1}\nc: 5\n");
  });

  it("begins a document that has only comments", () => {
    expect(yaml.edit("# Nothing yet.\n", { a: [1] }, keep)).toBe("# Nothing yet.\n\na:\n  - 1\n");
    expect(yaml.edit("", { a: 1 }, keep)).toBe("a: 1\n");
  });

  it("keeps line breaks of another system, and a missing last one", () => {
    expect(yaml.edit("a: 1\r\nb: 2", { b: 3, c: 4 }, keep)).toBe("a: 1\r\nb: 3\r\nc: 4");
    expect(yaml.edit("a: 1\nb: 2", { a: 1 }, { others: "remove" })).toBe("a: 1");
  });
});

describe("parse", () => {
  it("follows aliases and merge keys, and tells what data has no word for as it is written", () => {
    expect(
      yaml.parse(
        "a: &x {b: 1, c: 2}\nd: {<<: *x, c: 3}\ne: [*x]\nf: .inf\ng: 9007199254740993\nh: 0o17\n80: x\n'<<': {y: 1}\n",
      ),
    ).toEqual({
      a: { b: 1, c: 2 },
      d: { b: 1, c: 3 },
      e: [{ b: 1, c: 2 }],
      f: ".inf",
      g: "9007199254740993",
      h: 15,
      "80": "x",
      "<<": { y: 1 },
    });
    expect(yaml.parse("# c\n---\n")).toEqual({});
    expect(yaml.parse("%YAML 1.1\n---\na: on\nb: 2001-01-01\n")).toEqual({
      a: true,
      b: "2001-01-01",
    });
  });

  it.each([
    ["a: 1\nb: [", "is no YAML", 2],
    ["a: 1\na: 2\n", "a key twice", 2],
    ["a: 1\n---\nb: 1\n", "several YAML documents", 2],
    ["a: 1\nb: !vault x\n", "has a tag", 2],
    ["a: *x\n", "an alias without an anchor", 1],
    ["a: &x [*x]\n", "an alias inside of what it stands for", 1],
    ["? [a]\n: 1\n", "a key that is no text", 1],
    ["__proto__: {x: 1}\n", "the key __proto__", 1],
  ])("refuses %j", (text, why, line) => {
    expect(() => yaml.parse(text)).toThrow(
      expect.objectContaining({
        name: "DocumentFault",
        line,
        message: expect.stringContaining(why) as string,
      }),
    );
  });

  it("never quotes the text", () => {
    expect(() => yaml.parse("password: ]hunter2\n")).toThrow(/^is no YAML: unexpected token$/);
  });

  it("ends with a fault, and soon, where a text was made to fill the memory or the stack", () => {
    const levels = "bcdefghij"
      .split("")
      .map((name, index) => `${name}: [${`*${"abcdefghi"[index]!}, `.repeat(9)}]`);
    const bomb = ["a: &a x", ...levels.map((line) => line.replace(/^(.): /, "$1: &$1 "))].join(
      "\n",
    );
    expect(() => yaml.parse(bomb)).toThrow("repeats itself");
    for (const deep of ["[", "- ", "? ", "{a: ", "- - a: "])
      expect(() => yaml.parse(deep.repeat(20_000))).toThrow("levels deep");
  });
});

describe("render", () => {
  it("quotes what readers of YAML 1.1 take for something else", () => {
    const tricky = [
      "on",
      "No",
      "y",
      "0o7",
      "017",
      "1:20",
      "1_000",
      "2001-12-14",
      "~",
      "<<",
      "=",
      "0b1",
      ".5",
    ];
    expect(yaml.render({ on: tricky })).toBe(
      `"on":\n${tricky.map((text) => `  - ${JSON.stringify(text)}\n`).join("")}`,
    );
  });

  it("writes as a person would", () => {
    expect(
      yaml.render({
        endpoints: [
          { name: "api", url: "http://127.0.0.1:4000/health", when: ["[STATUS] == 200"] },
        ],
        text: "one\ntwo\n",
        long: "word ".repeat(40).trim(),
        none: {},
        list: [],
        nested: [[1, 2], [{ a: null }]],
      }),
    ).toBe(`endpoints:
  - name: api
    url: http://127.0.0.1:4000/health
    when:
      - "[STATUS] == 200"
text: |
  one
  two
long: ${"word ".repeat(40).trim()}
none: {}
list: []
nested:
  - - 1
    - 2
  - - a: null
`);
  });
});
