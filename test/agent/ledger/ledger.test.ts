import { describe, expect, it } from "vitest";
import { forget, heldOf } from "../../../agent/ledger/forget.ts";
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
    await forget(place, await heldOf(place, [id("file:/etc/a")]));
    expect([...(await readLedger(place)).resources.keys()]).toEqual(["file:/etc/b"]);
    expect(place.host.text("/etc/a")).toBe("a");
  });

  it("is all or nothing, and knows what was meant", async () => {
    const place = await written();
    const before = place.host.digest();
    const reviewed = await heldOf(place, [id("file:/etc/a"), id("file:/etc/b")]);
    const mistyped = reviewed.with(1, { ...reviewed[1]!, id: id("file:/etc/bb") });
    await expect(forget(place, mistyped)).rejects.toMatchObject({
      diagnostics: [{ code: "HK4058", resource: "file:/etc/bb" }],
    });
    await expect(heldOf(place, [id("file:/etc/bb")])).rejects.toThrow("Did you mean `file:/etc/");
    expect(place.host.digest()).toBe(before);
  });

  it("takes along what was made on the way to it, and nothing else", async () => {
    const place = await written();
    const made = (path: string) => {
      const resource = declare.directory(path);
      return [resource.id, { ...entry("/etc/a")[1], resource, incidental: true }] as const;
    };
    const resources = new Map([
      made("/srv"),
      made("/srv/x"),
      made("/srv/x/y"),
      entry("/srv/x/y/a"),
      entry("/srv/b"),
    ]);
    await writeLedger(place, { ...EMPTY, resources });
    await forget(place, await heldOf(place, [id("file:/srv/x/y/a")]));
    expect([...(await readLedger(place)).resources.keys()]).toEqual([
      "directory:/srv",
      "file:/srv/b",
    ]);
  });

  it("refuses what is not as it was reviewed, unless it was only declared again", async () => {
    const place = await written();
    const before = place.host.digest();
    const [a] = await heldOf(place, [id("file:/etc/a")]);
    for (const other of [{ protect: true }, { project: "x" }, { host: "x" }]) {
      await expect(forget(place, [{ ...a!, ...other }])).rejects.toMatchObject({
        diagnostics: [{ code: "HK4071", resource: "file:/etc/a" }],
      });
    }
    expect(place.host.digest()).toBe(before);
    await forget(place, [{ ...a!, run: "an earlier one" }]);
    expect((await readLedger(place)).resources.has(id("file:/etc/a"))).toBe(false);
  });
});
