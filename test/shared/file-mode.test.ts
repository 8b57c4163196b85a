import { describe, expect, it } from "vitest";
import { FileMode, formatMode, modeBits } from "../../shared/file-mode.ts";

describe("file mode", () => {
  it.each([
    [0o640, "0640"],
    [0, "0000"],
    [0o7777, "7777"],
    ["0640", "0640"],
    ["640", "0640"],
    ["4755", "4755"],
    ["u=rw,g=r", "0640"],
    ["u=rwx,go=rx", "0755"],
    ["a=r", "0444"],
    ["u=rws,g=rxs,o=t", "7650"],
    ["u=,g=,o=", "0000"],
  ])("reads %j as %s", (input, canonical) => {
    expect(FileMode.parse(input)).toBe(canonical);
    expect(FileMode.parse(FileMode.parse(input))).toBe(canonical);
    expect(formatMode(modeBits(FileMode.parse(input)))).toBe(canonical);
  });

  it.each([-1, 0o10000, 1.5, Number.NaN, "rw-r--r--", "0888", "", "u+x", "u=rw,", "12345"])(
    "refuses %j",
    (input) => {
      expect(FileMode.safeParse(input).success).toBe(false);
    },
  );

  it("explains the decimal trap", () => {
    const result = FileMode.safeParse(9999);
    expect(result.error?.issues[0]?.message).toContain("0o640");
  });
});
