import { setTimeout as sleep } from "node:timers/promises";
import type { ByteStream } from "../../../shared/protocol/byte-stream.ts";
import { encodeFrame, FrameDecoder } from "../../../shared/protocol/frame.ts";
import type { TcpProxy } from "./tcp-proxy.ts";

/** Where a conversation is cut off: at a frame of one direction, counted from 1. */
export interface FrameCut {
  readonly direction: "to the agent" | "from the agent";
  readonly frame: number;
  /** `behind` it, or `within`: half of it still goes through. The client only ever waits for whole ones, so only to the agent. */
  readonly where: "behind" | "within";
}

export interface CutStream {
  readonly between: (stream: ByteStream) => ByteStream;
  /** Frames that went through whole so far. */
  readonly frames: Readonly<Record<FrameCut["direction"], number>>;
  /** Whether it came to the cut. */
  readonly isCut: boolean;
}

/** Milliseconds without another byte after which what was sent has gone through the proxy. */
const QUIET = 15;

/** Counts the frames of a session that runs through the proxy, and cuts its connection at one of them. */
export function cutAtFrame(proxy: TcpProxy, cut: FrameCut | null): CutStream {
  const frames = { "to the agent": 0, "from the agent": 0 };
  let isCut = false;
  const isAt = (direction: FrameCut["direction"], where: FrameCut["where"]) =>
    cut?.direction === direction && cut.where === where && cut.frame === frames[direction] + 1;
  /** What was sent before arrives before the end does. */
  const passed = async () => {
    for (let last = -1; last !== proxy.bytes.toTarget;) {
      last = proxy.bytes.toTarget;
      await sleep(QUIET);
    }
  };
  return {
    frames,
    get isCut() {
      return isCut;
    },
    between: (stream) => ({
      // Each call is one frame.
      async write(bytes) {
        if (isCut) throw new Error("the connection was cut");
        const [isWithin, isBehind] = [
          isAt("to the agent", "within"),
          isAt("to the agent", "behind"),
        ];
        const sent = stream.write(isWithin ? bytes.subarray(0, bytes.length / 2) : bytes);
        if (!isWithin) frames["to the agent"]++;
        if (!isWithin && !isBehind) return sent;
        // Whatever is answered to it now is not read any more.
        isCut = true;
        await passed();
        proxy.cut();
      },
      readable: (async function* () {
        const decoder = new FrameDecoder();
        for await (const chunk of stream.readable) {
          for (const frame of decoder.push(chunk)) {
            if (isCut) continue;
            if (isAt("from the agent", "behind")) {
              isCut = true;
              proxy.cut();
            }
            frames["from the agent"]++;
            yield encodeFrame(frame);
          }
        }
      })(),
    }),
  };
}
