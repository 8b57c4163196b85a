import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { loadArtifacts } from "../../../client/bootstrap/artifacts.ts";
import { createScratch, failure } from "../transport/scratch.ts";

const agentId = "a".repeat(64);
const entry = { agentId, size: 100, compressedSize: 5, file: "x64.gz" };

function directoryWith(list: unknown): Disposable & { path: string } {
  const scratch = createScratch();
  writeFileSync(join(scratch.path, "x64.gz"), "12345");
  writeFileSync(
    join(scratch.path, "agents.json"),
    typeof list === "string" ? list : JSON.stringify(list),
  );
  return scratch;
}

describe("the list of agent binaries", () => {
  it("gives each agent with the path of its file", async () => {
    using directory = directoryWith({ "linux-x64": entry });
    expect(await loadArtifacts(directory.path)).toEqual([
      {
        target: "linux-x64",
        agentId,
        size: 100,
        compressedSize: 5,
        path: join(directory.path, "x64.gz"),
      },
    ]);
  });

  it.each([
    { name: "text", list: "{", code: "HK2101", says: "JSON" },
    { name: "without an agent", list: {}, code: "HK2100", says: "npm run build" },
    {
      name: "with an unknown target",
      list: { "linux-mips": entry },
      code: "HK2101",
      says: "linux-mips",
    },
    {
      name: "with an unknown key",
      list: { "linux-x64": { ...entry, url: "x" } },
      code: "HK2101",
      says: "url",
    },
    {
      name: "with a short digest",
      list: { "linux-x64": { ...entry, agentId: "abc" } },
      code: "HK2101",
      says: "64",
    },
    {
      name: "with an upper-case digest",
      list: { "linux-x64": { ...entry, agentId: "A".repeat(64) } },
      code: "HK2101",
      says: "lower-case",
    },
    {
      name: "with a size of zero",
      list: { "linux-x64": { ...entry, size: 0 } },
      code: "HK2101",
      says: "size",
    },
    {
      name: "with a file elsewhere",
      list: { "linux-x64": { ...entry, file: "../x64.gz" } },
      code: "HK2101",
      says: "same directory",
    },
    {
      name: "with a missing file",
      list: { "linux-x64": { ...entry, file: "y.gz" } },
      code: "HK2100",
      says: "y.gz",
    },
    {
      name: "with a file of another size",
      list: { "linux-x64": { ...entry, compressedSize: 6 } },
      code: "HK2101",
      says: "5 bytes",
    },
  ])("$name is refused: $code", async ({ list, code, says }) => {
    using directory = directoryWith(list);
    const { code: found, detail } = await failure(loadArtifacts(directory.path));
    expect(found).toBe(code);
    expect(detail).toContain(says);
  });

  it("that is missing tells what to run", async () => {
    using scratch = createScratch();
    mkdirSync(join(scratch.path, "agent"));
    const { code, detail } = await failure(loadArtifacts(join(scratch.path, "agent")));
    expect(code).toBe("HK2100");
    expect(detail).toContain("npm run build");
  });
});
