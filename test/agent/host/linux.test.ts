import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CHANGED, type Entry, HostFault } from "../../../agent/host/host.ts";
import { createLinuxHost } from "../../../agent/host/linux.ts";

const host = createLinuxHost();
const own = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
let directory = "";
beforeEach(() => {
  directory = fs.mkdtempSync(join(tmpdir(), "hostkit-host-"));
});
afterEach(() => fs.rmSync(directory, { recursive: true, force: true }));

const at = (name: string) => join(directory, name);
async function* bytes(...pieces: (string | Error)[]): AsyncGenerator<Uint8Array> {
  for (const piece of pieces) {
    if (piece instanceof Error) throw piece;
    yield new TextEncoder().encode(piece);
  }
}
/** What is there, as a caller sees it before it writes. */
const seen = async (path: string) => ({
  over: (await host.inspect([path], { digest: true }))[0] as Entry,
});
const NOTHING = { over: { type: "absent" } } as const;
const modeOf = (path: string) => (fs.statSync(path).mode & 0o7777).toString(8);

describe("inspect", () => {
  it("tells every type apart and follows no link", async () => {
    fs.writeFileSync(at("file"), "hello");
    fs.mkdirSync(at("directory"), { mode: 0o750 });
    fs.symlinkSync("file", at("link"));
    execFileSync("mkfifo", [at("fifo")]);
    const names = ["file", "directory", "link", "fifo", "none", "file/below"];
    const entries = await host.inspect(names.map(at), { digest: true });
    expect(entries.map((e) => e.type)).toEqual([
      "file",
      "directory",
      "symlink",
      "other",
      "absent",
      "absent",
    ]);
    const sha256 = createHash("sha256").update("hello").digest("hex");
    expect(entries[0]).toMatchObject({ size: 5, sha256, ...own });
    expect(entries[1]).toMatchObject({ mode: 0o750 });
    expect(entries[2]).toMatchObject({ target: "file" });
  });

  it("hashes a file larger than its buffer", async () => {
    const data = Buffer.alloc(1_000_003, "abcdefg");
    fs.writeFileSync(at("large"), data);
    const [entry] = await host.inspect([at("large")], { digest: true });
    expect(entry).toMatchObject({
      size: data.length,
      sha256: createHash("sha256").update(data).digest("hex"),
    });
  });
});

describe("writeFile", () => {
  it("creates and replaces, with the mode given, whatever the umask", async () => {
    const umask = process.umask(0o077);
    try {
      await host.writeFile(at("f"), bytes("one ", "two"), { ...own, mode: 0o664 }, NOTHING);
      expect(fs.readFileSync(at("f"), "utf8")).toBe("one two");
      expect(modeOf(at("f"))).toBe("664");
      expect(fs.statSync(at("f")).nlink).toBe(1);
      await host.writeFile(at("f"), bytes(), { ...own, mode: 0o4711 }, await seen(at("f")));
      expect(fs.readFileSync(at("f"), "utf8")).toBe("");
      expect(modeOf(at("f"))).toBe("4711");
    } finally {
      process.umask(umask);
    }
  });

  it("leaves the old file and no trace when the content fails half way", async () => {
    fs.writeFileSync(at("f"), "old");
    const content = bytes("new", new Error("cut"));
    const broken = host.writeFile(at("f"), content, { ...own, mode: 0o600 }, await seen(at("f")));
    await expect(broken).rejects.toThrow("cut");
    expect(fs.readFileSync(at("f"), "utf8")).toBe("old");
    expect(fs.readdirSync(directory)).toEqual(["f"]);
  });

  it("writes below a real directory only, when told so", async () => {
    fs.mkdirSync(at("real"));
    fs.symlinkSync("real", at("link"));
    const options = { parent: "real", ...NOTHING } as const;
    const metadata = { ...own, mode: 0o600 };
    await host.writeFile(at("real/f"), bytes("one"), metadata, options);
    const again = { ...options, ...(await seen(at("real/f"))) };
    await host.writeFile(at("real/f"), bytes("two"), metadata, again);
    expect(fs.readFileSync(at("real/f"), "utf8")).toBe("two");
    await expect(host.writeFile(at("link/f"), bytes("x"), metadata, options)).rejects.toMatchObject(
      {
        code: "ENOTDIR",
      },
    );
    await host.writeFile(at("link/g"), bytes("followed"), metadata, NOTHING);
    expect(fs.readdirSync(at("real")).toSorted()).toEqual(["f", "g"]);
  });

  it("names the system's reason", async () => {
    const missing = host.writeFile(at("none/f"), bytes("x"), { ...own, mode: 0o600 }, NOTHING);
    await expect(missing).rejects.toMatchObject({ code: "ENOENT", name: "HostFault" });
    fs.mkdirSync(at("d"));
    const metadata = { ...own, mode: 0o600 };
    const onDirectory = host.writeFile(at("d"), bytes("x"), metadata, await seen(at("d")));
    await expect(onDirectory).rejects.toBeInstanceOf(HostFault);
    expect(fs.readdirSync(directory)).toEqual(["d"]);
  });

  it("names the path also where the system names none, and where only the disk refuses", async () => {
    await expect(host.appendText("/dev/full", "x", { sync: false })).rejects.toMatchObject({
      name: "HostFault",
      code: "ENOSPC",
      message: expect.stringContaining("write '/dev/full'"),
    });
    await expect(host.appendText("/dev/null", "x", { sync: true })).rejects.toMatchObject({
      name: "HostFault",
      code: "EINVAL",
      message: expect.stringContaining("fsync '/dev/null'"),
    });
  });

  it("keeps extended attributes of what it replaces, and makes it new", async (context) => {
    fs.writeFileSync(at("f"), "old");
    fs.utimesSync(at("f"), 1, 1);
    try {
      execFileSync("setfattr", ["-n", "user.note", "-v", "kept", at("f")], { stdio: "ignore" });
    } catch {
      context.skip("needs setfattr (apt-get install attr) and a file system with user attributes");
    }
    await host.writeFile(at("f"), bytes("new"), { ...own, mode: 0o600 }, await seen(at("f")));
    const shown = execFileSync("getfattr", ["-n", "user.note", "--only-values", at("f")]);
    expect(shown.toString()).toBe("kept");
    expect(fs.statSync(at("f")).mtimeMs).toBeGreaterThan(1_000_000_000_000);
  });
});

describe("what came there while something is written", () => {
  const metadata = { ...own, mode: 0o600 };
  /** Content during which somebody else acts. */
  async function* during(act: () => void): AsyncGenerator<Uint8Array> {
    yield new TextEncoder().encode("ours");
    act();
  }

  it.each([
    ["a file", () => fs.writeFileSync(at("f"), "theirs")],
    ["an empty directory", () => fs.mkdirSync(at("f"))],
    ["a link to nowhere", () => fs.symlinkSync("nowhere", at("f"))],
  ])("is not replaced by a new file: %s", async (_what, act) => {
    const write = host.writeFile(at("f"), during(act), metadata, NOTHING);
    await expect(write).rejects.toMatchObject({ code: "EEXIST" });
    const [entry] = await host.inspect([at("f")], { digest: false });
    expect(entry?.type).not.toBe("absent");
    if (entry?.type === "file") expect(fs.readFileSync(at("f"), "utf8")).toBe("theirs");
    expect(fs.readdirSync(directory)).toEqual(["f"]);
  });

  it.each([
    ["other content of the same size", () => fs.writeFileSync(at("f"), "new")],
    ["other permissions", () => fs.chmodSync(at("f"), 0o640)],
    ["nothing", () => fs.rmSync(at("f"))],
    [
      "a link",
      () => {
        fs.rmSync(at("f"));
        fs.symlinkSync("nowhere", at("f"));
      },
    ],
  ])("is not replaced where a file was: %s", async (_what, act) => {
    fs.writeFileSync(at("f"), "old", { mode: 0o600 });
    const over = await seen(at("f"));
    const write = host.writeFile(at("f"), during(act), metadata, over);
    await expect(write).rejects.toMatchObject({ code: CHANGED });
    const names = fs.readdirSync(directory);
    expect(names).toEqual(names.length === 0 ? [] : ["f"]);
    if (fs.existsSync(at("f"))) expect(fs.readFileSync(at("f"), "utf8")).not.toBe("ours");
  });

  it("is not replaced by a link", async () => {
    fs.writeFileSync(at("l"), "theirs");
    const made = host.writeSymlink(at("l"), "x", { over: null });
    await expect(made).rejects.toMatchObject({ code: "EEXIST" });
    const led = host.writeSymlink(at("l"), "x", { over: "y" });
    await expect(led).rejects.toMatchObject({ code: CHANGED });
    expect(fs.readFileSync(at("l"), "utf8")).toBe("theirs");
    expect(fs.readdirSync(directory)).toEqual(["l"]);
  });
});

describe("kept files", () => {
  const links = (path: string) => fs.statSync(path).nlink;

  it("come back as the very file they were, and leave no second link on it", async () => {
    fs.writeFileSync(at("f"), "old");
    const { ino } = fs.statSync(at("f"));
    await host.keepFile(at("f"), at("kept"));
    await host.writeFile(at("f"), bytes("new"), { ...own, mode: 0o600 }, await seen(at("f")));
    await host.forgetKept(at("kept"), at("f"));
    expect(fs.readFileSync(at("kept"), "utf8")).toBe("old");
    const over = await seen(at("f"));
    fs.chmodSync(at("f"), 0o640);
    const late = host.restoreFile(at("kept"), at("f"), over);
    await expect(late).rejects.toMatchObject({ code: CHANGED });
    expect(fs.readFileSync(at("f"), "utf8")).toBe("new");
    await host.restoreFile(at("kept"), at("f"), await seen(at("f")));
    expect(fs.statSync(at("f")).ino).toBe(ino);
    await host.forgetKept(at("kept"), at("f"));
    expect(links(at("f"))).toBe(1);
    expect(fs.readdirSync(directory)).toEqual(["f"]);
  });

  it("that were never replaced are forgotten, and stay where they are", async () => {
    fs.writeFileSync(at("f"), "old");
    await host.keepFile(at("f"), at("kept"));
    await host.forgetKept(at("kept"), at("f"));
    await host.forgetKept(at("kept"), at("f"));
    expect(links(at("f"))).toBe(1);
    expect(fs.readFileSync(at("f"), "utf8")).toBe("old");
  });
});

describe("other writes", () => {
  it("make a directory that is private until it has its owner, and never take over one that exists", async () => {
    await host.makeDirectory(at("d"), { ...own, mode: 0o2775 });
    expect(modeOf(at("d"))).toBe("2775");
    await expect(host.makeDirectory(at("d"), { ...own, mode: 0o700 })).rejects.toMatchObject({
      code: "EEXIST",
    });
    expect(modeOf(at("d"))).toBe("2775");
  });

  it("replace a link in one step, but never a directory", async () => {
    await host.writeSymlink(at("l"), "first", { over: null });
    await host.writeSymlink(at("l"), "second", { over: "first" });
    expect(fs.readlinkSync(at("l"))).toBe("second");
    fs.mkdirSync(at("d"));
    await expect(host.writeSymlink(at("d"), "x", { over: "y" })).rejects.toBeInstanceOf(HostFault);
    expect(fs.readdirSync(directory).toSorted()).toEqual(["d", "l"]);
    await host.flush();
  });

  it("do not follow a link when they change metadata", async () => {
    fs.writeFileSync(at("target"), "", { mode: 0o600 });
    fs.symlinkSync("target", at("link"));
    await expect(host.setMetadata(at("link"), { ...own, mode: 0o777 })).rejects.toMatchObject({
      code: "ELOOP",
    });
    expect(modeOf(at("target"))).toBe("600");
  });
});

describe("run", () => {
  it("gives status and both outputs, and no environment of ours", async () => {
    process.env["HOSTKIT_TEST_LEAK"] = "leaked";
    const script = "cat; echo out; echo err >&2; env; exit 3";
    const result = await host.run(["sh", "-c", script], { input: "in\n", timeout: 10_000 });
    delete process.env["HOSTKIT_TEST_LEAK"];
    expect(result).toMatchObject({ status: 3, signal: null, stderr: "err\n" });
    expect(result.stdout).toMatch(/^in\nout\n/);
    expect(result.stdout).not.toContain("leaked");
  });

  it("ends a program and its children with the timeout", async () => {
    const begun = Date.now();
    const result = await host.run(["sh", "-c", "sleep 60 & sleep 60"], { timeout: 100 });
    expect(result).toMatchObject({ status: null, signal: "SIGKILL" });
    expect(Date.now() - begun).toBeLessThan(30_000);
  });

  it("rejects when the program is missing", async () => {
    await expect(host.run(["hostkit-no-such-program"], { timeout: 1000 })).rejects.toMatchObject({
      code: "ENOENT",
    });
  });
});
