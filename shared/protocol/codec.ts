import { Packr } from "msgpackr";
import type * as z from "zod";
import { encodeFrame, type Frame, FrameError, type FrameType } from "./frame.ts";

/**
 * Payloads: msgpack, validated with zod on both ends. Records and structured clone are off, so that bytes from one
 * peer mean the same to any other; 64-bit integers become numbers.
 */
const packr = new Packr({ useRecords: false, structuredClone: false, int64AsType: "number" });

export function encodeMessage(
  head: { readonly type: FrameType; readonly id: number },
  value: unknown,
): Uint8Array {
  return encodeFrame({ ...head, payload: packr.pack(value) });
}

/** The message in a frame, or a `FrameError` that says what is wrong with it. */
export function decodeMessage<Message>(schema: z.ZodType<Message>, frame: Frame): Message {
  let value: unknown;
  try {
    value = packr.unpack(frame.payload);
  } catch (error) {
    // Truncated msgpack, or nesting deep enough to exhaust the stack.
    throw new FrameError(`a ${frame.type} message that is not msgpack (${String(error)})`);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const where = issue === undefined || issue.path.length === 0 ? "" : ` at ${issue.path.join(".")}`;
  throw new FrameError(
    `a ${frame.type} message of the wrong shape${where}: ${issue?.message ?? ""}`,
  );
}
