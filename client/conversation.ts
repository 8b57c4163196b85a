import { type Diagnostic, HostKitError } from "../shared/diagnostic.ts";
import type { ByteStream } from "../shared/protocol/byte-stream.ts";
import { decodeMessage, encodeMessage } from "../shared/protocol/codec.ts";
import { type Frame, FrameDecoder, FrameError } from "../shared/protocol/frame.ts";
import {
  answersOf,
  Empty,
  type EventOf,
  Failure,
  Hello,
  type RequestOf,
  type ResponseOf,
  type Verb,
} from "../shared/protocol/messages.ts";
import { watchSilence } from "./silence.ts";

/**
 * Why a stream ended, asked once, when it ended before it should: a sentence about the agent's end, or an error when it
 * was not the agent that ended.
 */
export type EndReason = () => Promise<string | HostKitError>;

interface Pending {
  readonly id: number;
  event(frame: Frame): void;
  response(frame: Frame): void;
  reject(error: unknown): void;
}

/**
 * The client's half of the protocol: matches what arrives to what was asked, and fails whatever is pending with the
 * reason when the agent or the connection ends.
 */
export class Conversation {
  readonly hello: Promise<Hello>;
  requestCount = 0;
  readonly #stream: ByteStream;
  readonly #reason: EndReason;
  readonly #silence;
  #pending: Pending | undefined;
  #failure: HostKitError | undefined;
  #leaving = false;
  #hello: { resolve(hello: Hello): void; reject(error: unknown): void } | undefined;
  /** Settles when nothing more can be heard. */
  readonly #over: Promise<void>;
  #end: () => void = () => undefined;

  constructor(stream: ByteStream, reason: EndReason) {
    this.#stream = stream;
    this.#reason = reason;
    this.hello = new Promise((resolve, reject) => {
      this.#hello = { resolve, reject };
    });
    // Whoever awaits it is told; a conversation that fails before anybody does is no crash.
    this.hello.catch(() => undefined);
    this.#over = new Promise((resolve) => {
      this.#end = resolve;
    });
    this.#silence = watchSilence({
      ask: () => {
        if (this.#pending !== undefined) void this.#send("ping", {}).catch(() => undefined);
        else this.#silence.heard();
      },
      giveUp: (seconds) => this.#fail(silent(seconds)),
    });
    void this.#read();
  }

  /** Sends a request and settles with its answer. One at a time. */
  async request<V extends Verb>(
    verb: V,
    body: RequestOf<V>,
    options: {
      onEvent?: (event: EventOf<V>, id: number) => void;
      /** What follows the request without being asked for, under its id. */
      follow?: (id: number) => Promise<void>;
      /** Aborted when the agent is to stop what it does for the request; its answer is still waited for. */
      stop?: AbortSignal;
    } = {},
  ): Promise<ResponseOf<V>> {
    if (this.#failure !== undefined) throw this.#failure;
    const id = ++this.requestCount;
    const answers = answersOf(verb);
    const answered = new Promise<ResponseOf<V>>((resolve, reject) => {
      this.#pending = {
        id,
        reject,
        event: (frame) => options.onEvent?.(decodeMessage(answers.event, frame), id),
        response: (frame) => resolve(decodeMessage(answers.response, frame)),
      };
    });
    this.#silence.heard();
    const cancel = () => void this.#send("cancel", {}, id).catch(() => undefined);
    options.stop?.addEventListener("abort", cancel, { once: true });
    try {
      const wasStopped = options.stop?.aborted === true;
      const sent = this.#send("request", { verb, body }, id).then(() => {
        // It was wanted before there was anybody to tell.
        if (wasStopped) cancel();
        return options.follow?.(id);
      });
      // A refusal may come before everything was sent; a failure to send shows in the answer that never comes.
      const [response] = await Promise.all([answered, Promise.race([sent, answered])]);
      return response;
    } finally {
      options.stop?.removeEventListener("abort", cancel);
      this.#pending = undefined;
    }
  }

  /** One piece of a content, under the id of the request that needs it. */
  async sendBlob(
    id: number,
    blob: { sha256: string; offset: number; bytes: Uint8Array; last: boolean },
  ): Promise<void> {
    await this.#send("blob", blob, id);
    // The other side makes room as it reads. Answers to pings, which wait behind contents, come late on a slow line.
    this.#silence.heard();
  }

  async leave(): Promise<void> {
    this.#leaving = true;
    this.#silence.stop();
    if (this.#failure !== undefined) return;
    const goodbye = encodeMessage({ type: "goodbye", id: 0 }, {});
    await this.#stream.write(goodbye).catch(() => undefined);
  }

  async #send(type: Frame["type"], message: unknown, id = 0): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    const bytes = encodeMessage({ type, id }, message);
    try {
      await this.#stream.write(bytes);
    } catch (error) {
      // Why nothing can be written any more is learnt where it is read.
      await this.#over;
      throw this.#failure ?? error;
    }
  }

  async #read(): Promise<void> {
    const decoder = new FrameDecoder();
    try {
      for await (const chunk of this.#stream.readable) {
        this.#silence.heard();
        for (const frame of decoder.push(chunk)) this.#handle(frame);
      }
    } catch (error) {
      if (error instanceof FrameError || error instanceof HostKitError) {
        this.#fail(error instanceof HostKitError ? error : garbled(error));
        return;
      }
    }
    if (!this.#leaving) {
      const why = await this.#reason();
      this.#fail(typeof why === "string" ? ended(why) : why);
    }
    this.#silence.stop();
    this.#end();
  }

  #handle(frame: Frame): void {
    switch (frame.type) {
      case "hello":
        this.#hello?.resolve(decodeMessage(Hello, frame));
        return;
      case "pong":
        decodeMessage(Empty, frame);
        return;
      case "event":
        if (frame.id === this.#pending?.id) this.#pending.event(frame);
        return;
      case "response":
        if (frame.id === this.#pending?.id) this.#pending.response(frame);
        return;
      case "failure": {
        const error = new HostKitError(decodeMessage(Failure, frame).diagnostics);
        if (frame.id !== 0 && frame.id === this.#pending?.id) this.#pending.reject(error);
        else this.#fail(error);
        return;
      }
      case "request":
      case "blob":
      case "ping":
      case "goodbye":
      case "cancel":
        throw new FrameError(`a ${frame.type} message, which only a client sends`);
    }
  }

  #fail(error: HostKitError): void {
    this.#failure ??= error;
    this.#silence.stop();
    this.#hello?.reject(this.#failure);
    this.#pending?.reject(this.#failure);
    this.#end();
  }
}

function problem(diagnostic: Pick<Diagnostic, "code" | "summary" | "detail">): HostKitError {
  return new HostKitError({ severity: "error", side: "agent", ...diagnostic });
}

const garbled = (error: FrameError) =>
  problem({
    code: "HK3003",
    summary: "The client could not understand the agent.",
    detail: `It received ${error.message}. The connection was closed. Something on the host may write to the agent's output, or this is a bug in HostKit.`,
  });

const ended = (reason: string) =>
  problem({
    code: "HK3004",
    summary: "The agent ended before it answered.",
    detail: `${reason} A plan changes nothing. An apply that had begun may have changed some resources: run a plan to see what is left to do.`,
  });

const silent = (seconds: number) =>
  problem({
    code: "HK3005",
    summary: "The agent stopped answering.",
    detail: `Nothing was heard for ${seconds} s, though it was asked. The host may be overloaded or the connection cut. Run a plan to see what is left to do.`,
  });
