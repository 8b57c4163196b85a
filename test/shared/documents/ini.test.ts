import { describe, expect, it } from "vitest";
import { ini } from "../../../shared/documents/ini.ts";
import { sections } from "./support/arbitrary.ts";
import { describeFormat } from "./support/contract.ts";

describeFormat(ini, {
  documents: sections,
  comment: "; What follows.",
  pieces: [
    "[a]\n",
    "[b]",
    "a=1\n",
    "a = 2",
    "b: 3\n",
    "  c",
    "; c\n",
    "# c\n",
    "=",
    ":",
    "\\\n",
    "\\",
    "bare\n",
    "\t",
  ],
});

const HOST = `; Written by hand.
APP_NAME = Forge   ; beans
RUN_MODE=prod

; The server.
[server]
; Which port.
HTTP_PORT   = 3000
ROOT_URL    = http://a.example/?a=b
  continued here
EMPTY =

[Service]
ExecStartPre=/bin/a
ExecStartPre=/bin/b
bare

[remote "origin"]
\turl = x

# The end.
`;

const keep = { others: "keep" } as const;

describe("parse", () => {
  it("reads what is written, and keys on several lines as lists", () => {
    expect(ini.parse(HOST)).toEqual({
      APP_NAME: "Forge   ; beans",
      RUN_MODE: "prod",
      server: { HTTP_PORT: "3000", ROOT_URL: "http://a.example/?a=b\ncontinued here", EMPTY: "" },
      Service: { ExecStartPre: ["/bin/a", "/bin/b"], bare: "" },
      'remote "origin"': { url: "x" },
    });
    expect(ini.parse("a = b\\\nc = d\ne: f = g\n[x]\na=1\n[y]\n[x]\na=2\n")).toEqual({
      a: "b\\\nc = d",
      e: "f = g",
      x: { a: ["1", "2"] },
      y: {},
    });
  });

  it("never makes anything else of a value or key than its text", () => {
    expect(ini.parse('a.c=true\nk[]=null\nc=1e3\nd="q"\n[a.b]\nx=yes\n')).toEqual({
      "a.c": "true",
      "a.b": { x: "yes" },
      "k[]": "null",
      c: "1e3",
      d: '"q"',
    });
  });

  it.each([
    ["a=1\n[b\n", "section header", 2],
    ["[[b]]\n", "section header", 1],
    ["= 1\n", "value without a key", 1],
  ])("refuses %j", (text, why, line) => {
    expect(() => ini.parse(text)).toThrow(
      expect.objectContaining({
        name: "DocumentFault",
        line,
        message: expect.stringContaining(why) as string,
      }),
    );
  });

  it("refuses one name for two things", () => {
    expect(() => ini.parse("a=1\n[a]\n")).toThrow("of one name");
    expect(() => ini.parse("__proto__=1\n")).toThrow("__proto__");
    expect(() => ini.parse("[__proto__]\na=1\n")).toThrow("__proto__");
  });
});

describe("faults", () => {
  const why = (value: Parameters<typeof ini.faults>[0]) =>
    ini.faults({ s: { k: value } }).map((f) => f.why);

  it.each([
    ["a\nb", "a line break"],
    ["a\u0007", "a control character"],
    [" a", "white space"],
    ["a\t", "white space"],
    ['"a"', "a quote"],
    ["`a`", "a quote"],
    ["a;b", "a comment begins"],
    ["a #b", "a comment begins"],
    ["a\\", "a backslash"],
    [null, "is null"],
    [[], "an empty list"],
    [{ a: 1 }, 'one called "s.k"'],
    [[["a"]], "neither text nor a list"],
  ])("refuses %j", (value, part) => {
    expect(why(value)).toEqual([expect.stringContaining(part)]);
  });

  it.each([
    "",
    "a=b:c",
    'say "hi"',
    "it's",
    "[x]",
    "a\\b",
    "%(a)s",
    "$a",
    "é",
    true,
    1.5,
    ["a", 2],
  ])("holds %j", (value) => {
    expect(why(value)).toEqual([]);
  });

  it("names each place", () => {
    expect(ini.faults({ a: [1, "x;"], "b=": 1, "c]": { "#": 1 } }).map(({ at }) => at)).toEqual([
      ["a", 1],
      ["b="],
      ["c]"],
      ["c]", "#"],
    ]);
    expect(ini.faults("a")).toHaveLength(1);
  });
});

describe("render", () => {
  it("writes keys before sections, whatever the order", () => {
    expect(
      ini.render({ server: { PORT: 4000, on: true, list: ["a", "b"] }, APP: "x", "a.b": {} }),
    ).toBe("APP=x\n\n[server]\nPORT=4000\non=true\nlist=a\nlist=b\n\n[a.b]\n");
    expect(ini.render({})).toBe("");
  });
});

describe("edit", () => {
  const edit = (data: Parameters<typeof ini.edit>[1]) => ini.edit(HOST, data, keep);

  it("changes a value and leaves all else as it is", () => {
    expect(edit({ server: { HTTP_PORT: 4000 }, APP_NAME: "F" })).toBe(
      HOST.replace("3000", "4000").replace("Forge   ; beans", "F"),
    );
    expect(edit({ server: { EMPTY: "x" }, Service: { bare: 1 } })).toBe(
      HOST.replace("EMPTY =", "EMPTY =x").replace("bare", "bare = 1"),
    );
  });

  it("adds keys after the sibling that is declared before them, written like it", () => {
    expect(edit({ APP_NAME: "Forge   ; beans".slice(0, 5), USER: "git" })).toBe(
      HOST.replace("Forge   ; beans\n", "Forge\nUSER = git\n"),
    );
    expect(edit({ server: { HTTP_PORT: 3000, ADDR: "::" } })).toBe(
      HOST.replace("3000\n", "3000\nADDR   = ::\n"),
    );
    expect(edit({ 'remote "origin"': { fetch: "y" } })).toBe(
      HOST.replace("url = x\n", "url = x\n\tfetch = y\n"),
    );
    expect(edit({ Service: { ExecStartPre: ["/bin/a", "/bin/c", "/bin/d"] } })).toBe(
      HOST.replace("/bin/b\n", "/bin/c\nExecStartPre=/bin/d\n"),
    );
  });

  it("adds sections at the end", () => {
    expect(edit({ log: { MODE: "file" } })).toBe(`${HOST}\n[log]\nMODE = file\n`);
  });

  it("removes what is not declared, and leaves what speaks of the next thing", () => {
    expect(
      ini.edit(
        HOST,
        { RUN_MODE: "prod", Service: { ExecStartPre: "/bin/b" } },
        { others: "remove" },
      ),
    ).toBe(
      "; Written by hand.\nRUN_MODE=prod\n\n; The server.\n[Service]\nExecStartPre=/bin/b\n\n# The end.\n",
    );
  });

  it("leaves a value on several lines alone, and refuses to change it where others have keys", () => {
    expect(() => edit({ server: { ROOT_URL: "x" } })).toThrow("what others manage");
    expect(ini.edit("a=1\n b\n", { a: "x" }, { others: "remove" })).toBe("a=x\n");
    expect(ini.edit("; c\na=1\n b\nc=2\n", { c: 2 }, { others: "remove" })).toBe("; c\nc=2\n");
  });

  it("refuses to choose between sections of one name", () => {
    const text = "[Peer]\nKey=a\n[Peer]\nKey=b\n";
    expect(ini.edit(text, { Peer: { Key: ["a", "b"] } }, keep)).toBe(text);
    expect(() => ini.edit(text, { Peer: { Port: 1 } }, keep)).toThrow("what others manage");
    expect(ini.edit(text, { Other: { a: 1 } }, keep)).toBe(`${text}\n[Other]\na=1\n`);
  });

  it("puts the first keys of a file before its first section", () => {
    expect(ini.edit("; File.\n\n; A.\n[a]\nx = 1\n", { b: 2, c: 3 }, keep)).toBe(
      "; File.\n\nb = 2\nc = 3\n\n; A.\n[a]\nx = 1\n",
    );
    expect(ini.edit("# Only this.\n", { b: 2, s: { c: 3 } }, keep)).toBe(
      "# Only this.\nb=2\n\n[s]\nc=3\n",
    );
    expect(ini.edit("", { b: 2, s: { c: 3 } }, keep)).toBe("b=2\n\n[s]\nc=3\n");
    expect(ini.edit("[a]\n; c\n", { a: { b: 1 } }, keep)).toBe("[a]\nb=1\n; c\n");
  });

  it("keeps line breaks of another system, and a missing last one", () => {
    expect(ini.edit("a=1\r\nb=2", { b: 3, c: 4 }, keep)).toBe("a=1\r\nb=3\r\nc=4");
    expect(ini.edit("a=1\r\nb=2\nc=3", { b: 3 }, keep)).toBe("a=1\r\nb=3\nc=3");
    expect(ini.edit("a=1\nb=2", { a: 1 }, { others: "remove" })).toBe("a=1");
  });
});
