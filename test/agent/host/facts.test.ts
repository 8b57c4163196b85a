import { describe, expect, it } from "vitest";
import { parseOsRelease, readFacts } from "../../../agent/host/facts.ts";
import { Facts, FactSection } from "../../../shared/facts.ts";

describe("os-release", () => {
  it("is read with and without quotes", () => {
    const text = `PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"
NAME='Debian'
# a comment
VERSION_ID="12"
ID=debian
ID_LIKE="a b"
`;
    expect(parseOsRelease(text)).toEqual({
      id: "debian",
      versionId: "12",
      name: "Debian GNU/Linux 12 (bookworm)",
      idLike: ["a", "b"],
    });
  });

  it("has the defaults of os-release(5) where a field is missing", () => {
    expect(parseOsRelease("")).toEqual({ id: "linux", versionId: "", name: "Linux", idLike: [] });
  });
});

describe("facts of this machine", () => {
  it("have every section and the shape the protocol promises", async () => {
    const facts = await readFacts({ only: [] });
    expect(Object.keys(facts).toSorted()).toEqual([...FactSection.options].toSorted());
    expect(Facts.safeParse(facts).error).toBeUndefined();
  });

  it("are only those asked for", async () => {
    expect(Object.keys(await readFacts({ only: ["os", "kernel"] })).toSorted()).toEqual([
      "kernel",
      "os",
    ]);
  });
});
