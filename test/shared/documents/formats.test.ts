import { expect, it } from "vitest";
import { FORMAT_NAMES } from "../../../shared/documents/format.ts";
import { formatOf, loadFormats } from "../../../shared/documents/formats.ts";

it("gives formats that have been loaded, and no others", async () => {
  await loadFormats(["toml", "toml"]);
  expect(formatOf("toml").name).toBe("toml");
  expect(() => formatOf("yaml")).toThrow("before it is loaded");
  await loadFormats(FORMAT_NAMES);
  for (const name of FORMAT_NAMES) {
    expect(formatOf(name).name).toBe(name);
    expect(formatOf(name).parse(formatOf(name).render({ KEY: "value" }))).toEqual({ KEY: "value" });
  }
});
