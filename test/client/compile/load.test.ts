import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { PassThrough } from "node:stream";
import { buffer, text } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import { isPlain } from "../../../shared/content.ts";
import { loadProject } from "../../../client/compile/load.ts";
import { declaration, faultsOf, load, placed, temporaryFiles } from "./temporary-declaration.ts";

const FIXTURE = resolve(import.meta.dirname, "../../fixtures/declarations/several-files");

describe("finding the declaration", () => {
  it("takes the nearest one upward", async () => {
    const cwd = join(FIXTURE, "nested/deeper");
    const { configPath } = await loadProject({ cwd });
    expect(configPath).toBe(join(FIXTURE, "hostkit.config.ts"));
  });

  it("takes the one that is named, from the working directory", async () => {
    const cwd = temporaryFiles({ "a/other.ts": declaration(""), "a/hostkit.config.ts": "broken(" });
    const { configPath } = await loadProject({ config: "a/other.ts", cwd });
    expect(configPath).toBe(join(cwd, "a/other.ts"));
  });

  it("says where it looked", async () => {
    const cwd = temporaryFiles({});
    const [fault] = await faultsOf(loadProject({ cwd }));
    expect(fault).toMatchObject({
      code: "HK1000",
      side: "config",
      detail: expect.stringContaining(cwd),
    });
    const [named] = await faultsOf(loadProject({ config: "gone.ts", cwd }));
    expect(named).toMatchObject({
      code: "HK1000",
      detail: expect.stringContaining(join(cwd, "gone.ts")),
    });
  });
});

describe("a declaration of several files", () => {
  const loading = () => loadProject({ cwd: FIXTURE });

  it("gives each host what is for it", async () => {
    const loaded = await loading();
    const ids = async (host: string) =>
      (await loaded.manifestFor(host)).manifest.resources.map(({ id }) => id);
    const common = ["group:alpha", "group:beta", "file:/etc/logo", "file:/etc/version"];
    expect(await ids("web")).toEqual([
      ...common,
      "file:/etc/web/web.conf",
      "unit:web.service",
      "directory:/var/lib/shared",
    ]);
    expect(await ids("db")).toEqual(["group:databases", ...common, "directory:/var/lib/shared"]);
  });

  it("takes local files from beside the file that names them", async () => {
    const { manifest, contents } = await (await loading()).manifestFor("web");
    const read = async (id: string) => {
      const resource = manifest.resources.find((each) => each.id === id);
      if (resource?.kind !== "file") throw new Error(`no file ${id}`);
      const { content } = resource.desired;
      if (!isPlain(content)) throw new Error(`${id} has no plain content`);
      return { ...content, bytes: await buffer(contents.open(content.sha256)) };
    };
    expect(await read("file:/etc/web/web.conf")).toMatchObject({
      bytes: Buffer.from("listen = 8080\n"),
      size: 14,
      text: true,
    });
    expect(await read("file:/etc/logo")).toMatchObject({ size: 8, text: false });
    expect(await read("file:/etc/version")).toMatchObject({ text: true });
  });

  it("remembers where each resource was declared", async () => {
    const { manifest } = await (await loading()).manifestFor("web");
    const source = Object.fromEntries(manifest.resources.map((each) => [each.id, each.source]));
    expect(source["group:alpha"]).toEqual({ file: "hostkit.config.ts", line: 13, column: 31 });
    expect(source["unit:web.service"]).toEqual({ file: "web/web-server.ts", line: 6, column: 12 });
  });

  it("names files outside of the working directory in full", async () => {
    const cwd = join(FIXTURE, "web");
    const { manifest } = await (await loadProject({ cwd })).manifestFor("web");
    const files = new Set(manifest.resources.map(({ source }) => source?.file));
    expect(files).toEqual(new Set([join(FIXTURE, "hostkit.config.ts"), "web-server.ts"]));
  });

  it("is the same every time and everywhere", async () => {
    const copy = temporaryFiles({});
    cpSync(FIXTURE, copy, { recursive: true });
    const texts = await Promise.all(
      [FIXTURE, FIXTURE, copy].map(async (cwd) => {
        const loaded = await loadProject({ cwd });
        return JSON.stringify((await loaded.manifestFor("web")).manifest);
      }),
    );
    expect(new Set(texts).size).toBe(1);
  });
});

describe("evaluating", () => {
  it("sends the declaration's console to stderr", async () => {
    const stderr = new PassThrough();
    await load(`console.log("said", 1);\n${declaration('console.error("more");')}`, { stderr });
    stderr.end();
    expect(await text(stderr)).toBe("said 1\nmore\n");
  });

  it("compiles packages along", async () => {
    const files = {
      "hostkit.config.ts": `import { motd } from "recipes";\n${declaration("motd(p);")}`,
      "node_modules/recipes/package.json":
        '{"name":"recipes","type":"module","exports":"./index.js"}',
      "node_modules/recipes/index.js":
        'import { fromFile } from "hostkit";\nexport const motd = (p) => p.file("/etc/motd", { content: fromFile("./motd.txt") });\n',
      "node_modules/recipes/motd.txt": "hello\n",
    };
    const { manifest } = await (await load(files)).manifestFor("app");
    expect(manifest.resources).toMatchObject([
      { id: "file:/etc/motd", source: { file: "node_modules/recipes/index.js", line: 2 } },
    ]);
  });

  it("compiles JSON along", async () => {
    const files = {
      "hostkit.config.ts": `import names from "./names.json";\n${declaration("for (const n of names) p.group(n);")}`,
      "names.json": '["alpha", "beta"]',
    };
    const { manifest } = await (await load(files)).manifestFor("app");
    expect(manifest.resources.map(({ id }) => id)).toEqual(["group:alpha", "group:beta"]);
  });

  it("warns of what the compiler warns of", async () => {
    const { warnings } = await load(declaration("const x = typeof p === 'fnction';"));
    expect(warnings).toMatchObject([
      { code: "HK1008", severity: "warning", source: { file: "hostkit.config.ts", line: 3 } },
    ]);
  });

  const failing: readonly (readonly [string, string, string, string])[] = [
    [
      "that does not compile",
      "export default {;\n",
      "HK1001 hostkit.config.ts:1:17",
      'Expected identifier but found ";"',
    ],
    [
      "that imports what is not there",
      'import "./gone.ts";\n',
      "HK1001 hostkit.config.ts:1:8",
      "gone.ts",
    ],
    [
      "that throws",
      'import { project } from "hostkit";\n\nconst env: Record<string, { a: string }> = {};\nexport default project(env["x"].a, () => undefined);\n',
      "HK1002 hostkit.config.ts:4:33",
      "TypeError: Cannot read properties of undefined (reading 'a')",
    ],
    [
      "that throws deep down",
      declaration("const f = () => { throw new RangeError('no'); };\n[1].map(f);"),
      "HK1002 hostkit.config.ts:3:25",
      "RangeError: no",
    ],
    [
      "that throws no error",
      declaration("throw 'text';"),
      "HK1002 hostkit.config.ts:1:1",
      'It threw "text".',
    ],
    [
      "that misspells a builder",
      declaration("p.fle('/a', { content: '' });"),
      "HK1002 hostkit.config.ts:3:3",
      "TypeError: p.fle is not a function. Did you mean `file`?",
    ],
    [
      "that uses await at the top",
      `await 1;\n${declaration("")}`,
      "HK1005 hostkit.config.ts:1:1",
      "can't use `await`",
    ],
    [
      "that exports a promise",
      "export default Promise.reject(new Error('x'));\n",
      "HK1005 hostkit.config.ts:1:1",
      "is a promise",
    ],
    [
      "with an async function",
      'import { project } from "hostkit";\nexport default project("a", async (p) => { await 1; p.group("a"); });\n',
      "HK1005 hostkit.config.ts:2:16",
      "async",
    ],
    ["that exports nothing", "const a = 1;\n", "HK1004 hostkit.config.ts:1:1", "exports nothing"],
    [
      "that exports other names",
      "export const a = 1;\nexport const b = 2;\n",
      "HK1004 hostkit.config.ts:1:1",
      "exports only a, b",
    ],
    [
      "that exports something else",
      "export default { a: 1 };\n",
      "HK1004 hostkit.config.ts:1:1",
      "is an object, not what `project` returns",
    ],
    [
      "that needs a part of hostkit there is not",
      'import { x } from "hostkit/caddy";\nexport default x;\n',
      "HK1007 hostkit.config.ts:1:19",
      '"hostkit/caddy" can\'t be loaded',
    ],
    [
      "that computes the name of a module",
      `const name = "./x"; require(name);\n`,
      "HK1007 hostkit.config.ts:1:21",
      "fixed text",
    ],
    [
      "that makes text of a secret",
      declaration("p.file('/a', { content: `${secret.env('A')}` });"),
      "HK1002 hostkit.config.ts:3:35",
      "A secret has no text form",
    ],
    [
      "with a command that can't be built",
      declaration("argv('');"),
      "HK1025 hostkit.config.ts:3:1",
      "can't be empty",
    ],
  ];
  it.each(failing)("refuses one %s", async (_name, source, where, detail) => {
    const faults = await faultsOf(load(source));
    expect(faults.map(placed)).toEqual([where]);
    expect(faults[0]?.detail).toContain(detail);
  });

  it("stops one that never ends", async () => {
    const [fault] = await faultsOf(load("for (;;);\n", { timeout: 200 }));
    expect(fault).toMatchObject({ code: "HK1003", detail: expect.stringContaining("after 0.2 s") });
  });

  it("stops one that never ends in a builder, and leaves stack traces as they were", async () => {
    const state = () => [
      Error.stackTraceLimit,
      Object.getOwnPropertyDescriptor(Error, "prepareStackTrace"),
    ];
    const before = state();
    for (let round = 0; round < 5; round++) {
      // One after the other: the limit is counted in time.
      const body = "for (;;) fromFile('./a');";
      expect((await faultsOf(load(declaration(body), { timeout: 30 })))[0]?.code).toBe("HK1003");
      expect(state()).toEqual(before);
    }
  });

  it("reports what was found before a failure too", async () => {
    const faults = await faultsOf(load(declaration("p.group('a b');\nthrow new Error('x');")));
    expect(faults.map(placed)).toEqual([
      "HK1023 hostkit.config.ts:3:3",
      "HK1002 hostkit.config.ts:4:7",
    ]);
  });

  it("points into the file that is wrong", async () => {
    const files = {
      "hostkit.config.ts": `import { more } from "./lib/more";\n${declaration("more(p);")}`,
      "lib/more.ts":
        'import type { ProjectScope } from "hostkit";\n\nexport function more(p: ProjectScope) {\n  p.group("ok");\n  p.group("not ok");\n}\n',
    };
    expect((await faultsOf(load(files))).map(placed)).toEqual(["HK1023 lib/more.ts:5:5"]);
  });
});

describe("manifestFor", () => {
  it("lists the declared hosts when asked for another", async () => {
    const loaded = await loadProject({ cwd: FIXTURE });
    const [fault] = await faultsOf(loaded.manifestFor("wbe"));
    expect(fault).toMatchObject({
      code: "HK1006",
      detail: 'The project declares no host "wbe". Did you mean `web`? Declared: web, db.',
    });
  });

  it("knows no host of a project that declares none", async () => {
    const loaded = await load(
      'import { project } from "hostkit";\nexport default project("a", () => undefined);\n',
    );
    for (const name of ["", "app"]) {
      expect(await faultsOf(loaded.manifestFor(name))).toMatchObject([
        { code: "HK1006", detail: expect.stringContaining("declares none at all") },
      ]);
    }
  });
});

describe("local files", () => {
  it("that can't be read are faults of the place that names them", async () => {
    const body =
      "p.file('/a', { content: fromFile('./gone') });\np.file('/b', { content: fromFile('.') });";
    const faults = await faultsOf(load(declaration(body)));
    expect(faults.map(placed)).toEqual([
      "HK1030 hostkit.config.ts:3:25",
      "HK1030 hostkit.config.ts:4:25",
    ]);
    expect(faults[0]).toMatchObject({
      resource: "file:/a",
      detail: expect.stringContaining("no such file"),
    });
    expect(faults[1]).toMatchObject({ detail: expect.stringContaining("not a regular file") });
  });

  it("that changed meanwhile are not sent", async () => {
    const cwd = temporaryFiles({
      "hostkit.config.ts": declaration("p.file('/a', { content: fromFile('./a.txt') });"),
      "a.txt": "before",
    });
    const { manifest, contents } = await (await loadProject({ cwd })).manifestFor("app");
    const [file] = manifest.resources;
    if (file?.kind !== "file" || !isPlain(file.desired.content)) throw new Error("no file");
    const { sha256 } = file.desired.content;
    writeFileSync(join(cwd, "a.txt"), "after!");
    const pieces: Uint8Array[] = [];
    const reading = (async () => {
      for await (const piece of contents.open(sha256)) pieces.push(piece);
    })();
    expect(await faultsOf(reading)).toMatchObject([
      { code: "HK1031", detail: expect.stringContaining(join(cwd, "a.txt")) },
    ]);
    expect(pieces).toEqual([]);
  });

  it("are relative to the file, not to the working directory", async () => {
    const cwd = temporaryFiles({
      "conf/hostkit.config.ts": declaration("p.file('/a', { content: fromFile('../a.txt') });"),
      "a.txt": "a",
    });
    mkdirSync(join(cwd, "elsewhere"));
    const loaded = await loadProject({
      config: "../conf/hostkit.config.ts",
      cwd: join(cwd, "elsewhere"),
    });
    expect((await loaded.manifestFor("app")).manifest.resources).toHaveLength(1);
  });
});
