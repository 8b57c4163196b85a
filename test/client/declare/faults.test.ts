import { describe, expect, it } from "vitest";
import { fromFile, project, secret, type ProjectScope } from "../../../client/declare/index.ts";

/** Declarations as JavaScript would let them pass: what the types refuse is tested apart. */
type Loose = Record<string, (...args: unknown[]) => never>;

function faultsOf(fn: (p: Loose) => unknown) {
  return project("test", (p: ProjectScope) => {
    fn(p as unknown as Loose);
  }).faults.map(({ code, detail, resource }) => ({ code, detail, resource }));
}

interface Case {
  readonly name: string;
  readonly declare: (p: Loose) => unknown;
  readonly code: string;
  readonly detail: string;
}

const cases: readonly Case[] = [
  {
    name: "an unknown option, with what was meant",
    declare: (p) => p["directory"]?.("/a", { onwer: "root" }),
    code: "HK1020",
    detail: "directory:/a has no option `onwer`. Did you mean `owner`?",
  },
  {
    name: "an unknown option that resembles none, with those there are",
    declare: (p) => p["directory"]?.("/a", { recursive: true }),
    code: "HK1020",
    detail:
      "directory:/a has no option `recursive`. Known: `owner`, `group`, `mode`, `dependsOn`, `protect`, `onRemove`.",
  },
  {
    name: "the key among the options",
    declare: (p) => p["directory"]?.("/a", { path: "/b" }),
    code: "HK1020",
    detail:
      "directory:/a has no option `path`. Known: `owner`, `group`, `mode`, `dependsOn`, `protect`, `onRemove`.",
  },
  {
    name: "an unknown option deep down",
    declare: (p) => p["host"]?.("app", { at: "app", ssh: { retry: { attempt: 3 } } }),
    code: "HK1022",
    detail: "host app needs the option `ssh.retry.attempts`: it must be a number.",
  },
  {
    name: "a value of the wrong type",
    declare: (p) => p["group"]?.("a", { system: "yes" }),
    code: "HK1021",
    detail: '`system` of group:a must be true or false, but is "yes".',
  },
  {
    name: "a value that is not in the list",
    declare: (p) =>
      p["unit"]?.("a.service", { content: "[Service]\nExecStart=/x\n", onChange: "restrat" }),
    code: "HK1021",
    detail:
      '`onChange` of unit:a.service must be one of "restart", "reload", "none" (did you mean "restart"?), but is "restrat".',
  },
  {
    name: "a bad mode",
    declare: (p) => p["directory"]?.("/a", { mode: "rw" }),
    code: "HK1021",
    detail:
      '`mode` of directory:/a must be a mode such as 0o640, "0640" or "u=rw,g=r" (a plain 640 is decimal: write 0o640), but is "rw".',
  },
  {
    name: "a mode of the wrong type",
    declare: (p) => p["directory"]?.("/a", { mode: {} }),
    code: "HK1021",
    detail: "`mode` of directory:/a must be text or a number, but is an object.",
  },
  {
    name: "a validator that is no list",
    declare: (p) => p["file"]?.("/a", { content: "", validate: "visudo -cf" }),
    code: "HK1021",
    detail:
      '`validate` of file:/a must be a command, such as ["visudo", "-cf", "{}"], or one made with argv(…), but is "visudo -cf".',
  },
  {
    name: "a validator of other things than words",
    declare: (p) => p["file"]?.("/a", { content: "", validate: ["visudo", secret.env("A")] }),
    code: "HK1021",
    detail:
      '`validate` of file:/a must be a command, such as ["visudo", "-cf", "{}"], or one made with argv(…), but is a list.',
  },
  {
    name: "a validator without a program",
    declare: (p) => p["file"]?.("/a", { content: "", validate: [] }),
    code: "HK1021",
    detail: "`validate` of file:/a must name a program, but is a list.",
  },
  {
    name: "a validator that no command line can hold",
    declare: (p) => p["file"]?.("/a", { content: "", validate: ["a", "b\0c"] }),
    code: "HK1021",
    detail:
      "`validate` of file:/a must not contain a NUL character, which no command can be given, but is a list.",
  },
  {
    name: "a validator for what is no file",
    declare: (p) => p["directory"]?.("/a", { validate: ["true"] }),
    code: "HK1020",
    detail:
      "directory:/a has no option `validate`. Known: `owner`, `group`, `mode`, `dependsOn`, `protect`, `onRemove`.",
  },
  {
    name: "an octal mode written in decimal",
    declare: (p) => p["directory"]?.("/a", { mode: 755 }),
    code: "HK1021",
    detail:
      '`mode` of directory:/a must be a mode such as 0o640, "0640" or "u=rw,g=r" (a plain 640 is decimal: write 0o640), but is 755.',
  },
  {
    name: "a relative path",
    declare: (p) => p["directory"]?.("etc/a"),
    code: "HK1023",
    detail:
      '"etc/a" can\'t be used as directory path: it must be an absolute path, such as /etc/motd.',
  },
  {
    name: "no name at all",
    declare: (p) => p["group"]?.(),
    code: "HK1023",
    detail: "Undefined can't be used as group name: it must be text.",
  },
  {
    name: "content that is missing",
    declare: (p) => p["file"]?.("/a"),
    code: "HK1022",
    detail:
      'file:/a needs the option `content`: it must be text, bytes, fromFile("./local/path"), text`…` or a document such as yaml({ … }).',
  },
  {
    name: "content of the wrong type",
    declare: (p) => p["file"]?.("/a", { content: 3 }),
    code: "HK1021",
    detail:
      '`content` of file:/a must be text, bytes, fromFile("./local/path"), text`…` or a document such as yaml({ … }), but is a number.',
  },
  {
    name: "a secret as content",
    declare: (p) => p["file"]?.("/a", { content: secret.env("X") }),
    code: "HK1021",
    detail:
      '`content` of file:/a must be text, bytes, fromFile("./local/path"), text`…` or a document such as yaml({ … }), but is a secret.',
  },
  {
    name: "a secret where text is wanted",
    declare: (p) => p["directory"]?.("/a", { owner: secret.env("X") }),
    code: "HK1021",
    detail:
      "`owner` of directory:/a is a secret, which can't be used there: it must be a user name, a uid or an account.",
  },
  {
    name: "a local file where text is wanted",
    declare: (p) => p["unit"]?.("a.service", { content: fromFile("./a.service") }),
    code: "HK1021",
    detail: "`content` of unit:a.service must be text, but is a local file.",
  },
  {
    name: "a handle of the wrong kind",
    declare: (p) => p["directory"]?.("/a", { owner: p["group"]?.("staff") }),
    code: "HK1021",
    detail:
      "`owner` of directory:/a must be a user name, a uid or an account, but is the handle of group:staff.",
  },
  {
    name: "options that are none",
    declare: (p) => p["directory"]?.("/a", "0755"),
    code: "HK1021",
    detail: "directory:/a takes its options as an object, but was given text.",
  },
  {
    name: "a dependency that is none",
    declare: (p) => p["group"]?.("a", { dependsOn: ["/etc/a"] }),
    code: "HK1021",
    detail:
      '`dependsOn[0]` of group:a must be a handle, or an id such as file:/etc/motd, but is "/etc/a".',
  },
  {
    name: "a dependency without a list",
    declare: (p) => p["group"]?.("a", { dependsOn: "group:b" }),
    code: "HK1021",
    detail:
      '`dependsOn` of group:a must be a list of handles or ids, such as [file], but is "group:b".',
  },
  {
    name: "a protection that is neither on nor off",
    declare: (p) => p["group"]?.("a", { protect: "yes" }),
    code: "HK1021",
    detail: '`protect` of group:a must be true or false, but is "yes".',
  },
  {
    name: "a removal that nobody knows",
    declare: (p) => p["group"]?.("a", { onRemove: "remove" }),
    code: "HK1021",
    detail: '`onRemove` of group:a must be "delete" or "keep", but is "remove".',
  },
  {
    name: "an option that is close to a common one",
    declare: (p) => p["group"]?.("a", { onRemoved: "keep" }),
    code: "HK1020",
    detail: "group:a has no option `onRemoved`. Did you mean `onRemove`?",
  },
  {
    name: "a directive that systemd would ignore",
    declare: (p) => p["unit"]?.("a.service", { service: { ExecStart: "/x", execStop: "/y" } }),
    code: "HK1023",
    detail:
      "unit:a.service can't have `service.execStop`: its name must be a directive spelled as systemd spells it, such as ExecStart.",
  },
  {
    name: "a host without options",
    declare: (p) => p["host"]?.("app"),
    code: "HK1021",
    detail: "host app must be given its options as an object, not undefined.",
  },
  {
    name: "a service bound to no host",
    declare: (p) => p["service"]?.("api", { on: [] }, () => undefined),
    code: "HK1021",
    detail:
      "`on` of service api must name at least one host; leave it out for every host, but is a list.",
  },
  {
    name: "a scope without a function",
    declare: (p) => p["service"]?.("api"),
    code: "HK1027",
    detail:
      "service api needs a function that declares its resources as the last argument, but was given undefined.",
  },
  {
    name: "an async function",
    declare: (p) => p["bootstrap"]?.(async () => undefined),
    code: "HK1005",
    detail:
      "The function of bootstrap is async, so what it declares after its first `await` would be lost. Make it an ordinary function; read files with fromFile or node:fs, and decide without waiting.",
  },
];

describe("faults", () => {
  it.each(cases)("$name", ({ declare, code, detail }) => {
    expect(faultsOf(declare)).toContainEqual(expect.objectContaining({ code, detail }));
  });

  it("are collected, with the resource each is about", () => {
    const faults = faultsOf((p) => {
      p["directory"]?.("/a", { mode: "x", ownr: 1 });
      p["file"]?.("b", { content: "" });
      p["host"]?.("-", {});
    });
    expect(faults.map(({ code, resource }) => [code, resource])).toEqual([
      ["HK1021", "directory:/a"],
      ["HK1020", "directory:/a"],
      ["HK1023", "file:b"],
      ["HK1023", undefined],
      ["HK1022", undefined],
    ]);
  });

  it("of one thing do not make its references wrong", () => {
    const faults = faultsOf((p) => {
      const account = p["account"]?.("not a name");
      const directory = p["directory"]?.("relative");
      p["directory"]?.("/a", { owner: account, dependsOn: [directory] });
      p["symlink"]?.("/b", { to: directory });
      p["account"]?.("ann", { groups: [account] });
    });
    expect(faults.map(({ code }) => code)).toEqual(["HK1023", "HK1023"]);
  });
});
