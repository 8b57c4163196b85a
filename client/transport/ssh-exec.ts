import type { Duplex, Readable } from "node:stream";

import { createCommandStdin } from "./command-stdin.ts";
import { watchExit } from "./exec-exit.ts";
import { createStderrTail } from "./stderr-tail.ts";
import type { Exec } from "./transport.ts";

/** What is used of the SSH library's channel. */
export interface ExecChannel extends Duplex {
  readonly stderr: Readable;
  close(): void;
}

/** `connectionLost` resolves with the reason when the connection ends, whichever side ended it. */
export function wrapChannel(channel: ExecChannel, connectionLost: Promise<string>): Exec {
  const tail = createStderrTail();
  // stdout and stderr share one flow-control window: unread stderr would stop stdout for good.
  channel.stderr.on("data", (chunk: Buffer) => tail.push(chunk));
  const watch = watchExit(channel.stderr);
  for (const stream of [channel, channel.stderr]) stream.on("error", () => undefined);

  channel.on("exit", (code: number | null, signal?: string) =>
    watch.ended(
      code === null ? { kind: "signalled", signal: signal ?? "unknown" } : { kind: "exited", code },
    ),
  );
  channel.on("close", () =>
    watch.closed("the server closed the command's channel without an exit status"),
  );
  void connectionLost.then((reason) => watch.closed(reason));

  return {
    stdin: createCommandStdin(channel, watch.exit),
    stdout: channel,
    stderrTail: () => tail.text(),
    exit: watch.exit,
    close() {
      watch.closed("closed by this side");
      channel.close();
      // The channel counts as closed only when its output was read to the end.
      channel.resume();
    },
  };
}
