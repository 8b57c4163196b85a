import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { appendFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { ensureImage, imageCacheDirectory, tarState } from "./image.ts";
import { runTool } from "./run-tool.ts";

describe("the image cache", () => {
  it("builds once for callers at the same time, and not again", async () => {
    const cacheDirectory = emptyDirectory();
    const builder = tinyBuilder(cacheDirectory);
    const options = { cacheDirectory, recipe: { a: 1 }, build: builder.build };
    const [one, two] = await Promise.all([ensureImage(options), ensureImage(options)]);
    expect(one).toEqual(two);
    await ensureImage(options);
    expect(builder.calls()).toBe(1);
    expect(await tarState(one.tarFile)).toBe("whole");
    await ensureImage({ ...options, recipe: { a: 2 } });
    expect(builder.calls()).toBe(2);
  });

  it("unpacks again when the root was damaged, and builds again when the tar file was too", async () => {
    const cacheDirectory = emptyDirectory();
    const builder = tinyBuilder(cacheDirectory);
    const options = { cacheDirectory, recipe: {}, build: builder.build };
    const image = await ensureImage(options);

    rmSync(join(image.rootDirectory, "usr/sbin/sshd"));
    await ensureImage(options);
    expect(builder.calls()).toBe(1);
    expect(readFileSync(join(image.rootDirectory, "usr/sbin/sshd"), "utf8")).toBe("usr/sbin/sshd");

    await appendFile(image.tarFile, "x");
    expect(await tarState(image.tarFile)).toBe("corrupt");
    rmSync(image.rootDirectory, { recursive: true });
    await ensureImage(options);
    expect(builder.calls()).toBe(2);
    expect(await tarState(image.tarFile)).toBe("whole");

    rmSync(image.tarFile);
    expect(await tarState(image.tarFile)).toBe("missing");
  });

  it("publishes nothing of a build that failed", async () => {
    const cacheDirectory = emptyDirectory();
    const recipe = {};
    await expect(
      ensureImage({
        cacheDirectory,
        recipe,
        async build(file) {
          await writeFile(file, "half");
          throw new Error("mirror away");
        },
      }),
    ).rejects.toThrow("mirror away");
    const [digest = ""] = readdirSync(cacheDirectory);
    expect(readdirSync(join(cacheDirectory, digest))).toEqual([]);
  });

  it("lies where the environment says", () => {
    expect(imageCacheDirectory({ HOSTKIT_CACHE_DIR: "/c" })).toBe("/c/images");
    expect(imageCacheDirectory({ XDG_CACHE_HOME: "/x" })).toBe("/x/hostkit/images");
  });
});

const paths = ["etc/os-release", "usr/sbin/sshd", "usr/lib/systemd/systemd"];

/** A builder of tiny images that counts its calls. */
function tinyBuilder(directory: string): {
  readonly build: (file: string) => Promise<void>;
  readonly calls: () => number;
} {
  const tree = join(directory, "tree");
  let calls = 0;
  return {
    calls: () => calls,
    async build(file) {
      calls++;
      for (const path of paths) {
        mkdirSync(dirname(join(tree, path)), { recursive: true });
        await writeFile(join(tree, path), path);
      }
      await runTool("tar", ["--create", `--file=${file}`, `--directory=${tree}`, "."]);
    },
  };
}

function emptyDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "hostkit-cache-test-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}
