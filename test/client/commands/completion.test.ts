import { describe, expect, test } from "vitest";
import { bashScript } from "../../../client/completion/bash.ts";
import { grammar } from "../../../client/completion/grammar.ts";
import { hostkit } from "./hostkit.ts";

describe("completion", () => {
  test.each(["bash", "zsh", "fish"])("%s: the script alone, and nothing is read", async (shell) => {
    const { code, world, log } = await hostkit(`completion ${shell}`);
    expect(code).toBe(0);
    expect(world.stdout()).toContain(`as hostkit completion ${shell} prints it.\n`);
    expect(world.stdout()).toMatch(/[^\n]\n$/);
    expect(world.stderr()).toBe("");
    expect(log).toEqual([]);
  });

  test("as an event", async () => {
    const { world } = await hostkit("completion bash --json");
    const script = bashScript(grammar());
    expect(world.events()[0]).toEqual({ version: 1, event: "completion", shell: "bash", script });
  });

  test("without a shell: which there are, and which is yours, 64", async () => {
    const { code, world } = await hostkit("completion", {}, { env: { SHELL: "/usr/bin/zsh" } });
    expect(code).toBe(64);
    expect(world.stdout()).toBe("");
    expect(world.stderr()).toMatch(/HK5032[\s\S]*bash, zsh, fish\.[\s\S]*`hostkit completion zsh`/);
    const other = await hostkit("completion", {}, { env: { SHELL: "/bin/ksh" } });
    expect(other.world.stderr()).not.toContain("Yours");
  });

  test("one that is misspelt, 64", async () => {
    const { code, world } = await hostkit("completion fihs");
    expect(code).toBe(64);
    expect(world.stderr()).toMatch(/no completion for "fihs"\. Did you mean `fish`\?/);
    expect((await hostkit("completion powershell")).world.stderr()).toContain("Shells: bash");
  });
});
