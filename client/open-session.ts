import { HostKitError } from "../shared/diagnostic.ts";
import type { ByteStream } from "../shared/protocol/byte-stream.ts";
import { BLOB_CHUNK } from "../shared/protocol/frame.ts";
import { speaksOurProtocol } from "../shared/protocol/handshake.ts";
import { type Hello, PROTOCOL } from "../shared/protocol/messages.ts";
import { runId } from "../shared/run.ts";
import { Conversation, type EndReason } from "./conversation.ts";
import type { Contents, Session } from "./session.ts";

export interface OpenSessionOptions {
  /** For messages: `root@app.example.com:22`. */
  readonly label: string;
  /** Of the host key that was verified, where there is one. */
  readonly hostKey?: string | undefined;
  /** Why the stream ended, asked when it ended too early. */
  readonly reason: EndReason;
  /** Releases the connection below. */
  readonly close: () => Promise<void>;
}

/** Milliseconds for the first message after the magic line. */
const HELLO_TIMEOUT = 15_000;

/** Waits for the agent's hello, checks it, and gives the session. */
export async function openSession(
  stream: ByteStream,
  { label, hostKey, reason, close }: OpenSessionOptions,
): Promise<Session> {
  const conversation = new Conversation(stream, reason);
  const hello = await withTimeout(conversation.hello);
  if (!speaksOurProtocol(hello)) throw foreign(hello);

  const begun = performance.now();
  const newRunId = () =>
    runId(new Date(hello.time + performance.now() - begun), Math.floor(Math.random() * 2 ** 24));
  return {
    hello,
    label,
    hostKey,
    get requestCount() {
      return conversation.requestCount;
    },
    facts: (only) => conversation.request("facts", { only: [...only] }),
    plan: (manifest, contents, secrets = []) =>
      conversation.request(
        "plan",
        { manifest, secrets: [...secrets] },
        sendingWhatIsNeeded(contents, conversation),
      ),
    planAgain: (artifact, contents, secrets = []) =>
      conversation.request(
        "planAgain",
        { artifact: { ...artifact, contents: [] }, secrets: [...secrets] },
        sendingWhatIsNeeded(contents, conversation),
      ),
    audit: (manifest, contents, secrets) =>
      conversation.request(
        "audit",
        { manifest, secrets: [...secrets] },
        sendingWhatIsNeeded(contents, conversation),
      ),
    read: (manifest, secrets) => conversation.request("read", { manifest, secrets: [...secrets] }),
    examine: () => conversation.request("examine", {}),
    newRunId,
    apply: (
      plan,
      { run = newRunId(), contents, onFailure, wait, confirmWithin = 60_000, onEvent, stop },
    ) =>
      conversation.request(
        "apply",
        { run, planDigest: plan.digest, onFailure, wait, confirmWithin },
        {
          onEvent,
          ...stopping(stop),
          follow: (id) =>
            sendContents(
              plan.contents.map((ref) => ref.sha256),
              { contents, conversation, id },
            ),
        },
      ),
    attach: (asked, { onEvent, stop }) =>
      conversation.request("attach", asked, { onEvent, ...stopping(stop) }),
    confirm: (run) => conversation.request("confirm", { run }),
    recover: ({ secrets = [], ...asked }, { onEvent, stop }) =>
      conversation.request(
        "recover",
        { ...asked, secrets: [...secrets] },
        { onEvent, ...stopping(stop) },
      ),
    planRollback: (run) => conversation.request("planRollback", { run }),
    runs: (run) => conversation.request("runs", { run }),
    prune: (keep) => conversation.request("prune", { keep }),
    held: (ids) => conversation.request("held", { ids: [...ids] }),
    forget: (reviewed, { wait, stop }) =>
      conversation.request("forget", { reviewed: [...reviewed], wait }, stopping(stop)),
    close: async () => {
      await conversation.leave();
      await close();
    },
  };
}

function sendingWhatIsNeeded(contents: Contents, conversation: Conversation) {
  return {
    onEvent: (event: { readonly contents: readonly string[] }, id: number) => {
      // A failure to send shows in the answer that never comes; the conversation knows the reason.
      sendContents(event.contents, { contents, conversation, id }).catch(() => undefined);
    },
  };
}

/** Left out where nobody can ask for it. */
const stopping = (stop: AbortSignal | undefined) => (stop === undefined ? {} : { stop });

async function sendContents(
  digests: readonly string[],
  { contents, conversation, id }: { contents: Contents; conversation: Conversation; id: number },
): Promise<void> {
  for (const sha256 of digests) {
    let offset = 0;
    let pending = new Uint8Array(0);
    for await (const piece of contents.open(sha256)) {
      // The last piece must be known as such when it is sent, so one is always held back.
      for (const bytes of chunks(pending)) {
        await conversation.sendBlob(id, { sha256, offset, bytes, last: false });
        offset += bytes.length;
      }
      pending = new Uint8Array(piece);
    }
    const rest = [...chunks(pending)];
    for (const [index, bytes] of (rest.length > 0 ? rest : [pending]).entries()) {
      const last = index >= rest.length - 1;
      await conversation.sendBlob(id, { sha256, offset, bytes, last });
      offset += bytes.length;
    }
  }
}

function* chunks(bytes: Uint8Array): Generator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += BLOB_CHUNK) {
    yield bytes.subarray(start, start + BLOB_CHUNK);
  }
}

async function withTimeout(hello: Promise<Hello>): Promise<Hello> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(mute()), HELLO_TIMEOUT);
  });
  try {
    return await Promise.race([hello, late]);
  } finally {
    clearTimeout(timer);
  }
}

function mute(): HostKitError {
  return new HostKitError({
    severity: "error",
    side: "agent",
    code: "HK3006",
    summary: "The agent started but did not introduce itself.",
    detail: `No hello came within ${HELLO_TIMEOUT / 1000} s. Nothing was changed. The host may be overloaded; try again.`,
  });
}

function foreign(hello: Hello): HostKitError {
  const { min, max } = hello.protocol;
  return new HostKitError({
    severity: "error",
    side: "agent",
    code: "HK3007",
    summary: "The agent speaks another protocol version.",
    detail: `This client speaks protocol ${PROTOCOL}, the agent ${hello.version} speaks ${min} to ${max}. Nothing was changed. Use a client of the agent's version or newer.`,
  });
}
