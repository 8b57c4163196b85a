import { expect, test } from "vitest";
import {
  EXIT,
  type ExitCode,
  exitCodeOf,
  exitCodeOfError,
  worst,
} from "../../../client/cli/exit-code.ts";
import { type Diagnostic, HostKitError } from "../../../shared/diagnostic.ts";

const diagnostic = (
  side: Diagnostic["side"],
  code: Diagnostic["code"] = "HK9999",
  severity: Diagnostic["severity"] = "error",
): Diagnostic => ({ severity, side, code, summary: "", detail: "" });

test("the contract", () => {
  expect(EXIT).toEqual({
    ok: 0,
    failed: 1,
    changes: 2,
    config: 3,
    unreachable: 4,
    stale: 5,
    refused: 6,
    partial: 7,
    rolledBack: 8,
    locked: 9,
    rollbackFailed: 10,
    usage: 64,
    interrupted: 130,
  });
});

test("of several hosts the worst counts: 10 7 8 5 6 4 9 3 1 2 0", () => {
  const order: ExitCode[] = [10, 7, 8, 5, 6, 4, 9, 3, 1, 2, 0];
  for (const [index, code] of order.entries()) {
    expect(worst(order.slice(index).toReversed())).toBe(code);
  }
  expect(worst([])).toBe(0);
  expect(worst([0, 130, 4])).toBe(130);
  expect(worst([130, 7, 0])).toBe(7);
});

test("by whose side a problem is on", () => {
  const codes = (["config", "ssh", "cli", "agent", "host"] as const).map((side) =>
    exitCodeOf([diagnostic(side)]),
  );
  expect(codes).toEqual([3, 4, 64, 1, 1]);
});

test("warnings do not count beside errors, and never end with 0", () => {
  expect(exitCodeOf([diagnostic("config", "HK1008", "warning"), diagnostic("ssh")])).toBe(4);
  expect(exitCodeOf([diagnostic("config", "HK1008", "warning")])).toBe(1);
  expect(exitCodeOf([])).toBe(1);
});

test("codes that do not end as their side does", () => {
  expect(exitCodeOf([diagnostic("cli", "HK5020")])).toBe(1);
  expect(exitCodeOf([diagnostic("host", "HK4071")])).toBe(5);
  expect(exitCodeOf([diagnostic("host", "HK4073")])).toBe(130);
  expect(exitCodeOf([diagnostic("cli", "HK2100")])).toBe(1);
  expect(exitCodeOf([diagnostic("host", "HK4052")])).toBe(6);
  expect(exitCodeOf([diagnostic("ssh", "HK2030"), diagnostic("cli", "HK5030")])).toBe(7);
});

test("errors", () => {
  expect(exitCodeOfError(new HostKitError(diagnostic("ssh")))).toBe(4);
  expect(exitCodeOfError(new TypeError("a bug"))).toBe(1);
});
