import { describe, expectTypeOf, it } from "vitest";
import {
  argv,
  fromFile,
  project,
  secret,
  type Argv,
  type ContentSource,
  type DocumentBuilders,
  type Handle,
  type Kind,
  type Options,
  type Project,
  type ProjectScope,
  type ResourceBuilder,
  type ResourceBuilders,
  type Secret,
} from "hostkit";

declare const p: ProjectScope;

describe("builders", () => {
  it("are one for each kind", () => {
    expectTypeOf<keyof Omit<ResourceBuilders, keyof DocumentBuilders>>().toEqualTypeOf<Kind>();
    expectTypeOf<ResourceBuilders>().toExtend<{ readonly [K in Kind]: ResourceBuilder<K> }>();
    expectTypeOf(p.yaml).returns.toEqualTypeOf<Handle<"file">>();
    expectTypeOf(p.file).returns.toEqualTypeOf<Handle<"file">>();
  });

  it("need options only where one is required", () => {
    p.group("staff");
    p.account("ann");
    p.directory("/srv");
    // @ts-expect-error: a file needs content
    p.file("/etc/motd");
    // @ts-expect-error: a file needs content
    p.file("/etc/motd", {});
    // @ts-expect-error: a link needs a target
    p.symlink("/a");
  });

  it("take text, bytes or a local file as content, and nothing else", () => {
    expectTypeOf<Options<"file">["content"]>().toEqualTypeOf<ContentSource>();
    p.file("/a", { content: "text" });
    p.file("/a", { content: "text", validate: ["visudo", "-cf", "{}"] });
    p.file("/a", { content: "text", validate: argv("visudo", { c: true }, "{}") });
    const checked = { validate: ["nginx", "-t"] };
    p.file("/a", { content: "text", ...checked });
    // @ts-expect-error a command is a list of words
    p.file("/a", { content: "text", validate: "visudo -cf" });
    p.file("/a", { content: Uint8Array.of(1) });
    p.file("/a", { content: fromFile("./a") });
    // @ts-expect-error: a number is no content
    p.file("/a", { content: 1 });
    // @ts-expect-error: a secret would be written down
    p.file("/a", { content: secret.env("A") });
    // @ts-expect-error: only the compiler makes references
    p.file("/a", { content: { sha256: "", size: 0, text: true } });
  });

  it("leave the key out of the options", () => {
    expectTypeOf<Options<"file">>().not.toHaveProperty("path");
    expectTypeOf<Options<"account">>().not.toHaveProperty("name");
    // @ts-expect-error: the path is the first argument
    p.directory("/a", { path: "/b" });
  });

  it("refuse a misspelt option", () => {
    // @ts-expect-error: owner
    p.directory("/a", { onwer: "root" });
    // @ts-expect-error: authorizedKeys
    p.account("ann", { authorisedKeys: [] });
    // @ts-expect-error: onChange
    p.unit("a.service", { content: "", onchange: "restart" });
  });

  it("refuse a value of the wrong type", () => {
    // @ts-expect-error: true or false
    p.group("a", { system: "yes" });
    // @ts-expect-error: a list
    p.account("ann", { groups: "adm" });
    // @ts-expect-error: one of three words
    p.unit("a.service", { content: "", onChange: "restat" });
    // @ts-expect-error: a mode is a number or text
    p.directory("/a", { mode: true });
    // @ts-expect-error: a path is text
    p.directory(1);
    // @ts-expect-error: only ssh.password takes a secret
    p.directory("/a", { owner: secret.env("A") });
  });

  it("take a mode as a number or text", () => {
    expectTypeOf<Options<"directory">["mode"]>().toEqualTypeOf<string | number | undefined>();
  });
});

describe("handles", () => {
  it("offer what their kind has", () => {
    expectTypeOf<Handle<"file">["path"]>().toExtend<string>();
    expectTypeOf<Handle<"account">["user"]>().toExtend<string>();
    expectTypeOf<Handle<"account">["home"]>().toExtend<string | undefined>();
    expectTypeOf<Handle<"unit">["unit"]>().toExtend<string>();
    expectTypeOf<Handle<"group">>().not.toHaveProperty("user");
    expectTypeOf<Handle<"file">["kind"]>().toEqualTypeOf<"file">();
  });

  it("are read-only", () => {
    const file = p.file("/a", { content: "" });
    // @ts-expect-error: frozen
    file.path = p.directory("/b").path;
    // @ts-expect-error: a handle has no such thing
    expectTypeOf(file.pth);
  });

  it("go where their kind makes sense", () => {
    const account = p.account("ann");
    const group = p.group("staff");
    const directory = p.directory("/srv/a", { owner: account, group });
    const file = p.file("/srv/a/b", {
      content: "",
      group: account,
      dependsOn: [directory, "group:staff"],
    });
    p.symlink("/b", { to: file });
    p.account("ben", { groups: [group, account, "adm"], home: directory });

    // @ts-expect-error: a group owns nothing
    p.directory("/x", { owner: group });
    // @ts-expect-error: a file is no account
    p.directory("/x", { owner: file });
    // @ts-expect-error: an account has no path
    p.symlink("/x", { to: account });
    // @ts-expect-error: a directory is no group
    p.account("cem", { groups: [directory] });
    // @ts-expect-error: no kind is called fle
    p.group("x", { dependsOn: ["fle:/etc/a"] });
    // @ts-expect-error: a list
    p.group("x", { dependsOn: file });
  });
});

describe("every builder", () => {
  it("takes what becomes of its resource when it is no longer declared", () => {
    p.file("/a", { content: "", protect: true, onRemove: "keep" });
    p.group("a", { onRemove: "delete" });
    p.symlink("/a", { to: "/b", protect: false });
    // @ts-expect-error: one of two words
    p.group("a", { onRemove: "remove" });
    // @ts-expect-error: true or false
    p.directory("/a", { protect: "yes" });
  });
});

describe("units", () => {
  it("take inputs as handles or ids, and need no file of their own", () => {
    const file = p.file("/a", { content: "" });
    p.unit("a.service", { inputs: [file, "symlink:/b"], onChange: "reload" });
    p.service("a", (s) => s.daemon({ exec: ["/bin/a"], inputs: [file], onRemove: "keep" }));
    // @ts-expect-error: a list
    p.unit("a.service", { inputs: file });
  });
});

describe("hosts", () => {
  it("know their options", () => {
    p.host("app", {
      at: "app.example.com",
      tags: ["a"],
      ssh: {
        user: "root",
        port: 22,
        password: secret.env("A"),
        connectTimeout: "10s",
        retry: { attempts: 3 },
      },
    });
    // @ts-expect-error: where is it?
    p.host("app", {});
    // @ts-expect-error: misspelt
    p.host("app", { at: "x", ssh: { identity: "~/.ssh/id" } });
    // @ts-expect-error: a password in the open
    p.host("app", { at: "x", ssh: { password: "hunter2" } });
    // @ts-expect-error: a secret is no text
    p.host("app", { at: "x", ssh: { user: secret.env("A") } });
    // @ts-expect-error: a duration has a unit
    p.host("app", { at: "x", ssh: { connectTimeout: "10" } });
    // @ts-expect-error: a duration has a unit
    p.host("app", { at: "x", ssh: { connectTimeout: 10 } });
    // @ts-expect-error: a known unit
    p.host("app", { at: "x", ssh: { connectTimeout: "10x" } });
  });

  it("are what services are bound to", () => {
    const app = p.host("app", { at: "x" });
    p.service("api", { on: [app] }, () => {});
    // @ts-expect-error: by handle, not by name
    p.service("api", { on: ["app"] }, () => {});
    // @ts-expect-error: a service is no host
    p.service("api", { on: [p.service("x", () => {})] }, () => {});
    // @ts-expect-error: misspelt
    p.service("api", { onn: [app] }, () => {});
  });
});

describe("argv", () => {
  it("takes text, numbers, options and handles", () => {
    const file = p.file("/a", { content: "" });
    expectTypeOf(
      argv("/bin/x", "a", 1, file, { file, port: 1, verbose: true, allow: ["a", 2, file] }),
    ).toEqualTypeOf<Argv>();
    expectTypeOf(argv(file)).toEqualTypeOf<Argv>();
    // @ts-expect-error: a secret would be seen by everybody on the host
    argv("/bin/x", secret.env("A"));
    // @ts-expect-error: a secret would be seen by everybody on the host
    argv("/bin/x", { token: secret.env("A") });
    // @ts-expect-error: an account is no program
    argv(p.account("ann"));
    // @ts-expect-error: nothing is not an argument
    argv("/bin/x", null);
    // @ts-expect-error: a program is needed
    argv();
  });
});

describe("secrets", () => {
  it("are no text", () => {
    expectTypeOf(secret.env("A")).toEqualTypeOf<Secret>();
    expectTypeOf<Secret>().not.toExtend<string>();
    expectTypeOf<Secret>().not.toExtend<Options<"directory">["owner"]>();
    expectTypeOf<Secret>().not.toExtend<Options<"file">["content"]>();
  });
});

describe("project", () => {
  it("returns a project", () => {
    expectTypeOf(project("a", () => {})).toEqualTypeOf<Project>();
    expectTypeOf(project("a", {}, () => {})).toEqualTypeOf<Project>();
    // @ts-expect-error: a function is needed
    project("a");
    // @ts-expect-error: misspelt
    project("a", { rots: {} }, () => {});
    // @ts-expect-error: misspelt
    project("a", { prefixes: { users: "x" } }, () => {});
  });
});
