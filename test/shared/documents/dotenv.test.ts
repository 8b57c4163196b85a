import { parseEnv } from "node:util";
import { parse as parseDotenv } from "dotenv";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Data } from "../../../shared/documents/data.ts";
import { dotenv } from "../../../shared/documents/dotenv.ts";
import { flat, text } from "./support/arbitrary.ts";
import { describeFormat } from "./support/contract.ts";

describeFormat(dotenv, {
  documents: flat,
  comment: "# What follows.",
  pieces: [
    "A=1\n",
    "B='x'\n",
    'C="y\n',
    "export D=z\n",
    "# c\n",
    "; c \\\n",
    "=",
    "'",
    '"',
    "\\",
    "\\\n",
    "$A",
    "a.b=c\n",
  ],
});

const keep = { others: "keep" } as const;

describe("parse", () => {
  it.each<[string, Data]>([
    ["A=1\n\n # c\n;d\nB = 2 \nnothing\n", { A: "1", B: "2" }],
    ['A=it\'s "q" # no comment\n', { A: 'it\'s "q" # no comment' }],
    ["A='a\"\\n$B\n c'\n", { A: 'a"\\n$B\n c' }],
    ['A="a\\"\\\\\\$\\n\\\nb"\n', { A: 'a"\\$\\nb' }],
    ["A='a' 'b'\"c\"d 'e'\n", { A: "abcd 'e'" }],
    ["A=a\\ b\\\nc\\\\ \nB=\\  \n", { A: "a bc\\", B: " " }],
    ["A=\nB=''\nC=\"\"\n", { A: "", B: "", C: "" }],
    ["export A=1\nexport\tB=2\n", { A: "1", B: "2" }],
    ["A=1\nA=2\n", { A: "2" }],
    ["='\nA=1\n", { A: "1" }],
    ["A=1", { A: "1" }],
    ["A=1\rB=2\r\n", { A: "1", B: "2" }],
    ["# c \\\n# d\n# e\\f\nA=1\n", { A: "1" }],
  ])("reads %j as systemd does", (host, data) => {
    expect(dotenv.parse(host)).toEqual(data);
  });

  it.each([
    ["A=1\nB='x\n", "a quote that does not end", 2],
    ['A="x\\"\n', "a quote that does not end", 1],
    ["# c \\\nA=1\n", "systemd before 254", 1],
  ])("refuses %j", (host, why, line) => {
    expect(() => dotenv.parse(host)).toThrow(
      expect.objectContaining({
        name: "DocumentFault",
        line,
        message: expect.stringContaining(why) as string,
      }),
    );
  });
});

describe("render", () => {
  it.each([
    ["http://a.example:80/b=c", "http://a.example:80/b=c"],
    ["", '""'],
    ["a b", "'a b'"],
    ["$HOME `id` #x", "'$HOME `id` #x'"],
    ["a\\n", "'a\\n'"],
    ["one\ntwo\n", "'one\ntwo\n'"],
    ["it's $5", '"it\'s $5"'],
    ["it's \\d", '"it\'s \\d"'],
    ['it\'s "x"', 'it\'s "x"'],
    ["é", "'é'"],
  ])("writes %j as %s", (value, written) => {
    expect(dotenv.render({ KEY: value })).toBe(`KEY=${written}\n`);
  });

  it("writes what dotenv libraries and Node read as the same", () => {
    const values = fc.dictionary(fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,5}$/), text, {
      maxKeys: 6,
    });
    fc.assert(
      fc.property(values, (data) => {
        fc.pre(!Object.hasOwn(data, "__proto__") && dotenv.faults(data).length === 0);
        const written = dotenv.render(data);
        expect({ ...parseDotenv(written) }).toEqual({ ...data });
        expect({ ...parseEnv(written) }).toEqual({ ...data });
      }),
      { numRuns: 3000 },
    );
  });
});

describe("faults", () => {
  it.each([
    ['it\'s "x" \\', "quotes or a backslash"],
    ["it's #\"", "quotes or a backslash"],
    ["'\"\n", "quotes or a backslash"],
    ["it's \\n", "quotes or a backslash"],
    ["C:\\", "quotes or a backslash"],
    ["C:\\Users", undefined],
    ["a\r", "carriage return"],
    ["a\0", "NUL"],
    ["a\uFFFF", "systemd refuses"],
    ["a".repeat(140_000), "128 KiB"],
    [null, "is null"],
    [["a"], "is no text"],
    [true, undefined],
    [8080, undefined],
  ] as [Data, string | undefined][])("of %j are %j", (value, why) => {
    const told = dotenv.faults({ KEY: value }).map((fault) => fault.why);
    expect(told).toEqual(why === undefined ? [] : [expect.stringContaining(why)]);
  });

  it.each(["1A", "a-b", "a.b", "", "é", "A B", "A="])("refuses the key %j", (key) => {
    expect(dotenv.faults({ [key]: "x" })).toEqual([
      { at: [key], why: expect.stringContaining("no name") as string },
    ]);
  });
});

describe("edit", () => {
  const HOST = `# Database.
DATABASE_URL = 'postgres://a'
export PORT=3000
; Not for us.
a.b=c
PORT=4000
SECRET="x\\"y
z"
nothing
# The end.
`;

  it("changes a value and leaves all else as it is", () => {
    expect(dotenv.edit(HOST, { DATABASE_URL: "b c" }, keep)).toBe(
      HOST.replace("postgres://a", "b c"),
    );
    expect(dotenv.edit(HOST, { SECRET: "s" }, keep)).toBe(HOST.replace('"x\\"y\nz"', "s"));
    expect(dotenv.edit("export A=1\n", { A: 2 }, keep)).toBe("export A=2\n");
  });

  it("changes the last of several lines with one key", () => {
    expect(dotenv.edit(HOST, { PORT: 5000 }, keep)).toBe(HOST.replace("4000", "5000"));
  });

  it("adds keys after the sibling that is declared before them", () => {
    expect(dotenv.edit(HOST, { DATABASE_URL: "postgres://a", POOL: 5 }, keep)).toBe(
      HOST.replace("//a'\n", "//a'\nPOOL=5\n"),
    );
    expect(dotenv.edit(HOST, { LAST: "$x" }, keep)).toBe(HOST.replace('z"\n', "z\"\nLAST='$x'\n"));
    expect(dotenv.edit("export A=1\n", { B: 2 }, keep)).toBe("export A=1\nexport B=2\n");
    expect(dotenv.edit("# c\n", { A: 1, B: 2 }, keep)).toBe("# c\nA=1\nB=2\n");
    expect(dotenv.edit("# c", { A: 1 }, keep)).toBe("# c\nA=1");
    expect(dotenv.edit("", { A: 1 }, keep)).toBe("A=1\n");
  });

  it("removes what is not declared, on all of its lines", () => {
    expect(dotenv.edit(HOST, { DATABASE_URL: "postgres://a" }, { others: "remove" })).toBe(
      "# Database.\nDATABASE_URL = 'postgres://a'\n; Not for us.\nnothing\n# The end.\n",
    );
  });

  it("keeps line breaks of another system, and a missing last one", () => {
    expect(dotenv.edit("A=1\r\nB=2", { B: 3, C: 4 }, keep)).toBe("A=1\r\nB=3\r\nC=4");
    expect(dotenv.edit("A=1\r\nB=2\nC=3\n", { A: 2, D: 4 }, keep)).toBe("A=2\r\nD=4\nB=2\nC=3\n");
  });
});
