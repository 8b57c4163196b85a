import { describe, expect, it } from "vitest";
import { faultOfCommand, renderArgv } from "../../../shared/systemd/argv.ts";
import { assignment, faultOfValue } from "../../../shared/systemd/environment.ts";

// That a real systemd reads all of it back is proved on a host: test/hosts/argv.test.ts.
describe("command lines", () => {
  it.each([
    [["/bin/x", "plain", "--a=b"], "/bin/x plain --a=b"],
    [["/bin/x", "", " ", "a b"], '/bin/x "" " " "a b"'],
    [["/bin/x", "50%", "$HOME", "${A}"], "/bin/x 50%% $$HOME $${A}"],
    [["/bin/x", ";", "'", '"', "\\"], String.raw`/bin/x ";" "'" "\"" "\\"`],
    [["/bin/x", "a\nb\tc\rd\u0001\u0085"], String.raw`/bin/x "a\nb\tc\rd\x01\xc2\x85"`],
    [["/a b/x", "y"], '"/a b/x" y'],
    // A doubled `$` would stay two in a path, so variables are off as a whole.
    [["/a$b/x", "$HOME", "c"], ":/a$b/x $HOME c"],
    [["/a$b c/%n"], ':"/a$b c/%%n"'],
  ] as const)("%j", (argv, line) => expect(renderArgv({ argv: [...argv] })).toBe(line));

  it.each([
    [[""], "must name a program"],
    [["bin/x"], "must name its program by an absolute path, or by its name alone"],
    [["-x"], "systemd would take the first character"],
    [["@x"], "systemd would take the first character"],
    [["/a'b"], "systemd refuses quotes"],
    [["/a/"], "a slash at the end"],
    [["x", "a\0"], "NUL"],
    [["x", "\ud800"], "half a surrogate pair"],
    [["x", "\uffff"], "keeps free of characters"],
  ] as const)("refuse %j", (argv, fault) =>
    expect(faultOfCommand({ argv: [...argv] })).toContain(fault),
  );

  it("take programs by name and by path", () => {
    for (const program of ["x", "/bin/x", "/a b/ü"]) {
      expect(faultOfCommand({ argv: [program, "-x", "'"] })).toBeUndefined();
    }
  });
});

describe("variables", () => {
  it("keep their values", () => {
    expect(assignment("A", "")).toBe("A=");
    expect(assignment("A", 50)).toBe("A=50");
    expect(assignment("A", "50% of $HOME\n")).toBe(String.raw`"A=50%% of $HOME\n"`);
  });

  it("have no values that systemd would leave out", () => {
    expect(faultOfValue("a\tb\nc\u0085é😀")).toBeUndefined();
    for (const value of ["\0", "\r", "\u007f", "\u0001", "\ud800", "\ufdd0"]) {
      expect(faultOfValue(value), JSON.stringify(value)).toMatch(/^must not contain/);
    }
  });
});
