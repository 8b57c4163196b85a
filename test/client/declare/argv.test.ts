import { describe, expect, it } from "vitest";
import { argv, project, type ArgumentOptions } from "../../../client/declare/index.ts";
import { HostKitError } from "../../../shared/diagnostic.ts";
import { Secret } from "../../../shared/secret.ts";

describe("argv", () => {
  const cases: readonly (readonly [
    string,
    readonly (string | number | ArgumentOptions)[],
    readonly string[],
  ])[] = [
    [
      "keeps text as one argument each, whatever it contains",
      ["a b", "$HOME; rm", ""],
      ["a b", "$HOME; rm", ""],
    ],
    ["takes numbers", [8080, -1.5], ["8080", "-1.5"]],
    [
      "makes options of an object",
      [{ config: "/etc/a.ini", port: 4000 }],
      ["--config", "/etc/a.ini", "--port", "4000"],
    ],
    ["gives one letter one dash", [{ p: 1, v: true }], ["-p", "1", "-v"]],
    [
      "writes words with dashes",
      [{ maxConnections: 9, log_level: "x" }],
      ["--max-connections", "9", "--log-level", "x"],
    ],
    [
      "uses a name with a dash as it is",
      [{ "-config": "x", "--noColor": true }],
      ["-config", "x", "--noColor"],
    ],
    ["true is the option alone", [{ verbose: true }], ["--verbose"]],
    ["false and undefined leave it out", [{ verbose: false, quiet: undefined }], []],
    ["a list repeats it", [{ allow: ["a", 2] }], ["--allow", "a", "--allow", "2"]],
    ["an empty list leaves it out", [{ allow: [] }], []],
    [
      "keeps the order of all arguments",
      ["serve", { port: 1 }, "--", { q: true }],
      ["serve", "--port", "1", "--", "-q"],
    ],
  ];
  it.each(cases)("%s", (_name, given, expected) => {
    expect(argv("/bin/x", ...given).argv).toEqual(["/bin/x", ...expected]);
  });

  it("takes handles for what they stand for", () => {
    project("test", (p) => {
      const file = p.file("/etc/a", { content: "" });
      const account = p.account("ann");
      const group = p.group("staff");
      const unit = p.unit("a.service", { service: { ExecStart: argv("/bin/true") } });
      expect(argv(file, account, { group, unit, config: [file] }).argv).toEqual([
        "/etc/a",
        "ann",
        "--group",
        "staff",
        "--unit",
        "a.service",
        "--config",
        "/etc/a",
      ]);
    });
  });

  it("is frozen", () => {
    const command = argv("/bin/x", "y");
    expect(Object.isFrozen(command)).toBe(true);
    expect(Object.isFrozen(command.argv)).toBe(true);
  });

  const refused: readonly (readonly [string, () => unknown, string])[] = [
    ["an empty program", () => argv(""), "The program of a command can't be empty."],
    [
      "a secret, without showing it",
      () => argv("/bin/x", new Secret({ from: "env", name: "TOKEN" }) as unknown as string),
      "Argument 1 of /bin/x must be text, a number or a handle, but is a secret.",
    ],
    [
      "null in an option",
      () => argv("/bin/x", { port: null as unknown as number }),
      "--port of /bin/x must be text, a number or a handle, but is null.",
    ],
    [
      "NaN",
      () => argv("/bin/x", Number.NaN),
      "Argument 1 of /bin/x must be text, a number or a handle, but is a number.",
    ],
    [
      "a NUL character",
      () => argv("/bin/x", "a\0b"),
      "Argument 1 of /bin/x contains a NUL character, which no command can be given.",
    ],
  ];
  it.each(refused)("refuses %s", (_name, run, detail) => {
    try {
      run();
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(HostKitError);
      expect((error as HostKitError).diagnostics).toMatchObject([{ code: "HK1025", detail }]);
    }
  });
});
