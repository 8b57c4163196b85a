import { createHash, randomBytes } from "node:crypto";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import { ContentStore } from "../../../client/compile/contents.ts";
import { temporaryFiles } from "./temporary-declaration.ts";

const euro = Buffer.from("€");
const cases: readonly (readonly [string, Uint8Array, boolean])[] = [
  ["nothing", Buffer.alloc(0), true],
  ["ASCII", Buffer.from("a\n"), true],
  ["UTF-8", euro, true],
  ["a byte order mark", Buffer.from("\uFEFFa"), true],
  ["NUL", Buffer.from("a\0b"), false],
  ["Latin-1", Buffer.from([0x61, 0xe9, 0x62]), false],
  ["UTF-8 cut short", euro.subarray(0, 2), false],
  // A read of a file gives 64 KiB at a time, and cuts the character in two.
  ["UTF-8 across pieces", Buffer.concat([Buffer.alloc(65_535, "a"), euro]), true],
  ["NUL in a later piece", Buffer.concat([Buffer.alloc(70_000, "a"), Buffer.from([0])]), false],
  ["several random pieces", randomBytes(300_000), false],
];

describe("ContentStore", () => {
  it.each(cases)("knows %s from bytes and from a file alike", async (_name, bytes, isText) => {
    const path = join(temporaryFiles({ file: bytes }), "file");
    const store = new ContentStore();
    const expected = {
      sha256: createHash("sha256").update(bytes).digest("hex"),
      size: bytes.length,
      text: isText,
    };
    expect(new ContentStore().addBytes(bytes)).toEqual(expected);
    const ref = await store.addFile(path);
    expect(ref).toEqual(expected);
    const open = () => buffer(store.open(ref.sha256));
    expect((await open()).equals(bytes)).toBe(true);
    expect((await open()).equals(bytes)).toBe(true);
  });

  it("keeps no file in memory", async () => {
    const bytes = Buffer.alloc(64 * 1024 * 1024, "x");
    const path = join(temporaryFiles({ big: bytes }), "big");
    const store = new ContentStore();
    const { sha256 } = await store.addFile(path);
    const before = process.memoryUsage().arrayBuffers;
    let largest = 0;
    for await (const piece of store.open(sha256)) largest = Math.max(largest, piece.length);
    expect(largest).toBeLessThanOrEqual(64 * 1024);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(32 * 1024 * 1024);
  });
});
