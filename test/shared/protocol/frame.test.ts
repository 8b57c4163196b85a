import { describe, expect, it } from "vitest";
import * as z from "zod";
import { decodeMessage, encodeMessage } from "../../../shared/protocol/codec.ts";
import {
  encodeFrame,
  type Frame,
  FrameDecoder,
  MAX_FRAME,
} from "../../../shared/protocol/frame.ts";
import { Blob, Failure, Request } from "../../../shared/protocol/messages.ts";

const payload = (size: number) =>
  Uint8Array.from({ length: size }, (_unused, index) => index % 251);
const frames: Frame[] = [
  { type: "hello", id: 0, payload: payload(0) },
  { type: "request", id: 1, payload: payload(1) },
  { type: "blob", id: 0xff_ff_ff_ff, payload: payload(70_000) },
  { type: "goodbye", id: 2, payload: payload(8) },
];
const stream = Buffer.concat(frames.map(encodeFrame));

/** A small generator with a fixed seed: the same cuts in every run. */
function* cuts(seed: number, length: number): Generator<Uint8Array> {
  let state = seed;
  for (let at = 0; at < length;) {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    const size = 1 + (state % 5_000);
    yield stream.subarray(at, at + size);
    at += size;
  }
}

describe("frames", () => {
  it("come out as they went in, whatever the chunks", () => {
    for (let seed = 1; seed <= 50; seed++) {
      const decoder = new FrameDecoder();
      const out = [...cuts(seed, stream.length)].flatMap((chunk) => [...decoder.push(chunk)]);
      // Compared as bytes: a deep comparison of arrays this long takes most of a second.
      expect(Buffer.concat(out.map(encodeFrame)).equals(stream)).toBe(true);
      expect(decoder.pending).toBe(false);
    }
  });

  it("come out byte by byte and all at once", () => {
    const slow = new FrameDecoder();
    expect([...stream].flatMap((byte) => [...slow.push(Uint8Array.of(byte))])).toEqual(frames);
    expect([...new FrameDecoder().push(stream)]).toEqual(frames);
  });

  it("are not given out before they are whole", () => {
    const decoder = new FrameDecoder();
    expect([...decoder.push(encodeFrame(frames[2] as Frame).subarray(0, -1))]).toEqual([]);
    expect(decoder.pending).toBe(true);
  });

  it.each([
    ["a login banner", new TextEncoder().encode("Last login: Mon Nov 23")],
    ["length zero", Uint8Array.of(0, 0, 0, 0, 2, 0, 0, 0, 1)],
    ["a length of 2 GiB", Uint8Array.of(0x80, 0, 0, 0, 2, 0, 0, 0, 1)],
    ["an unknown type", Uint8Array.of(0, 0, 0, 5, 99, 0, 0, 0, 1)],
  ])("are refused: %s", (_name, bytes) => {
    expect(() => [...new FrameDecoder().push(bytes)]).toThrow(/^not a frame: /);
  });

  it("are refused on the way out when they are too large", () => {
    const frame: Frame = { type: "blob", id: 1, payload: new Uint8Array(MAX_FRAME) };
    expect(() => encodeFrame(frame)).toThrow("above the limit");
  });
});

describe("messages", () => {
  const roundTrip = <M>(schema: z.ZodType<M>, value: M) => {
    const [frame] = new FrameDecoder().push(encodeMessage({ type: "request", id: 7 }, value));
    return decodeMessage(schema, frame as Frame);
  };
  const nested = (depth: number) => Buffer.concat([Buffer.alloc(depth, 0x91), Buffer.of(0xc0)]);
  const frameOf = (bytes: Uint8Array): Frame => ({ type: "request", id: 1, payload: bytes });

  it("keep numbers, bytes and text as they are", () => {
    const sha256 = "0".repeat(64);
    const blob = { sha256, offset: 2 ** 40, bytes: Uint8Array.of(0, 255), last: true };
    const back = roundTrip(Blob as unknown as z.ZodType<typeof blob>, blob);
    expect({ ...back, bytes: [...back.bytes] }).toEqual({ ...blob, bytes: [0, 255] });
    expect(roundTrip(z.strictObject({ text: z.string() }), { text: "å\u0000\u{1F600}" })).toEqual({
      text: "å\u0000\u{1F600}",
    });
  });

  it.each([
    ["truncated", Uint8Array.of(0x81, 0xa1)],
    ["two hundred thousand lists deep", nested(200_000)],
    ["not an object", Uint8Array.of(0x01)],
    ["empty", new Uint8Array(0)],
    [
      "an unknown verb",
      encodeMessage({ type: "request", id: 1 }, { verb: "rm", body: {} }).subarray(9),
    ],
    [
      "an unknown key",
      encodeMessage(
        { type: "request", id: 1 },
        { verb: "facts", body: { only: [], more: 1 } },
      ).subarray(9),
    ],
    [
      "a constructor",
      encodeMessage(
        { type: "request", id: 1 },
        { verb: "facts", body: { only: [], constructor: 1 } },
      ).subarray(9),
    ],
  ])("are refused: %s", (_name, bytes) => {
    expect(() => decodeMessage(Request, frameOf(bytes))).toThrow(/^a request message/);
  });

  it("never reach an object's prototype", () => {
    const bytes = encodeMessage(
      { type: "failure", id: 1 },
      JSON.parse('{"diagnostics":[],"__proto__":{"polluted":true}}'),
    ).subarray(9);
    expect(() => decodeMessage(Failure, frameOf(bytes))).toThrow("wrong shape");
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });
});
