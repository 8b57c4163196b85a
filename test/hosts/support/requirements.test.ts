import { describe, expect, it } from "vitest";
import { cc, hostsAvailable, verdict } from "./requirements.ts";

describe("what test hosts need", () => {
  const able = { platform: "linux", uid: 0, hasTool: () => true } as const;

  it("accepts a Linux root with all tools", () => {
    expect(hostsAvailable(able)).toEqual({ ok: true });
  });

  it("names the packages of the missing tools, each once", () => {
    const missing = new Set(["ssh", "ssh-keygen", "systemd-nspawn"]);
    expect(hostsAvailable({ ...able, hasTool: (name) => !missing.has(name) })).toEqual({
      ok: false,
      reason:
        "Test hosts can't be booted here: run: apt-get install systemd-container openssh-client.",
    });
  });

  it("names what some tests need beside it", () => {
    expect(hostsAvailable({ ...able, hasTool: (name) => name !== "cc" }, cc)).toMatchObject({
      reason: "Test hosts can't be booted here: run: apt-get install gcc libc6-dev.",
    });
  });

  it("refuses other systems and other users", () => {
    expect(hostsAvailable({ ...able, platform: "darwin" })).toMatchObject({
      reason: expect.stringContaining("darwin"),
    });
    expect(hostsAvailable({ ...able, uid: 1000 })).toMatchObject({
      reason: expect.stringContaining("as root"),
    });
  });

  it("skips at a desk and fails on CI", () => {
    const refused = { ok: false, reason: "no" } as const;
    expect(verdict(refused, {})).toEqual({ kind: "skip", reason: "no" });
    expect(verdict(refused, { CI: "true" })).toEqual({ kind: "fail", reason: "no" });
    expect(verdict({ ok: true }, { CI: "true" })).toEqual({ kind: "run" });
  });
});
