import { describe, expect, it } from "vitest";
import {
  parseTimeSpan,
  PositiveSpan,
  Timeout,
  TimeSpan,
} from "../../../shared/systemd/time-span.ts";

describe("time spans", () => {
  it.each([
    ["5s", 5_000_000],
    ["90", 90_000_000],
    ["1min 30s", 90_000_000],
    ["1.5h", 5_400_000_000],
    ["3M", 7_889_400_000_000],
    ["3m", 180_000_000],
  ])("%s", (text, microseconds) => expect(parseTimeSpan(text)).toBe(microseconds));

  it.each(["", " ", "s", "5 parsecs", "-5s", "5S", "1e3", "5s;", "toString"])("not %j", (text) =>
    expect(parseTimeSpan(text)).toBeUndefined(),
  );

  it("are text for systemd; numbers are seconds", () => {
    expect([" 5s ", 0, 1.5, 90, 1e9].map((value) => TimeSpan.parse(value))).toEqual([
      "5s",
      "0s",
      "1.5s",
      "90s",
      "1000000000s",
    ]);
    for (const value of [-1, Number.NaN, Infinity, null, "5 x"]) {
      expect(TimeSpan.safeParse(value).success, String(value)).toBe(false);
    }
  });

  it("may have to be longer than nothing, or may have no end", () => {
    expect(PositiveSpan.safeParse(0).success).toBe(false);
    expect(PositiveSpan.safeParse("0s").success).toBe(false);
    expect(PositiveSpan.safeParse("infinity").success).toBe(false);
    expect(Timeout.parse("infinity")).toBe("infinity");
    expect(Timeout.parse("2h")).toBe("2h");
    expect(Timeout.safeParse("0").success).toBe(false);
  });
});
