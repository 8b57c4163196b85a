import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { project, secret, type HostOptions } from "../../../client/declare/index.ts";

function hostOf(options: HostOptions) {
  const { hosts, faults } = project("test", (p) => {
    p.host("app", options);
  });
  return { host: hosts[0], faults };
}

describe("host", () => {
  it("keeps what was declared, durations in milliseconds", () => {
    const { host, faults } = hostOf({
      at: "app.example.com",
      tags: ["production"],
      ssh: {
        user: "root",
        port: 2222,
        identityFile: "~/.ssh/id_ed25519",
        agent: false,
        password: secret.env("APP_PASSWORD"),
        hostKey: `SHA256:${"a".repeat(43)}=`,
        knownHostsFile: "/etc/ssh/known",
        acceptNewHostKey: true,
        retry: { attempts: 3, delay: "500ms", maxDelay: "8s" },
        connectTimeout: "10s",
        sudo: true,
      },
    });
    expect(faults).toEqual([]);
    expect(host).toMatchObject({
      name: "app",
      at: "app.example.com",
      tags: ["production"],
      ssh: {
        agent: false,
        hostKey: `SHA256:${"a".repeat(43)}`,
        retry: { attempts: 3, delay: 500, maxDelay: 8000 },
        connectTimeout: 10_000,
      },
    });
    expect(host?.ssh?.password?.reference).toEqual({ from: "env", name: "APP_PASSWORD" });
    expect(() => JSON.stringify(host)).toThrow("A secret has no text form");
    expect(inspect(host, { depth: 5 })).toContain("Secret(env:APP_PASSWORD)");
  });

  it.each([
    "app",
    "app.example.com",
    "192.0.2.1",
    "2001:db8::1",
    "[2001:db8::1]",
    "fe80::1%eth0",
    "my_host",
  ])("is reached at %s", (at) => {
    expect(hostOf({ at }).faults).toEqual([]);
  });

  it.each(["", "-oProxyCommand=x", "a b", "root@app", "app/x", "a;b"])(
    "is not reached at %j",
    (at) => {
      expect(hostOf({ at }).faults).toMatchObject([{ code: "HK1021" }]);
    },
  );

  it.each([
    ["identityFile", "id_ed25519"],
    ["knownHostsFile", "./known"],
    ["user", "-l root"],
    ["port", 0],
    ["port", 65_536],
    ["connectTimeout", "10"],
    ["hostKey", "SHA256:short"],
  ])("refuses ssh.%s: %j", (option, value) => {
    const { faults } = hostOf({ at: "app", ssh: { [option]: value } });
    expect(faults).toMatchObject([
      { code: "HK1021", detail: expect.stringContaining(`\`ssh.${option}\``) },
    ]);
  });

  it("never repeats what was given for a password", () => {
    const { faults } = hostOf({ at: "app", ssh: { password: "hunter2" as never } });
    expect(faults).toMatchObject([
      { code: "HK1021", detail: expect.stringContaining("but is text") },
    ]);
    expect(JSON.stringify(faults)).not.toContain("hunter2");
  });

  it("can be declared once by a name", () => {
    const { faults } = project("test", (p) => {
      p.host("app", { at: "a" });
      p.host("app", { at: "b" });
    });
    expect(faults).toMatchObject([{ code: "HK1014" }]);
  });

  it("of another project is not taken for a service", () => {
    let foreign: { host: string; at: string } | undefined;
    project("other", (p) => {
      foreign = p.host("elsewhere", { at: "x" });
    });
    const { faults } = project("test", (p) => {
      p.service("api", { on: [foreign as NonNullable<typeof foreign>] }, () => undefined);
    });
    expect(faults).toMatchObject([{ code: "HK1021", detail: expect.stringContaining("`on[0]`") }]);
  });
});

describe("secret.env", () => {
  it.each(["", "A B", "1A", "A=B"])("refuses %j", (name) => {
    expect(() => secret.env(name)).toThrow(/name of an environment variable/);
  });
});
