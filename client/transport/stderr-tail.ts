import { printable } from "./printable.ts";

export interface StderrTail {
  push(chunk: Uint8Array): void;
  /** What was said, control characters removed, with the number of bytes left out in the middle. */
  text(): string;
}

/** Keeps the first and the last bytes of an endless stream: the first usually name the cause, the last the end. */
export function createStderrTail(limits = { head: 8 * 1024, tail: 56 * 1024 }): StderrTail {
  const head: Buffer[] = [];
  const tail: Buffer[] = [];
  let headSize = 0;
  let tailSize = 0;
  let dropped = 0;

  const trim = (): void => {
    for (let first = tail[0]; first !== undefined && tailSize > limits.tail; first = tail[0]) {
      const excess = tailSize - limits.tail;
      const cut = Math.min(excess, first.length);
      if (cut === first.length) tail.shift();
      else tail[0] = first.subarray(cut);
      tailSize -= cut;
      dropped += cut;
    }
  };

  return {
    push(chunk) {
      const room = Math.min(limits.head - headSize, chunk.length);
      if (room > 0) {
        // A copy: the chunk is a view into a socket buffer that would stay alive with it.
        head.push(Buffer.from(chunk.subarray(0, room)));
        headSize += room;
      }
      if (chunk.length > room) {
        tail.push(Buffer.from(chunk.subarray(room)));
        tailSize += chunk.length - room;
        trim();
      }
    },
    text() {
      const start = Buffer.concat(head);
      const end = Buffer.concat(tail);
      if (dropped === 0) return printable(Buffer.concat([start, end]).toString("utf8"));
      return printable(
        `${start.toString("utf8")}\n[${dropped} bytes left out]\n${end.toString("utf8")}`,
      );
    },
  };
}
