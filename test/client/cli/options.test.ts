import { describe, expect, test } from "vitest";
import {
  FLAGS,
  FACT_SECTIONS,
  type FlagName,
  flagText,
  variableOf,
} from "../../../client/cli/flags.ts";
import { type Environment, type Given, resolveOptions } from "../../../client/cli/options.ts";
import { HostKitError } from "../../../shared/diagnostic.ts";
import { FactSection } from "../../../shared/facts.ts";

const NAMES = Object.keys(FLAGS) as FlagName[];

/** As for a command that has all of these flags. */
const resolve = (given: Given, env: Environment, takes: readonly FlagName[] = NAMES) =>
  resolveOptions(given, env, { takes });

test("defaults", () => {
  expect(resolve({}, {})).toEqual({
    words: [],
    config: undefined,
    verbose: false,
    quiet: false,
    color: "auto",
    json: false,
    host: [],
    all: false,
    ssh: undefined,
    local: false,
    sections: [],
    service: [],
    only: [],
    except: [],
    id: [],
    yes: false,
    exitCode: false,
    full: false,
    out: undefined,
    sign: undefined,
    allowedSigners: undefined,
    dryRun: false,
    allowCommands: false,
    format: "text",
    graph: false,
    onFailure: "rollback",
    wait: 10_000,
    confirmTimeout: 60_000,
    run: undefined,
    follow: false,
    prune: false,
    keep: 10,
  });
});

test("everything that is wrong is told together", () => {
  const given = { wait: "5", keep: "x", run: "foo", only: ["a", "file:/b"], color: "blue" };
  const env = { HOSTKIT_YES: "perhaps", HOSTKIT_ON_FAILURE: "rolback" };
  let thrown: unknown;
  try {
    resolve(given, env);
  } catch (error) {
    thrown = error;
  }
  const told = thrown instanceof HostKitError ? thrown.diagnostics : [];
  const named = told.map(({ code, detail }) => `${code} ${detail.split(" ")[0]}`);
  expect(named.toSorted()).toEqual([
    "HK5003 --color",
    "HK5003 --keep",
    "HK5003 --only",
    "HK5003 --run",
    "HK5003 --wait",
    "HK5004 HOSTKIT_ON_FAILURE",
    "HK5004 HOSTKIT_YES",
  ]);
});

test("names are derived", () => {
  expect(flagText("exitCode")).toBe("--exit-code");
  expect(variableOf("exitCode")).toBe("HOSTKIT_EXIT_CODE");
  expect(flagText("sections")).toBe("--only");
  expect(variableOf("sections")).toBe("HOSTKIT_ONLY");
});

test("the sections that --only takes are the sections there are", () => {
  expect([...FACT_SECTIONS].toSorted()).toEqual([...FactSection.options].toSorted());
});

describe("every flag has a variable", () => {
  const values: Partial<Record<FlagName, readonly [string, unknown]>> = {
    color: ["never", "never"],
    sections: ["os,memory", ["os", "memory"]],
    host: ["app,db", ["app", "db"]],
    service: ["api,web", ["api", "web"]],
    only: ["file:/etc/a,b", ["file:/etc/a,b"]],
    except: ["file:/etc/a,b", ["file:/etc/a,b"]],
    id: ["file:/etc/a,b", ["file:/etc/a,b"]],
    config: ["x.ts", "x.ts"],
    out: ["plan.json", "plan.json"],
    sign: ["key", "key"],
    allowedSigners: ["list", "list"],
    ssh: ["root@app", "root@app"],
    format: ["markdown", "markdown"],
    onFailure: ["stop", "stop"],
    wait: ["0.0005s", 1],
    confirmTimeout: ["2m", 120_000],
    run: ["20260102T030405-a1b2c3", "20260102T030405-a1b2c3"],
    keep: ["3", 3],
  };
  test.each(NAMES)("%s", (name) => {
    const [text, expected] = values[name] ?? ["1", true];
    const options = resolve({}, { [variableOf(name)]: text }, [name]);
    expect(options[name]).toEqual(expected);
  });

  test.each(NAMES)("%s: an empty one is none", (name) => {
    expect(resolve({}, { [variableOf(name)]: "" })).toEqual(resolve({}, {}));
  });
});

test("a variable means nothing to a command that has no such flag", () => {
  const env = { HOSTKIT_ONLY: "nonsense", HOSTKIT_WAIT: "nonsense", HOSTKIT_JSON: "1" };
  expect(resolve({}, env, ["json"])).toMatchObject({ json: true, sections: [], wait: 10_000 });
  expect(() => resolve({}, env, ["json", "sections"])).toThrow(/HK5004.*HOSTKIT_ONLY/s);
});

test("a flag wins over its variable", () => {
  expect(resolve({ color: "always" }, { HOSTKIT_COLOR: "never" }).color).toBe("always");
  expect(resolve({ config: "a.ts" }, { HOSTKIT_CONFIG: "b.ts" }).config).toBe("a.ts");
});

test("a target named by hand hides the variables of all other targets", () => {
  const env = { HOSTKIT_HOST: "db", HOSTKIT_LOCAL: "1", HOSTKIT_YES: "1" };
  expect(resolve({ ssh: "root@app" }, env)).toMatchObject({
    ssh: "root@app",
    host: [],
    local: false,
    yes: true,
  });
  expect(resolve({}, env)).toMatchObject({ host: ["db"], local: true });
});

test("a form named by hand hides the variables of all other forms", () => {
  const env = { HOSTKIT_FORMAT: "markdown", HOSTKIT_FULL: "1" };
  expect(resolve({ json: true }, env)).toMatchObject({
    json: true,
    format: "text",
    full: true,
  });
  expect(resolve({ graph: true }, { HOSTKIT_JSON: "1" })).toMatchObject({
    graph: true,
    json: false,
  });
  expect(resolve({}, env).format).toBe("markdown");
});

test("switches are read as people write them", () => {
  for (const text of ["1", "true", "YES", "on"]) {
    expect(resolve({}, { HOSTKIT_YES: text }).yes).toBe(true);
  }
  for (const text of ["0", "false", "No", "off"]) {
    expect(resolve({}, { HOSTKIT_YES: text }).yes).toBe(false);
  }
  expect(() => resolve({}, { HOSTKIT_YES: "maybe" })).toThrow(/HK5004.*HOSTKIT_YES is "maybe"/s);
});

test("values are checked where they were written", () => {
  expect(() => resolve({ color: "nevr" }, {})).toThrow(/HK5003.*--color.*Did you mean `never`/s);
  expect(() => resolve({}, { HOSTKIT_COLOR: "nevr" })).toThrow(/HK5004.*HOSTKIT_COLOR.*"nevr"/s);
  expect(() => resolve({ sections: ["os,memry"] }, {})).toThrow(
    /--only takes.*Did you mean `memory`/s,
  );
  expect(() => resolve({ host: ["app,,db"] }, {})).toThrow(/--host has an empty value/);
  expect(() => resolve({ host: ["--yes"] }, {})).toThrow(
    /--host needs a value.*looks like a flag/s,
  );
});

test("a list may be repeated or separated by commas", () => {
  expect(resolve({ host: ["a, b", "c"] }, {}).host).toEqual(["a", "b", "c"]);
});

test("ids are repeated, and never taken apart: a path may have a comma", () => {
  const id = ["file:/etc/a,b", "unit:a.service"];
  expect(resolve({ id }, {}).id).toEqual(id);
  for (const name of ["id", "only", "except"] as const) {
    expect(() => resolve({ [name]: ["unit:a.service", "/etc/motd"] }, {})).toThrow(
      new RegExp(`HK5003.*--${name} takes the id of a resource.*"/etc/motd"`, "s"),
    );
  }
});

test.each([
  ["run", "yesterday", "the id of a run"],
  ["keep", "many", "a number"],
] as const)("--%s refuses %s", (name, value, says) => {
  expect(() => resolve({ [name]: value }, {})).toThrow(says);
});
