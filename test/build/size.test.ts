import { expect, test } from "vitest";
import { BUDGET, checkCode, checkSize, CODE_BUDGET } from "../../build/size.ts";

test("an agent may be exactly as large as the budget", () => {
  expect(() => checkSize({ target: "linux-x64", ...BUDGET })).not.toThrow();
});

test.each([
  [{ size: 120_000_001, compressedSize: 1 }, "uncompressed 120.00 MB, allowed 120.00 MB"],
  [{ size: 1, compressedSize: 46_500_000 }, "compressed 46.50 MB, allowed 45.00 MB"],
])("an agent over the budget is refused: %o", (size, text) => {
  expect(() => checkSize({ target: "linux-arm64", ...size })).toThrow(
    `The linux-arm64 agent is ${text}`,
  );
});

test("code over its budget is refused", () => {
  expect(() => checkCode("x".repeat(CODE_BUDGET))).not.toThrow();
  expect(() => checkCode("x".repeat(CODE_BUDGET + 1))).toThrow("The agent's code is");
});
