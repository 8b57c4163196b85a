import { isUtf8 } from "node:buffer";
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import type { Digest } from "../../shared/brands.ts";
import type { ContentRef } from "../../shared/content.ts";
import { HostKitError } from "../../shared/diagnostic.ts";
import { diagnosticOf } from "../declare/fault.ts";
import { sha256 } from "../sha256.ts";

type Source = { readonly bytes: Uint8Array } | { readonly path: string };

/** The bytes of one project's contents by digest. Local files stay where they are, and are read for each use. */
export class ContentStore {
  readonly #sources = new Map<string, Source>();

  addBytes(bytes: Uint8Array): ContentRef {
    const digest = sha256(bytes);
    if (!this.#sources.has(digest)) this.#sources.set(digest, { bytes });
    return { sha256: digest, size: bytes.length, text: isUtf8(bytes) && !bytes.includes(0) };
  }

  /** Reads the file once, in pieces. Rejects with the error of the file system. */
  async addFile(path: string): Promise<ContentRef> {
    const hash = createHash("sha256");
    const text = new TextCheck();
    let size = 0;
    for await (const piece of readPieces(path)) {
      hash.update(piece);
      text.update(piece);
      size += piece.length;
    }
    const sha256 = hash.digest("hex") as Digest;
    if (!this.#sources.has(sha256)) this.#sources.set(sha256, { path });
    return { sha256, size, text: text.end() };
  }

  /** The bytes of a content, in pieces. Rejects with HK1031 when a local file is no longer what it was. */
  async *open(sha256: string): AsyncIterable<Uint8Array> {
    const source = this.#sources.get(sha256);
    if (source === undefined)
      throw new Error(`No content ${sha256} is known. This is a bug in HostKit.`);
    if ("bytes" in source) {
      yield source.bytes;
      return;
    }
    const hash = createHash("sha256");
    // The last piece is held back until the digest is known, so that nobody ends up with a whole wrong file.
    let held: Uint8Array | undefined;
    try {
      for await (const piece of readPieces(source.path)) {
        if (held !== undefined) yield held;
        hash.update(piece);
        held = piece;
      }
    } catch (error) {
      throw changed(source.path, { why: messageOf(error), cause: error });
    }
    if (hash.digest("hex") !== sha256)
      throw changed(source.path, { why: "its content is another one" });
    if (held !== undefined) yield held;
  }
}

/** Refuses what is no regular file first: reading a named pipe would wait for ever. */
async function* readPieces(path: string): AsyncIterable<Uint8Array> {
  if (!(await stat(path)).isFile()) throw new Error("it is not a regular file");
  for await (const piece of createReadStream(path)) yield piece as Uint8Array;
}

/** A whole file as text, of at most `limit` bytes. Rejects with an error that `messageOf` can tell. */
export async function readText(path: string, limit: number): Promise<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of readPieces(path)) {
    size += piece.length;
    if (size > limit) throw new Error(`it is larger than ${limit / 1024} KiB`);
    pieces.push(piece);
  }
  try {
    return decoder.decode(Buffer.concat(pieces));
  } catch {
    throw new Error("it is not UTF-8 text");
  }
}

export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = "code" in error ? error.code : undefined;
  if (code === "ENOENT") return "there is no such file";
  if (code === "EACCES") return "this user may not read it";
  return error.message;
}

function changed(
  path: string,
  { why, cause }: { readonly why: string; readonly cause?: unknown },
): HostKitError {
  const detail = `${path} was read when the declaration was compiled, and since then ${why}. What was planned with it no longer holds: run the command again.`;
  return new HostKitError(diagnosticOf({ code: "HK1031", detail }), { cause });
}

/** Whether pieces together are UTF-8 without NUL. */
class TextCheck {
  readonly #decoder = new TextDecoder("utf-8", { fatal: true });
  #text = true;

  update(piece: Uint8Array): void {
    if (!this.#text) return;
    this.#text =
      !piece.includes(0) && this.#decodes(() => this.#decoder.decode(piece, { stream: true }));
  }

  end(): boolean {
    return this.#text && this.#decodes(() => this.#decoder.decode());
  }

  #decodes(decode: () => string): boolean {
    try {
      decode();
      return true;
    } catch {
      return false;
    }
  }
}
