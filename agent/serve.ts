import { HostKitError } from "../shared/diagnostic.ts";
import type { ByteStream } from "../shared/protocol/byte-stream.ts";
import { decodeMessage } from "../shared/protocol/codec.ts";
import { type Frame, FrameDecoder, FrameError } from "../shared/protocol/frame.ts";
import {
  Blob,
  Empty,
  type Hello,
  LOOKS,
  Request,
  type RequestOf,
  type Verb,
} from "../shared/protocol/messages.ts";
import { type Channel, createChannel } from "./channel.ts";
import { ContentStore } from "./content-store.ts";
import type { Host } from "./host/host.ts";
import { readFacts } from "./host/facts.ts";
import type { Executor } from "./executor/executor.ts";
import { answerForget, type AskedToForget } from "./answer-forget.ts";
import { answerApply, answerPlan, answerPlanRollback, type Planned } from "./answer-plan.ts";
import { answerPlanAgain } from "./answer-plan-again.ts";
import { answerLook, type AskedToLook } from "./answer-look.ts";
import { answerRun, type AskedOfRuns } from "./answer-run.ts";
import type { RunLock } from "./run-lock.ts";
import type { RunTaskContext } from "./run-task.ts";
import type { OperatorSecret } from "../shared/secret.ts";
import { CLIENT_LEFT, describe } from "./serve-failures.ts";

export interface ServeOptions {
  readonly host: Host;
  readonly hello: Hello;
  /** The agent's own directory on the host. */
  readonly root: string;
  /** A directory for contents too large for memory; made when needed. What is put into it is removed again, itself not. */
  readonly spool: string;
  /** Who asks, for the records and for whoever comes second: `root from 192.0.2.7`. */
  readonly by: string;
  /** The user who logged in, before any sudo. */
  readonly login: string;
  readonly executor: Executor;
  /** The one that runs take. */
  readonly lock: RunLock;
  /** Called when a request has been answered and nothing else is to be done. */
  readonly rest?: () => void;
}

/** A request being answered; contents that arrive meanwhile are its own. */
interface Active {
  readonly id: number;
  readonly contents: ContentStore;
  /** Aborted when the client has left. */
  readonly left: AbortController;
  /** Called when the client wants it to stop. */
  cancel: () => void;
  /** Whether it does: that may be said before there is anything to stop. */
  cancelled: boolean;
}

/** Whether all that was asked of a session only looked at the host. */
export interface Served {
  readonly onlyLooked: boolean;
}

/** Says hello, answers requests one at a time until the client leaves, and finishes what it was doing then. */
export async function serve(stream: ByteStream, options: ServeOptions): Promise<Served> {
  const channel = createChannel(stream);
  const decoder = new FrameDecoder();
  let active: Active | undefined;
  let work: Promise<void> = Promise.resolve();
  let planned: Planned | undefined;
  let onlyLooked = true;
  await channel.send("hello", 0, options.hello);

  const begin = (id: number, request: { verb: Verb; body: unknown }) => {
    const contents = new ContentStore(`${options.spool}/${id}`);
    const begun: Active = {
      id,
      contents,
      left: new AbortController(),
      cancel: () => undefined,
      cancelled: false,
    };
    active = begun;
    const answer = async () => {
      const context = { ...options, id, channel, contents, active: begun };
      try {
        const result = await dispatch(request, { context, planned });
        if (result.planned !== undefined) planned = result.planned;
        await channel.send("response", id, result.response);
      } catch (error) {
        await channel.send("failure", id, { diagnostics: describe(error) });
      } finally {
        contents.close();
        active = undefined;
      }
      // The next request may be waiting: it goes first.
      setImmediate(() => {
        if (active === undefined) options.rest?.();
      });
    };
    work = answer();
  };

  const handle = async (frame: Frame): Promise<"go on" | "leave"> => {
    switch (frame.type) {
      case "ping":
        decodeMessage(Empty, frame);
        await channel.send("pong", frame.id, {});
        return "go on";
      case "goodbye":
        return "leave";
      case "cancel":
        decodeMessage(Empty, frame);
        if (active?.id !== frame.id) return "go on";
        active.cancelled = true;
        active.cancel();
        return "go on";
      case "blob": {
        const blob = decodeMessage(Blob, frame);
        // What arrives for a request that has ended already is of no use to anybody.
        if (active?.id !== frame.id) return "go on";
        active.contents.accept(blob);
        return "go on";
      }
      case "request": {
        const request = decodeMessage(Request, frame);
        if (active !== undefined) throw new FrameError("a request while another is being answered");
        onlyLooked &&= LOOKS.includes(request.verb);
        begin(frame.id, request);
        return "go on";
      }
      case "hello":
      case "response":
      case "failure":
      case "event":
      case "pong":
        throw new FrameError(`a ${frame.type} message, which only an agent sends`);
    }
  };

  try {
    reading: for await (const chunk of stream.readable) {
      for (const frame of decoder.push(chunk)) {
        if ((await handle(frame)) === "leave") break reading;
      }
    }
    leave(active, new HostKitError(CLIENT_LEFT));
  } catch (error) {
    // What was begun is answered with the reason, if it still waits for something; else the session itself is.
    if (active === undefined) await channel.send("failure", 0, { diagnostics: describe(error) });
    else leave(active, error);
  }
  // What this process itself has begun is finished; a run goes on without it.
  await work;
  return { onlyLooked };
}

function leave(active: Active | undefined, why: unknown): void {
  active?.contents.abort(why);
  active?.left.abort(why);
}

interface DispatchContext extends ServeOptions {
  readonly id: number;
  readonly channel: Channel;
  readonly contents: ContentStore;
  readonly active: Active;
}

async function dispatch(
  request: { verb: Verb; body: unknown },
  { context, planned }: { context: DispatchContext; planned: Planned | undefined },
): Promise<{ readonly response: unknown; readonly planned?: Planned }> {
  switch (request.verb) {
    case "facts":
      return { response: await readFacts(request.body as RequestOf<"facts">) };
    case "plan":
      return answerPlan(request.body as RequestOf<"plan">, context);
    case "planAgain":
      return answerPlanAgain(request.body as RequestOf<"planAgain">, context);
    case "audit":
    case "examine":
    case "read":
      return { response: await answerLook(request as AskedToLook, context) };
    case "planRollback":
      return answerPlanRollback(request.body as RequestOf<"planRollback">, context);
    case "apply": {
      const run = runContext(context, planned?.secrets);
      const applying = { ...run, by: context.by, contents: context.contents };
      return { response: await answerApply(request.body as RequestOf<"apply">, planned, applying) };
    }
    case "attach":
    case "confirm":
    case "runs":
    case "prune":
      return { response: await answerRun(request as AskedOfRuns, runContext(context)) };
    case "recover": {
      const { secrets } = request.body as RequestOf<"recover">;
      return { response: await answerRun(request as AskedOfRuns, runContext(context, secrets)) };
    }
    case "held":
    case "forget": {
      const { lock, by } = context;
      const asked = request as AskedToForget;
      return { response: await answerForget(asked, { ...runContext(context), lock, by }) };
    }
  }
}

function runContext(
  context: DispatchContext,
  secrets: readonly OperatorSecret[] = [],
): RunTaskContext {
  const { host, root, executor, channel, id, active } = context;
  return {
    host,
    root,
    executor,
    secrets,
    signal: active.left.signal,
    onEvent: (event) => void channel.send("event", id, event),
    onCancel: (stop) => {
      active.cancel = stop;
      if (active.cancelled) stop();
    },
  };
}
