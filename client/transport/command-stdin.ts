import { Writable } from "node:stream";

/**
 * A command's stdin whose writes always settle. The SSH library drops the callback of a write that is pending when the
 * command or the connection ends, so a plain `await` of it would wait for ever.
 */
export function createCommandStdin(channel: Writable, gone: Promise<unknown>): Writable {
  let pending: ((error?: Error | null) => void) | undefined;
  const stdin = new Writable({
    write(chunk: Buffer, _encoding, done) {
      pending = done;
      channel.write(chunk, (error) => {
        if (pending !== done) return;
        pending = undefined;
        done(error);
      });
    },
    final(done) {
      channel.end();
      done();
    },
  });
  // The writer learns of it through the write's callback; an unhandled `error` event would end the process.
  stdin.on("error", () => undefined);
  void gone.then(() => {
    const done = pending;
    pending = undefined;
    const error = new Error("The command ended before it read all of its input.");
    if (done === undefined) stdin.destroy(stdin.writableEnded ? undefined : error);
    else done(error);
  });
  return stdin;
}
