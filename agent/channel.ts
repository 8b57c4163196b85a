import type { ByteStream } from "../shared/protocol/byte-stream.ts";
import { encodeMessage } from "../shared/protocol/codec.ts";
import type { FrameType } from "../shared/protocol/frame.ts";

/** The sending half towards the client. A client that went away never disturbs the work: what is sent then is lost. */
export interface Channel {
  send(type: FrameType, id: number, message: unknown): Promise<void>;
}

export function createChannel(stream: ByteStream): Channel {
  let gone = false;
  return {
    async send(type, id, message) {
      if (gone) return;
      try {
        await stream.write(encodeMessage({ type, id }, message));
      } catch (error) {
        if (error instanceof Error && error.name === "FrameError") throw error;
        gone = true;
      }
    },
  };
}
