import { describe, expect, it } from "vitest";
import { project, secret, type ServiceScope, text } from "../../../client/declare/index.ts";

/** Files of a service: its environment, its documents, its credentials. */

function declare(...services: readonly ((s: ServiceScope) => void)[]) {
  return project("test", (p) => {
    for (const [index, fn] of services.entries()) p.service(`api${index || ""}`, fn);
  });
}

function desiredOf(fn: (s: ServiceScope) => void) {
  const { faults, resources } = declare(fn);
  expect(faults).toEqual([]);
  return Object.fromEntries(resources.map(({ id, desired }) => [id, desired]));
}

const unitOf = (fn: (s: ServiceScope) => void) =>
  String((desiredOf(fn)["unit:api.service"] as { content?: string }).content);

const exec = ["/bin/true"] as const;

describe("an environment", () => {
  it("is a file of root's that the service's group may read", () => {
    const desired = desiredOf((s) => {
      s.account({ system: true });
      const env = s.env("runtime", { PORT: 4000, TOKEN: secret.env("TOKEN") });
      expect(env).toMatchObject({ id: "file:/etc/api/runtime.env", path: "/etc/api/runtime.env" });
    });
    expect(desired["file:/etc/api/runtime.env"]).toMatchObject({
      owner: "root",
      group: "api",
      mode: "0640",
    });
  });

  it("is attached to a daemon by its handle, the later one winning", () => {
    const unit = unitOf((s) => {
      const one = s.env("one", { A: 1 });
      const two = s.env("two", { A: 2 });
      s.daemon({ exec, env: [one, two] });
    });
    expect(unit).toContain("EnvironmentFile=/etc/api/one.env\nEnvironmentFile=/etc/api/two.env\n");
  });

  it.each([
    [[{ path: "/etc/x.env" }], "HK1021", "must be what s.env returned"],
    ["runtime", "HK1021", "must be a list"],
    [["/etc/x.env"], "HK1021", "must be what s.env returned"],
  ])("is not taken in another form: %j", (env, code, says) => {
    const { faults } = declare((s) => void s.daemon({ exec, env: env as never }));
    expect(faults).toMatchObject([{ code, detail: expect.stringContaining(says) }]);
  });

  it("is not taken from another service, whose group alone can read it", () => {
    let env: ReturnType<ServiceScope["env"]>;
    const { faults } = declare(
      (s) => void (env = s.env("runtime", { A: 1 })),
      (s) => void s.daemon({ exec, env: [env] }),
    );
    expect(faults).toMatchObject([
      {
        code: "HK1042",
        resource: "unit:api1.service",
        detail: expect.stringContaining("service api,"),
      },
    ]);
  });
});

describe("documents of a service", () => {
  it("are in its configuration directory, and its group may read them", () => {
    const desired = desiredOf((s) => {
      s.account({ system: true });
      expect(s.json("deep/app.json", { a: 1 }).path).toBe("/etc/api/deep/app.json");
      expect(s.yaml("/etc/other.yaml", { a: 1 }).path).toBe("/etc/other.yaml");
      s.toml("open.toml", { a: 1 }, { group: "root", mode: 0o644 });
    });
    expect(desired["file:/etc/api/deep/app.json"]).toMatchObject({ group: "api", mode: "0640" });
    expect(desired["file:/etc/api/open.toml"]).toMatchObject({ group: "root", mode: "0644" });
  });

  it("without an account are root's, for all to read", () => {
    const desired = desiredOf((s) => void s.ini("app.ini", { a: 1 }));
    expect(desired["file:/etc/api/app.ini"]).toMatchObject({ group: "root", mode: "0644" });
  });
});

describe("credentials", () => {
  it("are files that root alone can read, and are given to the unit by name", () => {
    const desired = desiredOf((s) => {
      s.account({ system: true });
      const credentials = {
        "db-password": secret.env("DB"),
        header: text`Bearer ${secret.env("T")}`,
      };
      s.daemon({ exec, credentials });
    });
    expect((desired["unit:api.service"] as { content: string }).content).toContain(
      "LoadCredential=db-password:/etc/credstore/api.service.db-password\nLoadCredential=header:/etc/credstore/api.service.header\n",
    );
    expect(desired["file:/etc/credstore/api.service.header"]).toMatchObject({
      owner: "root",
      group: "root",
      mode: "0600",
    });
  });

  it.each([
    [{ "a/b": secret.env("A") }, "HK1021", "a/b"],
    [{ "..": secret.env("A") }, "HK1021", ".."],
    [{ a: 1 }, "HK1021", "must be text"],
    ["a", "HK1021", "must be an object"],
  ])("are refused where they can't be", (credentials, code, says) => {
    const { faults } = declare((s) => void s.daemon({ exec, credentials: credentials as never }));
    expect(faults).toMatchObject([{ code, detail: expect.stringContaining(says) }]);
  });
});
