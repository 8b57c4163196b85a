import { readdirSync, existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { loadProject } from "../../../client/compile/load.ts";
import { Manifest } from "../../../shared/manifest.ts";

const EXAMPLES = resolve(import.meta.dirname, "../../../examples");
const names = readdirSync(EXAMPLES).filter((name) =>
  existsSync(join(EXAMPLES, name, "hostkit.config.ts")),
);

describe("examples", () => {
  it("are there", () => {
    expect(names).toEqual(
      expect.arrayContaining(["hello-service", "motd", "timers-and-jobs", "users-and-keys"]),
    );
  });

  it.each(names)("%s is sound, without a warning", async (name) => {
    const loaded = await loadProject({ cwd: join(EXAMPLES, name) });
    expect(loaded.warnings).toEqual([]);
    expect(loaded.project.hosts).toMatchObject([{ name: "app", at: "app.example.com" }]);
    const { manifest } = await loaded.manifestFor("app");
    expect(manifest.resources.length).toBeGreaterThan(0);
    expect(Manifest.parse(JSON.parse(JSON.stringify(manifest)))).toEqual(manifest);
  });
});
