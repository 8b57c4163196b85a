import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));

test.each([
  [["--target", "linux-mips"], "There is no target linux-mips."],
  [["--client", "--target", "linux-x64"], "--client builds no agent"],
  [["--targets"], "--targets"],
])("wrong arguments are a usage error: %j", { timeout: 30_000 }, (args, text) => {
  const { status, stderr } = spawnSync(
    process.execPath,
    ["--import", "tsx", "build/main.ts", ...args],
    {
      cwd: root,
      encoding: "utf8",
      timeout: 30_000,
    },
  );
  expect(stderr).toContain(text);
  expect(stderr).toContain("Usage:");
  expect(status).toBe(64);
});
