import { describe, expect, test } from "vitest";
import { COMMANDS } from "../../../client/cli/commands.ts";
import { FLAGS, type FlagName, flagText, variableOf } from "../../../client/cli/flags.ts";
import { helpText } from "../../../client/cli/help.ts";
import { parseCommandLine } from "../../../client/cli/program.ts";

const parse = (line: string) => parseCommandLine(line.split(" ").filter((word) => word !== ""));

function given(line: string) {
  const invocation = parse(line);
  return invocation.asks === "command"
    ? { name: invocation.spec.name, ...invocation.given }
    : invocation;
}

test("a command with its flags, and flags of every command anywhere", () => {
  expect(given("plan --host app --host db,web --exit-code")).toEqual({
    name: "plan",
    host: ["app", "db,web"],
    exitCode: true,
  });
  expect(given("--json -v plan --local --color=never -q")).toEqual({
    name: "plan",
    local: true,
    json: true,
    verbose: true,
    color: "never",
    quiet: true,
  });
  expect(given("facts --ssh root@app --only os,memory")).toEqual({
    name: "facts",
    ssh: "root@app",
    sections: ["os,memory"],
  });
});

test("version, also as a flag", () => {
  expect(given("version")).toEqual({ name: "version" });
  expect(given("--version")).toEqual({ name: "version" });
  expect(given("--version --json")).toEqual({ name: "version", json: true });
  expect(given("--json --version")).toEqual({ name: "version", json: true });
});

describe("help", () => {
  test.each([
    ["-h", undefined, "short"],
    ["--help", undefined, "long"],
    ["help", undefined, "long"],
    ["plan -h", "plan", "short"],
    ["plan --help", "plan", "long"],
    ["help plan", "plan", "long"],
    ["plan --host app --help", "plan", "long"],
    ["--json plan -h", "plan", "short"],
  ])("%s", (line, name, length) => {
    const invocation = parse(line);
    if (invocation.asks !== "help") throw new Error(`${line} asks for ${invocation.asks}`);
    expect(invocation.spec?.name).toBe(name);
    expect(invocation.length).toBe(length);
  });

  test("no command at all", () => {
    expect(parse("")).toEqual({ asks: "nothing" });
    expect(parse("--json")).toEqual({ asks: "nothing" });
  });
});

describe("usage errors name what could not be used", () => {
  test.each([
    ["plna", /HK5001.*no command `plna`\. Did you mean `plan`\?/s],
    ["tidy", /HK5001.*no command `tidy`\. Commands: init, check/s],
    ["help plna", /HK5001.*`plna`/s],
    ["plan --hots app", /HK5002.*hostkit plan has no flag --hots\. Did you mean `--host`\?/s],
    ["plan --yes", /HK5002.*hostkit plan has no flag --yes\. It is a flag of .*apply, push/s],
    ["check -x", /HK5002.*hostkit check has no flag -x\. hostkit check --help tells more\./s],
    ["plan --exit-code=2", /HK5\d{3}.*--exit-code/s],
    ["--host app plan", /HK5002.*--host belongs to a command.*hostkit plan --host/s],
    ["--frobnicate", /HK5002.*no flag --frobnicate/s],
    ["plan --host", /HK5000.*--host needs a value: --host NAME\. hostkit plan --help/s],
    ["plan app", /HK5000.*hostkit plan takes no words.*was given "app"\..*--host NAME/s],
    ["check app", /HK5000.*hostkit check takes no words.*"app"\. hostkit check --help/s],
    ["completion bash zsh", /HK5000.*takes only \[SHELL\] behind its name, and was given "zsh"/s],
    ["push --host plan --yess", /HK5002.*hostkit push has no flag --yess/s],
    ["show", /HK5000.*hostkit show needs FILE behind its name\./s],
    ["facts --ssh a --ssh b", /HK5006.*--ssh is given twice/s],
    ["check --config a --config b", /HK5006.*--config is given twice/s],
  ])("hostkit %s", (line, message) => {
    expect(() => parse(line)).toThrow(message);
  });
});

describe("help text", () => {
  test.each(COMMANDS)(
    "$name: --help begins with examples and lists every flag with its variable",
    (spec) => {
      const text = helpText(spec, "long");
      expect(text.startsWith("Examples:\n  hostkit ")).toBe(true);
      for (const flag of spec.flags) {
        expect(text).toContain(flagText(flag));
        expect(text).toContain(variableOf(flag));
        expect(text.replaceAll(/\s+/g, " ")).toContain(FLAGS[flag].summary);
      }
      expect(text).toContain("HOSTKIT_COLOR");
    },
  );

  test.each(COMMANDS)("$name: every example is a command line that is understood", (spec) => {
    for (const { line } of spec.examples) {
      const invocation = parse(line.replace(/^hostkit /, ""));
      expect(invocation).toMatchObject({ asks: "command", spec: { name: spec.name } });
    }
  });

  test.each([undefined, ...COMMANDS])(
    "short help is shorter, and no line is wider than 80 columns",
    (spec) => {
      expect(helpText(spec, "short").length).toBeLessThan(helpText(spec, "long").length);
      for (const line of helpText(spec, "long").split("\n"))
        expect(line.length).toBeLessThanOrEqual(80);
    },
  );

  test("every flag belongs to some command", () => {
    const used = new Set<FlagName>(COMMANDS.flatMap((spec) => spec.flags));
    for (const name of ["config", "json", "color", "quiet", "verbose"] as const) used.add(name);
    expect([...used].toSorted()).toEqual(Object.keys(FLAGS).toSorted());
  });
});
