import { afterEach, expect, test, vi } from "vitest";
import { launcher, stripProgram } from "../../build/toolchain.ts";

afterEach(() => vi.unstubAllEnvs());

test("a missing strip is named with its package and a way around", async () => {
  vi.stubEnv("PATH", "/nonexistent");
  await expect(stripProgram("linux-arm64")).rejects.toThrow(
    /HK8001[^]*apt-get install binutils-aarch64-linux-gnu[^]*npm run build/,
  );
});

test.runIf(process.arch === "x64")(
  "a missing emulator or library is named with its packages",
  async () => {
    vi.stubEnv("PATH", "/nonexistent");
    await expect(launcher("linux-arm64")).rejects.toThrow(
      /HK8001[^]*qemu-aarch64-static[^]*apt-get install qemu-user-static libstdc\+\+6-arm64-cross[^]*--target linux-x64/,
    );
  },
);

test.runIf(process.arch === "x64")("this machine's own kind runs as it is", async () => {
  const launch = await launcher("linux-x64");
  expect(launch("/a/node")).toEqual(["/a/node"]);
});
