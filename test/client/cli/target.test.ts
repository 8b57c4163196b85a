import { describe, expect, test } from "vitest";
import type { HostDeclaration } from "../../../client/declare/host.ts";
import {
  checkTargetOptions,
  resolveTargets,
  type TargetOptions,
  withDeclaration,
} from "../../../client/cli/target.ts";
import { OperatorSecrets } from "../../../client/secrets/operator-secrets.ts";
import { Secret } from "../../../shared/secret.ts";

const NONE: TargetOptions = { host: [], all: false, ssh: undefined, local: false };
const CONTEXT = { secrets: new OperatorSecrets({ APP_PASSWORD: "letmein" }), user: () => "ann" };
const APP: HostDeclaration = {
  name: "app",
  at: "app.example.com",
  ssh: {
    user: "deploy",
    port: 2222,
    identityFile: "~/.ssh/app",
    agent: false,
    password: new Secret({ from: "env", name: "APP_PASSWORD" }),
    hostKey: "SHA256:x",
    knownHostsFile: "~/.ssh/known_app",
    acceptNewHostKey: true,
    retry: { attempts: 3, delay: 250 },
    connectTimeout: 5000,
    sudo: true,
  },
};
const DB: HostDeclaration = { name: "db", at: "192.0.2.7" };

const resolve = (options: Partial<TargetOptions>, hosts: readonly HostDeclaration[] = [APP, DB]) =>
  resolveTargets({ ...NONE, ...options }, hosts, CONTEXT);

describe("declared hosts", () => {
  test("every setting reaches the endpoint", async () => {
    const [target] = resolve({ host: ["app"] });
    if (target?.reach.kind !== "ssh") throw new Error("not reached by SSH");
    const { password, ...endpoint } = target.reach.endpoint;
    expect(endpoint).toEqual({
      host: "app.example.com",
      user: "deploy",
      port: 2222,
      identityFiles: ["~/.ssh/app"],
      agent: "none",
      hostKey: "SHA256:x",
      knownHostsFiles: ["~/.ssh/known_app"],
      acceptNewHostKey: "record",
      connectTimeoutMs: 5000,
      retry: { attempts: 3, baseDelayMs: 250 },
    });
    expect(target.reach).toMatchObject({ name: "app", sudo: true });
    expect(target).toMatchObject({ name: "app", declared: "app", flags: "--host app" });
    await expect(password?.()).resolves.toBe("letmein");
  });

  test("what is left out is as ssh would have it", () => {
    expect(resolve({ host: ["db"] })[0]?.reach).toEqual({
      kind: "ssh",
      name: "db",
      endpoint: { host: "192.0.2.7", user: "ann" },
      sudo: false,
    });
  });

  test("a password that is not set is looked up only at the login, and names its variable", async () => {
    const [target] = resolveTargets({ ...NONE, host: ["app"] }, [APP], {
      secrets: new OperatorSecrets({}),
      user: () => "ann",
    });
    if (target?.reach.kind !== "ssh") throw new Error("not reached by SSH");
    await expect(target.reach.endpoint.password?.()).rejects.toThrow(/HK5010.*APP_PASSWORD/s);
  });

  test("several, each once, in the order given; all in the order declared", () => {
    expect(resolve({ host: ["db", "app", "db"] }).map(({ name }) => name)).toEqual(["db", "app"]);
    expect(resolve({ all: true }).map(({ name }) => name)).toEqual(["app", "db"]);
  });

  test("a name that is not declared", () => {
    expect(() => resolve({ host: ["ap"] })).toThrow(
      /HK5007.*"ap".*Did you mean `app`\? Declared: app, db/s,
    );
    expect(() => resolve({ host: ["x"] }, [])).toThrow(/HK5007.*Declared: none/s);
    expect(() => resolve({ all: true }, [])).toThrow(/HK5007.*has none/s);
  });
});

describe("machines named by hand", () => {
  test("an address, as the current user unless another is given", () => {
    expect(resolve({ ssh: "192.0.2.9" })).toEqual([
      {
        name: "192.0.2.9",
        flags: "--ssh 192.0.2.9",
        reach: {
          kind: "ssh",
          name: "192.0.2.9",
          endpoint: { host: "192.0.2.9", user: "ann" },
          sudo: false,
        },
      },
    ]);
    expect(resolve({ ssh: "root@[::1]:22" })[0]?.reach).toMatchObject({
      endpoint: { host: "::1", user: "root", port: 22 },
    });
  });

  test("this machine", () => {
    expect(resolve({ local: true })).toEqual([
      { name: "local", flags: "--local", reach: { kind: "local" } },
    ]);
  });

  test("with a declared host it is that host by another way, with its credentials", () => {
    const [target] = resolve({ host: ["app"], ssh: "10.0.0.5" });
    expect(target).toMatchObject({
      name: "app",
      declared: "app",
      flags: "--host app --ssh 10.0.0.5",
      reach: { kind: "ssh", name: "app", sudo: true },
    });
    if (target?.reach.kind !== "ssh") throw new Error("not reached by SSH");
    expect(target.reach.endpoint).toMatchObject({
      host: "10.0.0.5",
      user: "deploy",
      identityFiles: ["~/.ssh/app"],
      hostKey: "SHA256:x",
    });
    // The port belongs to the declared address.
    expect(target.reach.endpoint.port).toBeUndefined();
    expect(resolve({ host: ["app"], local: true })[0]).toEqual({
      name: "app",
      declared: "app",
      flags: "--host app --local",
      reach: { kind: "local" },
    });
  });

  test("get the only declaration there is, and none when several could be meant", () => {
    const [local] = resolve({ local: true });
    if (local === undefined) throw new Error("no target");
    expect(withDeclaration(local, [APP])).toEqual({ ...local, name: "app", declared: "app" });
    expect(() => withDeclaration(local, [APP, DB])).toThrow(/HK5008.*app, db.*Add --host NAME/s);
    expect(() => withDeclaration(local, [])).toThrow(/HK5008.*has no host/s);
  });
});

describe("flags that can't be meant together", () => {
  test.each([
    [{}, /HK5005.*--host NAME.*--all.*--ssh.*--local/s],
    [{ ssh: "a", local: true }, /HK5006.*--ssh and --local/s],
    [{ all: true, host: ["a"] }, /HK5006.*--all and --host/s],
    [{ all: true, ssh: "a" }, /HK5006.*--all and --ssh/s],
    [{ all: true, local: true }, /HK5006.*--all and --local/s],
    [{ host: ["a", "b"], ssh: "c" }, /HK5006.*--ssh names one machine/s],
    [{ ssh: "root@::1" }, /HK5003.*brackets/s],
  ])("%o", (options, message) => {
    expect(() => checkTargetOptions({ ...NONE, ...options })).toThrow(message);
  });

  test.each([
    { host: ["a", "b"] },
    { all: true },
    { ssh: "a" },
    { local: true },
    { host: ["a"], ssh: "b" },
    { host: ["a"], local: true },
  ])("%o is fine", (options) => {
    expect(() => checkTargetOptions({ ...NONE, ...options })).not.toThrow();
  });
});
