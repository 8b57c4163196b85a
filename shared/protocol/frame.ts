/**
 * A frame: `u32be length | u8 type | u32be id | payload`, where length counts everything behind itself. Frames are
 * decoded only when whole; nothing is trusted before its length and type were checked.
 */

const FRAME_TYPES = {
  hello: 1,
  request: 2,
  response: 3,
  failure: 4,
  event: 5,
  blob: 6,
  ping: 7,
  pong: 8,
  goodbye: 9,
  cancel: 10,
} as const;
export type FrameType = keyof typeof FRAME_TYPES;

export interface Frame {
  readonly type: FrameType;
  /** The request this belongs to; 0 where there is none. */
  readonly id: number;
  readonly payload: Uint8Array;
}

const LENGTH_BYTES = 4;
const HEADER_BYTES = 9;
/** Bytes. A text line taken for a length is far above it ("Last" is 1.2 GB). */
export const MAX_FRAME = 16 * 1024 * 1024;
/** Bytes of one blob frame, so that a control frame never waits behind more than that. */
export const BLOB_CHUNK = 256 * 1024;

const NAMES = new Map<number, FrameType>(
  Object.entries(FRAME_TYPES).map(([name, code]) => [code, name as FrameType]),
);

export class FrameError extends Error {
  override readonly name = "FrameError";
}

export function encodeFrame({ type, id, payload }: Frame): Uint8Array {
  const length = HEADER_BYTES - LENGTH_BYTES + payload.length;
  if (length > MAX_FRAME) {
    throw new FrameError(`a ${type} message of ${length} bytes is above the limit of ${MAX_FRAME}`);
  }
  const bytes = new Uint8Array(LENGTH_BYTES + length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, length);
  view.setUint8(4, FRAME_TYPES[type]);
  view.setUint32(5, id);
  bytes.set(payload, HEADER_BYTES);
  return bytes;
}

/** Cuts a byte stream into frames, whatever the chunks are. After an error it must not be used again. */
export class FrameDecoder {
  #chunks: Uint8Array[] = [];
  #size = 0;

  *push(chunk: Uint8Array): Generator<Frame> {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    while (this.#size >= HEADER_BYTES) {
      const header = this.#peek(HEADER_BYTES);
      const view = new DataView(header.buffer, header.byteOffset);
      const length = view.getUint32(0);
      const type = NAMES.get(view.getUint8(4));
      if (length < HEADER_BYTES - LENGTH_BYTES || length > MAX_FRAME || type === undefined) {
        throw new FrameError(`not a frame: ${hex(this.#peek(Math.min(this.#size, 64)))}`);
      }
      if (this.#size < LENGTH_BYTES + length) return;
      const whole = this.#take(LENGTH_BYTES + length);
      yield { type, id: view.getUint32(5), payload: whole.subarray(HEADER_BYTES) };
    }
  }

  /** Whether the stream ended inside a frame. */
  get pending(): boolean {
    return this.#size > 0;
  }

  #peek(count: number): Uint8Array {
    const first = this.#chunks[0];
    if (first !== undefined && first.length >= count) return first.subarray(0, count);
    const joined = join(this.#chunks, this.#size);
    this.#chunks = [joined];
    return joined.subarray(0, count);
  }

  /** A copy, so that a small payload does not keep a large chunk alive. */
  #take(count: number): Uint8Array {
    const first = this.#chunks[0];
    const source =
      first !== undefined && first.length >= count ? first : join(this.#chunks, this.#size);
    if (source !== first) this.#chunks = [source];
    const rest = source.subarray(count);
    if (rest.length > 0) this.#chunks[0] = rest;
    else this.#chunks.shift();
    this.#size -= count;
    const whole = new Uint8Array(count);
    whole.set(source.subarray(0, count));
    return whole;
  }
}

function join(chunks: readonly Uint8Array[], size: number): Uint8Array {
  const joined = new Uint8Array(size);
  let offset = 0;
  for (const chunk of chunks) {
    joined.set(chunk, offset);
    offset += chunk.length;
  }
  return joined;
}

const hex = (bytes: Uint8Array) =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(" ");
