import { describe, expect, it } from "vitest";

import type { AgentArtifact } from "../../../client/bootstrap/artifact.ts";
import { parseReport, parseStarted } from "../../../client/bootstrap/report.ts";
import { chooseArtifact } from "../../../client/bootstrap/target.ts";
import { failure } from "../transport/scratch.ts";

const nonce = "0123456789abcdef0123456789abcdef";
const GOOD =
  "os=Linux arch=x86_64 bits=64 elf=02-3e00 libc=glibc-2.36 uid=0 ld-linux-x86-64.so.2=1 free_k=900000 inodes=100000 inodes_free=90000 " +
  "exec=ok has_gzip=1 has_head=1 has_stat=1 has_mkdir=1 has_chmod=1 has_mv=1 has_rm=1 has_sync=1 has_sha256sum=1 has_openssl=1";
const ARM = GOOD.replace("x86_64", "aarch64")
  .replace("02-3e00", "02-b700")
  .replace("ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1");

const x64: AgentArtifact = {
  target: "linux-x64",
  agentId: "a".repeat(64),
  size: 94 * 1024 * 1024,
  compressedSize: 31_000_000,
  path: "/dist/agent/x64.gz",
};
const arm64: AgentArtifact = { ...x64, target: "linux-arm64", agentId: "b".repeat(64) };

function printed(line: string): string {
  return `HKROOT1 ${nonce} /var/lib/hostkit\nHKAT1 ${nonce} /var/lib\nHKMOUNT1 ${nonce} /var\nHKBOOT1 ${nonce} ${line} end\n`;
}

function choose(line: string, artifacts = [x64, arm64]): AgentArtifact {
  const report = parseReport(printed(line), nonce);
  if (report === undefined) throw new Error("There is no report.");
  return chooseArtifact(report, artifacts);
}

describe("the agent for a host", () => {
  it("is the one for its programs", () => {
    expect(choose(GOOD)).toBe(x64);
    expect(choose(ARM)).toBe(arm64);
    // A 64-bit ARM system whose kernel is told to say something else.
    expect(choose(ARM.replace("arch=aarch64", "arch=armv8l"))).toBe(arm64);
  });

  it("is found without od, getconf and inode counts", () => {
    const bare = GOOD.replace("elf=02-3e00", "elf=-")
      .replace("libc=glibc-2.36", "libc=")
      .replace("bits=64", "bits=0");
    expect(choose(bare.replace("inodes=100000 inodes_free=90000", "inodes=0 inodes_free=0"))).toBe(
      x64,
    );
    expect(choose(GOOD.replace("free_k=900000", "free_k="))).toBe(x64);
  });

  it("needs openssl or sha256sum, not both", () => {
    expect(choose(GOOD.replace(" has_openssl=1", ""))).toBe(x64);
    expect(choose(GOOD.replace(" has_sha256sum=1", ""))).toBe(x64);
  });

  it.each([
    { name: "FreeBSD", change: ["os=Linux", "os=FreeBSD"], code: "HK2103", says: "FreeBSD" },
    {
      name: "32-bit programs on a 64-bit kernel",
      change: ["elf=02-3e00", "elf=01-0300"],
      code: "HK2104",
      says: "x86_64",
    },
    {
      name: "32-bit, without od",
      change: ["bits=64 elf=02-3e00", "bits=32 elf=-"],
      code: "HK2104",
      says: "32-bit",
    },
    {
      name: "a 32-bit machine",
      change: ["arch=x86_64 bits=64 elf=02-3e00", "arch=armv7l bits=32 elf=01-2800"],
      code: "HK2102",
      says: "armv7l",
    },
    {
      name: "RISC-V",
      change: ["arch=x86_64 bits=64 elf=02-3e00", "arch=riscv64 bits=64 elf=02-f300"],
      code: "HK2102",
      says: "riscv64",
    },
    {
      name: "glibc 2.17",
      change: ["glibc-2.36", "glibc-2.17"],
      code: "HK2105",
      says: "glibc 2.17",
    },
    { name: "glibc 2.27", change: ["glibc-2.36", "glibc-2.27"], code: "HK2105", says: "2.28" },
    {
      name: "musl",
      change: ["libc=glibc-2.36 uid=0 ld-linux-x86-64.so.2=1", "libc= uid=0 ld-musl-x86_64.so.1=1"],
      code: "HK2105",
      says: "musl",
    },
    {
      name: "musl with a glibc shim",
      change: ["libc=glibc-2.36 uid=0", "libc= uid=0 ld-musl-x86_64.so.1=1"],
      code: "HK2105",
      says: "musl",
    },
    {
      name: "no loader at all",
      change: [" ld-linux-x86-64.so.2=1", ""],
      code: "HK2105",
      says: "ld-linux-x86-64.so.2",
    },
    { name: "no gzip", change: [" has_gzip=1", ""], code: "HK2106", says: "gzip" },
    {
      name: "no digest tool",
      change: [" has_sha256sum=1 has_openssl=1", ""],
      code: "HK2106",
      says: "sha256sum or openssl",
    },
    {
      name: "read-only",
      change: ["exec=ok", "exec=readonly"],
      code: "HK2107",
      says: "/var/lib (mounted at /var)",
    },
    { name: "noexec", change: ["exec=ok", "exec=noexec"], code: "HK2108", says: "noexec" },
    {
      name: "too little space",
      change: ["free_k=900000", "free_k=150000"],
      code: "HK2109",
      says: "146 MiB free; the agent needs 158 MiB",
    },
    {
      name: "no inodes",
      change: ["inodes_free=90000", "inodes_free=3"],
      code: "HK2109",
      says: "inodes",
    },
  ] as const)("is refused on $name: $code", async ({ change, code, says }) => {
    expect(GOOD).toContain(change[0]);
    const choosing = (async () => choose(GOOD.replace(change[0], change[1])))();
    const { code: found, detail } = await failure(choosing);
    expect(found).toBe(code);
    expect(detail).toContain(says);
  });

  it("is refused when this build has none for the host", async () => {
    const { code, detail } = await failure((async () => choose(ARM, [x64]))());
    expect(code).toBe("HK2102");
    expect(detail).toContain("linux-arm64");
  });
});

describe("the report", () => {
  it("is found in any noise, and the last one counts", () => {
    const old = printed(GOOD.replace("uid=0", "uid=7")).replaceAll(nonce, "f".repeat(32));
    const first = printed(GOOD.replace("uid=0", "uid=8"));
    const report = parseReport(`motd ${old}${first}no newline here${printed(GOOD)}bye`, nonce);
    expect(report?.values.get("uid")).toBe("0");
    expect(report).toMatchObject({ root: "/var/lib/hostkit", at: "/var/lib", mount: "/var" });
  });

  it("is none when it is another session's, or was cut off", () => {
    expect(parseReport(printed(GOOD), "f".repeat(32))).toBeUndefined();
    expect(parseReport(printed(GOOD).replace(" end", ""), nonce)).toBeUndefined();
    expect(parseReport("", nonce)).toBeUndefined();
  });

  it("tells which agent was started where, also in a home with a space", () => {
    const line = `HKRUN1 ${nonce} ${x64.agentId} /home/a b/.local/state/hostkit\n`;
    expect(parseStarted(line, nonce)).toEqual({
      agentId: x64.agentId,
      stateRoot: "/home/a b/.local/state/hostkit",
    });
  });
});
