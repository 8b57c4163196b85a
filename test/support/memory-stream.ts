import type { ByteStream } from "../../shared/protocol/byte-stream.ts";

/** One direction: bytes written on one side are read on the other, in order. */
class Pipe {
  #chunks: Uint8Array[] = [];
  #wake: (() => void) | undefined;
  #ended = false;

  push(bytes: Uint8Array): void {
    if (this.#ended) throw new Error("written after the end");
    this.#chunks.push(Uint8Array.from(bytes));
    this.#wake?.();
  }

  end(): void {
    this.#ended = true;
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for (;;) {
      const chunk = this.#chunks.shift();
      if (chunk !== undefined) yield chunk;
      else if (this.#ended) return;
      else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    }
  }
}

export interface Wire {
  readonly client: ByteStream;
  readonly agent: ByteStream;
  /** Ends both directions, as a cut cable does. */
  cut(): void;
}

/** Two streams that are each other's far end. */
export function createWire(): Wire {
  const up = new Pipe();
  const down = new Pipe();
  const side = (readable: Pipe, writable: Pipe): ByteStream => ({
    readable,
    write: async (bytes) => writable.push(bytes),
  });
  return {
    client: side(down, up),
    agent: side(up, down),
    cut: () => {
      up.end();
      down.end();
    },
  };
}
