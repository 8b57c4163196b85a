import { createHash, type Hash } from "node:crypto";
import * as fs from "node:fs";
import { join } from "node:path";
import type { ContentRef } from "../shared/content.ts";
import { HostKitError } from "../shared/diagnostic.ts";
import type { Blob } from "../shared/protocol/messages.ts";

/** Bytes kept in memory; what is above goes to a file, so that the agent stays small whatever it is sent. */
const MEMORY_LIMIT = 8 * 1024 * 1024;

interface Arriving {
  readonly hash: Hash;
  received: number;
  place: { kind: "memory"; pieces: Uint8Array[] } | { kind: "disk"; path: string; fd: number };
}

type Stored = { kind: "memory"; pieces: readonly Uint8Array[] } | { kind: "disk"; path: string };

/** Milliseconds without a single piece arriving before the client is given up. */
const PATIENCE = 60_000;

/** Contents of one request as they arrive, each checked against its digest. Closing it removes what it spooled. */
export class ContentStore {
  readonly #directory: string;
  readonly #arriving = new Map<string, Arriving>();
  readonly #stored = new Map<string, Stored>();
  readonly #waiting = new Set<(failure?: unknown) => void>();
  #inMemory = 0;
  #failure: unknown;

  /** `directory` is made when it is first needed. */
  constructor(directory: string) {
    this.#directory = directory;
  }

  accept({ sha256, offset, bytes, last }: Blob): void {
    const arriving = this.#arriving.get(sha256) ?? this.#begin(sha256);
    if (offset !== arriving.received)
      throw damaged(sha256, `piece at ${offset}, expected ${arriving.received}`);
    arriving.hash.update(bytes);
    arriving.received += bytes.length;
    this.#keep(sha256, arriving, bytes);
    if (last) this.#finish(sha256, arriving);
    for (const wake of this.#waiting) wake();
  }

  #finish(sha256: string, arriving: Arriving): void {
    this.#arriving.delete(sha256);
    if (arriving.place.kind === "disk") fs.closeSync(arriving.place.fd);
    if (arriving.hash.digest("hex") !== sha256)
      throw damaged(sha256, "the bytes have another digest");
    this.#stored.set(sha256, arriving.place);
  }

  /** Returns when all of them are here. */
  async wait(wanted: readonly Pick<ContentRef, "sha256">[]): Promise<void> {
    while (!wanted.every((ref) => this.has(ref.sha256))) {
      if (this.#failure !== undefined) throw this.#failure;
      await this.#nextArrival();
    }
  }

  /** Nothing more will come: whoever waits is told why. */
  abort(failure: unknown): void {
    this.#failure = failure;
    for (const wake of this.#waiting) wake(failure);
  }

  /** The whole content as UTF-8 text. */
  async text(ref: Pick<ContentRef, "sha256">): Promise<string> {
    const decoder = new TextDecoder();
    let text = "";
    for await (const piece of this.open(ref)) text += decoder.decode(piece, { stream: true });
    return text + decoder.decode();
  }

  has(sha256: string): boolean {
    return this.#stored.has(sha256);
  }

  async *open(ref: Pick<ContentRef, "sha256">): AsyncGenerator<Uint8Array> {
    const stored = this.#stored.get(ref.sha256);
    if (stored === undefined) throw damaged(ref.sha256, "it never arrived");
    if (stored.kind === "memory") yield* stored.pieces;
    else yield* fs.createReadStream(stored.path) as AsyncIterable<Uint8Array>;
  }

  close(): void {
    for (const { place } of this.#arriving.values())
      if (place.kind === "disk") fs.closeSync(place.fd);
    this.#arriving.clear();
    this.#stored.clear();
    fs.rmSync(this.#directory, { recursive: true, force: true });
  }

  #nextArrival(): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => wake(silent()), PATIENCE);
      const wake = (failure?: unknown) => {
        clearTimeout(timer);
        this.#waiting.delete(wake);
        if (failure === undefined) resolve();
        else reject(failure);
      };
      this.#waiting.add(wake);
    });
  }

  #begin(sha256: string): Arriving {
    const arriving: Arriving = {
      hash: createHash("sha256"),
      received: 0,
      place: { kind: "memory", pieces: [] },
    };
    this.#arriving.set(sha256, arriving);
    return arriving;
  }

  #keep(sha256: string, arriving: Arriving, bytes: Uint8Array): void {
    if (arriving.place.kind === "memory" && this.#inMemory + bytes.length <= MEMORY_LIMIT) {
      arriving.place.pieces.push(bytes);
      this.#inMemory += bytes.length;
      return;
    }
    try {
      if (arriving.place.kind === "memory") {
        const { pieces } = arriving.place;
        fs.mkdirSync(this.#directory, { recursive: true, mode: 0o700 });
        const path = join(this.#directory, sha256);
        arriving.place = { kind: "disk", path, fd: fs.openSync(path, "w", 0o600) };
        for (const piece of pieces) {
          writeAll(arriving.place.fd, piece);
          this.#inMemory -= piece.length;
        }
      }
      writeAll(arriving.place.fd, bytes);
    } catch (error) {
      throw noRoom(this.#directory, error);
    }
  }
}

/** A full disk takes a part of what it is given before it refuses the rest. */
function writeAll(fd: number, bytes: Uint8Array): void {
  for (let offset = 0; offset < bytes.length;) offset += fs.writeSync(fd, bytes, offset);
}

function noRoom(directory: string, error: unknown): HostKitError {
  const why = error instanceof Error ? error.message : String(error);
  return new HostKitError(
    {
      severity: "error",
      side: "host",
      code: "HK3014",
      summary: "A content could not be kept until it is needed.",
      detail: `Contents beyond ${MEMORY_LIMIT / 1024 / 1024} MiB wait in ${directory}: ${why}. Nothing was changed. Free space there (df -h), then push again.`,
    },
    { cause: error },
  );
}

function damaged(sha256: string, what: string): HostKitError {
  return new HostKitError({
    severity: "error",
    side: "agent",
    code: "HK3010",
    summary: "A content did not arrive as it was declared.",
    detail: `The content ${sha256.slice(0, 12)}… : ${what}. A local file that changed while it was sent is the usual cause. Push again.`,
  });
}

function silent(): HostKitError {
  return new HostKitError({
    severity: "error",
    side: "agent",
    code: "HK3012",
    summary: "The client stopped sending.",
    detail: `The agent waited ${PATIENCE / 1000} s for contents that did not come. Nothing was changed. Check the connection, then push again.`,
  });
}
