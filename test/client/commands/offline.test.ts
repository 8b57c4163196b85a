import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { HostKitError } from "../../../shared/diagnostic.ts";
import { loadProject } from "../../../client/compile/load.ts";
import { problem } from "./fake-services.ts";
import { hostkit } from "./hostkit.ts";

describe("check", () => {
  test("says what it checked", async () => {
    const { code, world, log } = await hostkit("check", { hosts: { app: {}, db: {} } });
    expect(code).toBe(0);
    expect(world.stdout()).toBe("ok: 2 hosts, 0 resources (hostkit.config.ts)\n");
    expect(log).toEqual(["load"]);
  });

  test("every problem is shown, 3", async () => {
    const load = new HostKitError([
      ...problem("config", "HK1020").diagnostics,
      ...problem("config", "HK1021").diagnostics,
    ]);
    const { code, world } = await hostkit("check", { load });
    expect(code).toBe(3);
    expect(world.stdout()).toBe("");
    expect(world.stderr()).toMatch(/error\[config HK1020\][\s\S]*error\[config HK1021\]/);
  });

  test("as events", async () => {
    const { code, world } = await hostkit("check --json", { load: problem("config", "HK1020") });
    expect(code).toBe(3);
    expect(world.stderr()).toBe("");
    expect(world.events().map((event) => event["event"])).toEqual([
      "phase",
      "diagnostic",
      "summary",
    ]);
  });
});

describe("dump", () => {
  const parse = (text: string) => JSON.parse(text) as unknown;

  test("one host: an object, for people to read", async () => {
    const { code, world } = await hostkit("dump --host app", { hosts: { app: {}, db: {} } });
    expect(code).toBe(0);
    expect(parse(world.stdout())).toMatchObject({
      version: 1,
      host: "app",
      resources: [{ id: "file:/etc/motd" }],
    });
    expect(world.stdout()).toContain('\n  "host": "app"');
  });

  test("the only host needs no name; several are a list", async () => {
    expect(parse((await hostkit("dump")).world.stdout())).toMatchObject({ host: "app" });
    const { world } = await hostkit("dump", { hosts: { app: {}, db: {} } });
    expect(parse(world.stdout())).toMatchObject([{ host: "app" }, { host: "db" }]);
  });

  test("--json: one event for each host", async () => {
    const { world } = await hostkit("dump --json", { hosts: { app: {}, db: {} } });
    expect(world.events().filter((event) => event["event"] === "manifest")).toMatchObject([
      { host: "app", manifest: { host: "app" } },
      { host: "db", manifest: { host: "db" } },
    ]);
  });

  test("a host that is not declared", async () => {
    const { code, world } = await hostkit("dump --host ap");
    expect(code).toBe(64);
    expect(world.stderr()).toContain("Did you mean `app`?");
  });
});

describe("init", () => {
  let cwd = "";
  beforeEach(() => {
    cwd = mkdtempSync(join(tmpdir(), "hostkit-init-"));
  });
  afterEach(() => {
    rmSync(cwd, { recursive: true, force: true });
  });

  test("writes a declaration that is sound, and says what comes next", async () => {
    const { code, world } = await hostkit("init", {}, { cwd });
    expect(code).toBe(0);
    expect(world.stdout()).toBe("Wrote hostkit.config.ts.\n");
    for (const next of ["hostkit check", "hostkit plan --host app", "hostkit push --host app"]) {
      expect(world.stderr()).toContain(next);
    }
    const loaded = await loadProject({ cwd });
    expect(loaded.project.hosts.map(({ name }) => name)).toEqual(["app"]);
    expect(loaded.warnings).toEqual([]);
  });

  test("never overwrites", async () => {
    const path = join(cwd, "hostkit.config.ts");
    writeFileSync(path, "mine");
    const { code, world } = await hostkit("init", {}, { cwd });
    expect(code).toBe(1);
    expect(readFileSync(path, "utf8")).toBe("mine");
    expect(world.stderr()).toContain("error[cli HK5020]");
  });

  test("--config names another file, and the next commands name it too", async () => {
    const { code, world } = await hostkit("init --config hosts/web.ts", {}, { cwd });
    expect(code).toBe(0);
    expect(existsSync(join(cwd, "hosts/web.ts"))).toBe(true);
    expect(world.stderr()).toContain("hostkit check --config hosts/web.ts");
  });

  test("a place that can't be written to is a problem, not a crash", async () => {
    writeFileSync(join(cwd, "file"), "");
    const { code, world } = await hostkit("init --config file/web.ts", {}, { cwd });
    expect(code).toBe(1);
    expect(world.stderr()).toContain("error[cli HK5021]");
  });

  test("as an event", async () => {
    const { world } = await hostkit("init --json", {}, { cwd });
    expect(world.events()[0]).toMatchObject({ event: "initialised", path: "hostkit.config.ts" });
  });
});
