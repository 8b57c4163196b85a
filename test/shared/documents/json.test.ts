import { describe, expect, it } from "vitest";
import { json } from "../../../shared/documents/json.ts";
import { document } from "./support/arbitrary.ts";
import { describeFormat } from "./support/contract.ts";

describeFormat(json, {
  documents: document,
  comment: "// What follows.",
  pieces: [
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    '"a"',
    '"b"',
    "1",
    "null",
    "true",
    "// c\n",
    "/* c */",
    "1e999",
  ],
});

const DAEMON = `// Written by the setup, 2023.
{
    "log-driver": "json-file", // rotated below
    "log-opts": { "max-size": "10m", "max-file": "3" },

    /* Mirrors, in order. */
    "registry-mirrors": [
        "https://a.example", // near
        "https://b.example"
    ],
    "default-shm-size": 12345678901234567890,
    "ratio": 1.50
}`;

describe("edit", () => {
  const keep = { others: "keep" } as const;

  it("changes a value and leaves all else as it is", () => {
    expect(json.edit(DAEMON, { "log-opts": { "max-size": "50m" } }, keep)).toBe(
      DAEMON.replace("10m", "50m"),
    );
  });

  it("adds keys after the sibling that is declared before them", () => {
    const edited = json.edit(
      DAEMON,
      {
        "log-driver": "json-file",
        debug: true,
        "log-opts": { "max-size": "10m", compress: "yes" },
      },
      keep,
    );
    expect(edited).toBe(
      DAEMON.replace("// rotated below\n", '// rotated below\n    "debug": true,\n').replace(
        '"10m", ',
        '"10m", "compress": "yes", ',
      ),
    );
  });

  it("adds after the last, and before all", () => {
    expect(json.edit(DAEMON, { ratio: 1.5, live: { restore: [1] } }, keep)).toBe(
      DAEMON.replace(
        "1.50\n",
        '1.50,\n    "live": {\n        "restore": [\n            1\n        ]\n    }\n',
      ),
    );
    expect(json.edit('{ "a": 1 }\n', { b: 2 }, keep)).toBe('{ "a": 1, "b": 2 }\n');
    expect(json.edit('{ "a": 1 }\n', { b: 2, a: 1 }, { others: "remove" })).toBe(
      '{ "b": 2, "a": 1 }\n',
    );
    expect(json.edit('{"a":1}\n', { a: 1, b: 2 }, keep)).toBe('{"a":1, "b": 2}\n');
    expect(json.edit("{}\n", { a: 1 }, keep)).toBe('{\n  "a": 1\n}\n');
  });

  it("makes a list the declared one, item by item", () => {
    const mirrors = (list: string[]) => json.edit(DAEMON, { "registry-mirrors": list }, keep);
    expect(mirrors(["https://a.example", "https://b.example", "https://c.example"])).toBe(
      DAEMON.replace('b.example"\n', 'b.example",\n        "https://c.example"\n'),
    );
    expect(mirrors(["https://a.example"])).toBe(
      DAEMON.replace('a.example", // near\n        "https://b.example"', 'a.example" // near'),
    );
    expect(mirrors(["https://b.example"])).toBe(
      DAEMON.replace('        "https://a.example", // near\n', ""),
    );
    expect(mirrors(["https://x.example", "https://b.example"])).toBe(
      DAEMON.replace("//a.", "//x."),
    );
  });

  it("removes what is not declared", () => {
    expect(json.edit('{"a": 1, "b": 2, "c": 3}', { a: 1, c: 3 }, { others: "remove" })).toBe(
      '{"a": 1, "c": 3}',
    );
    expect(json.edit('{"a": 1, "b": 2, "c": 3}', { a: 1 }, { others: "remove" })).toBe('{"a": 1}');
    expect(json.edit('{\n  "a": 1,\n  "b": 2, // two\n}\n', { a: 1 }, { others: "remove" })).toBe(
      '{\n  "a": 1,\n}\n',
    );
    expect(json.edit('{\n  "a": 1\n}\n', {}, { others: "remove" })).toBe("{}\n");
  });

  it("keeps the digits of numbers that it does not touch, and tells large ones as text", () => {
    expect(json.parse(DAEMON)).toMatchObject({
      "default-shm-size": "12345678901234567890",
      ratio: 1.5,
    });
    expect(json.edit(DAEMON, { ratio: 2 }, keep)).toBe(DAEMON.replace("1.50", "2"));
  });

  it("changes the last of several values with one key", () => {
    expect(json.edit('{"a": 1, "a": 2}', { a: 3 }, keep)).toBe('{"a": 1, "a": 3}');
    expect(json.edit('{"a": 1, "a": 2, "b": 3}', { b: 3 }, { others: "remove" })).toBe('{"b": 3}');
  });

  it("keeps line breaks of another system", () => {
    expect(json.edit('{\r\n  "a": 1\r\n}', { b: [2] }, keep)).toBe(
      '{\r\n  "a": 1,\r\n  "b": [\r\n    2\r\n  ]\r\n}',
    );
  });
});

describe("parse", () => {
  it.each([
    ["", undefined],
    ["{", 1],
    ['{\n  "a": nope\n}', 2],
    ['{\n  "a" 1\n}', 2],
    ["{}\n{}", 2],
    ['{"a": 1,\n "__proto__": {"x": 1}}', 2],
  ])("refuses %j and names line %j", (text, line) => {
    expect(() => json.parse(text)).toThrow(
      expect.objectContaining({ name: "DocumentFault", line: line ?? 1 }),
    );
  });

  it("never quotes the text", () => {
    expect(() => json.parse('{"password": hunter2}')).toThrow(/^is no JSON: invalid symbol$/);
  });

  it("ends with a fault where a text nests deeper than the stack", () => {
    expect(() => json.parse("[".repeat(1_000_000))).toThrow("100 levels");
    expect(json.parse(`${"[".repeat(100)}${"]".repeat(100)}`)).toBeInstanceOf(Array);
  });
});

it("renders with two spaces and a line break at the end", () => {
  expect(json.render({ a: 1, b: [{ c: null }], d: {}, e: [] })).toBe(
    '{\n  "a": 1,\n  "b": [\n    {\n      "c": null\n    }\n  ],\n  "d": {},\n  "e": []\n}\n',
  );
});
