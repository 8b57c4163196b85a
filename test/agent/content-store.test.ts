import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ContentStore } from "../../agent/content-store.ts";
import type { Digest } from "../../shared/brands.ts";

let scratch = "";
let spool = "";
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), "hostkit-spool-"));
  spool = join(scratch, "spool");
});
afterEach(() => rmSync(scratch, { recursive: true, force: true }));

const digest = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex") as Digest;
const send = (store: ContentStore, bytes: Uint8Array, size = 1024 * 1024) => {
  const sha256 = digest(bytes);
  for (let offset = 0; offset < bytes.length; offset += size) {
    const piece = Uint8Array.from(bytes.subarray(offset, offset + size));
    store.accept({ sha256, offset, bytes: piece, last: offset + size >= bytes.length });
  }
  return sha256;
};
const collect = async (store: ContentStore, sha256: Digest) => {
  const pieces: Uint8Array[] = [];
  for await (const piece of store.open({ sha256 })) pieces.push(piece);
  return Buffer.concat(pieces);
};

describe("content store", () => {
  it("gives back small contents from memory, as often as asked", async () => {
    const store = new ContentStore(spool);
    const sha256 = send(store, Buffer.from("hello"), 2);
    expect((await collect(store, sha256)).toString()).toBe("hello");
    expect(await store.text({ sha256 })).toBe("hello");
    expect(existsSync(spool)).toBe(false);
  });

  it("spools what is too large for memory, gives it back and removes it", async () => {
    const store = new ContentStore(spool);
    const large = Buffer.alloc(20 * 1024 * 1024, "0123456789");
    const sha256 = send(store, large);
    expect(readdirSync(spool)).toEqual([sha256]);
    expect((await collect(store, sha256)).equals(large)).toBe(true);
    store.close();
    expect(existsSync(spool)).toBe(false);
  });

  it("refuses bytes with another digest, and pieces out of order", () => {
    const store = new ContentStore(spool);
    const sha256 = digest(Buffer.from("declared"));
    const bytes = Uint8Array.from(Buffer.from("different"));
    expect(() => store.accept({ sha256, offset: 0, bytes, last: true })).toThrow("another digest");
    expect(() => store.accept({ sha256, offset: 5, bytes, last: false })).toThrow("expected 0");
    expect(store.has(sha256)).toBe(false);
  });

  it("wakes whoever waits, when everything is there or when nothing more will come", async () => {
    const store = new ContentStore(spool);
    const [one, two] = [Buffer.from("one"), Buffer.from("two")];
    const waiting = store.wait([{ sha256: digest(one) }, { sha256: digest(two) }]);
    send(store, one);
    send(store, two);
    await expect(waiting).resolves.toBeUndefined();
    const lost = store.wait([{ sha256: digest(Buffer.from("three")) }]);
    store.abort(new Error("the client left"));
    await expect(lost).rejects.toThrow("the client left");
    await expect(store.wait([{ sha256: digest(Buffer.from("four")) }])).rejects.toThrow(
      "the client left",
    );
  });
});
