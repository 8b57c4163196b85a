import { describe, expect, it } from "vitest";
import { forget } from "../../../agent/ledger/forget.ts";
import { readLedger, writeLedger } from "../../../agent/ledger/ledger-file.ts";
import { EMPTY, type Ledger, parseLedger, renderLedger } from "../../../agent/ledger/ledger.ts";
import type { Digest, ResourceId } from "../../../shared/brands.ts";
import { declare } from "../../support/declare.ts";
import { MemoryHost } from "../../support/memory-host/memory-host.ts";

const ROOT = "/var/lib/hostkit";
const PATH = `${ROOT}/ledger.json`;
const id = (text: string) => text as ResourceId;

const entry = (path: string) => {
  const resource = declare.file(path);
  return [
    resource.id,
    { owner: { project: "p", host: "h" }, origin: "created", resource, run: "r" },
  ] as const;
};
const full: Ledger = {
  resources: new Map([entry("/etc/a"), entry("/etc/b")]),
  started: new Map([[id("unit:a.service"), { [id("file:/etc/a")]: "0".repeat(64) as Digest }]]),
  owed: new Map([
    [id("unit:a.service"), { follow: "restart", inputs: [id("file:/etc/a")], run: "r" }],
  ]),
};

describe("a ledger", () => {
  it.each([
    ["empty", EMPTY],
    ["full", full],
  ])("reads back as it was written: %s", (_title, ledger) => {
    expect(parseLedger(renderLedger(ledger))).toEqual({ ledger });
  });

  it("has one line for each resource", () => {
    const lines = renderLedger(full).split("\n");
    expect(lines.filter((line) => line.startsWith(' "file:/etc/'))).toHaveLength(2);
  });

  it("is not understood when cut off at any place", () => {
    const text = renderLedger(full).trimEnd();
    for (let length = 0; length < text.length; length += 7) {
      expect(parseLedger(text.slice(0, length)), `${length} characters`).toHaveProperty("fault");
    }
  });

  it.each([
    ["an unknown field", (text: string) => text.replace('"owed"', '"owing"')],
    [
      "an entry under another's name",
      (text: string) => text.replace(' "file:/etc/b"', ' "file:/c"'),
    ],
    ["an id that is none", (text: string) => text.replaceAll("file:/etc/b", "/etc/b")],
    ["a protection that is no yes", (text: string) => text.replace('"kind"', '"protect":1,"kind"')],
    ["an origin nobody knows", (text: string) => text.replace('"created"', '"found"')],
  ])("is not understood with %s", (_title, spoil) => {
    expect(parseLedger(spoil(renderLedger(full)))).toHaveProperty("fault");
  });

  it("is empty where none was written, and readable by nobody else where one was", async () => {
    const host = new MemoryHost();
    host.tree.ensureDirectory(ROOT);
    expect(await readLedger({ host, root: ROOT })).toEqual(EMPTY);
    await writeLedger({ host, root: ROOT }, full);
    expect(await readLedger({ host, root: ROOT })).toEqual(full);
    expect(host.files().find((line) => line.startsWith(PATH))).toContain(" 600 ");
  });

  it("is refused where something else is in its place, or may not be read", async () => {
    const host = new MemoryHost();
    host.tree.ensureDirectory(PATH);
    const refusal = { diagnostics: [{ code: "HK4050" }] };
    await expect(readLedger({ host, root: ROOT })).rejects.toMatchObject(refusal);
    const other = new MemoryHost();
    other.put(PATH, renderLedger(full), { uid: 0, gid: 0, mode: 0o600 });
    other.become(1000);
    await expect(readLedger({ host: other, root: ROOT })).rejects.toMatchObject(refusal);
  });
});

describe("forget", () => {
  const written = async () => {
    const host = new MemoryHost();
    host.tree.ensureDirectory(ROOT);
    await writeLedger({ host, root: ROOT }, full);
    return { host, root: ROOT };
  };

  it("lets go of what is named, and touches nothing else", async () => {
    const place = await written();
    place.host.put("/etc/a", "a");
    await forget(place, ["file:/etc/a"]);
    expect([...(await readLedger(place)).resources.keys()]).toEqual(["file:/etc/b"]);
    expect(place.host.text("/etc/a")).toBe("a");
  });

  it("is all or nothing, and knows what was meant", async () => {
    const place = await written();
    const before = place.host.digest();
    await expect(forget(place, ["file:/etc/a", "file:/etc/bb"])).rejects.toMatchObject({
      diagnostics: [{ code: "HK4058", resource: "file:/etc/bb" }],
    });
    await expect(forget(place, ["file:/etc/bb"])).rejects.toThrow("Did you mean `file:/etc/");
    expect(place.host.digest()).toBe(before);
  });
});
