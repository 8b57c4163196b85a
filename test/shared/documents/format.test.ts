import { describe, expect, it } from "vitest";
import { DocumentFault, FORMAT_NAMES } from "../../../shared/documents/format.ts";

describe("FORMAT_NAMES", () => {
  it("has each format once", () => {
    expect(new Set(FORMAT_NAMES).size).toBe(FORMAT_NAMES.length);
  });
});

describe("DocumentFault", () => {
  it("says what is wrong, and where if that is known", () => {
    const fault = new DocumentFault("has a section without an end", 3);
    expect(fault).toBeInstanceOf(Error);
    expect([fault.name, fault.message, fault.line]).toEqual([
      "DocumentFault",
      "has a section without an end",
      3,
    ]);
    expect(new DocumentFault("is no YAML").line).toBeUndefined();
  });
});
