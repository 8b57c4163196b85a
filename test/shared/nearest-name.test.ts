import { describe, expect, it } from "vitest";
import { didYouMean, nearestName } from "../../shared/nearest-name.ts";

const KNOWN = ["owner", "group", "mode", "content", "dependsOn"];

describe("nearestName", () => {
  it.each([
    ["onwer", "owner"],
    ["Owner", "owner"],
    ["grp", "group"],
    ["mod", "mode"],
    ["contents", "content"],
    ["dependson", "dependsOn"],
    ["depends", "dependsOn"],
  ])("%s: %s", (written, meant) => {
    expect(nearestName(written, KNOWN)).toBe(meant);
  });

  it.each(["validate", "x", "", "modified"])("%j: nothing close", (written) => {
    expect(nearestName(written, KNOWN)).toBeUndefined();
  });

  it.each([
    ["plna", "plan"],
    ["PLAN", "plan"],
    ["plans", "plan"],
    ["chekc", "check"],
    ["vers", "version"],
    ["fact", "facts"],
    ["pus", "push"],
    ["apply", undefined],
    ["x", undefined],
    ["p", undefined],
  ])("a command, %s: %s", (written, meant) => {
    const commands = ["init", "check", "dump", "facts", "plan", "push", "version"];
    expect(nearestName(written, commands)).toBe(meant);
  });

  it("takes the closest, and the first of equals", () => {
    expect(nearestName("cat", ["car", "cap", "cat"])).toBe("cat");
    expect(nearestName("cat", ["car", "cap"])).toBe("car");
  });

  it("says so in a sentence, or not at all", () => {
    expect(didYouMean("onwer", KNOWN)).toBe(" Did you mean `owner`?");
    expect(didYouMean("validate", KNOWN)).toBe("");
  });
});
