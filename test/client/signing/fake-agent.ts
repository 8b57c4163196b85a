import { rmSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { join } from "node:path";
import ssh2, { type ParsedKey } from "ssh2";

/** What a fake SSH agent answers when it is to sign; `silent`: nothing. */
export type Answer = "silent" | "refuses" | "hangs up" | Uint8Array;

export interface FakeAgent extends AsyncDisposable {
  readonly socket: string;
}

/** An agent that has some keys, and signs as it should not. */
export async function startFakeAgent(
  directory: string,
  { keys, answer }: { readonly keys: readonly ParsedKey[]; readonly answer: Answer },
): Promise<FakeAgent> {
  const socket = join(directory, "fake-agent");
  const open = new Set<Socket>();
  const server = createServer((stream) => {
    open.add(stream);
    stream.on("error", () => undefined);
    const protocol = new ssh2.AgentProtocol(false);
    protocol.on("error", () => undefined);
    protocol.on("identities", (request) => protocol.getIdentitiesReply(request, [...keys]));
    protocol.on("sign", (request) => {
      if (answer === "silent") return;
      if (answer === "hangs up") stream.destroy();
      else if (answer === "refuses") protocol.failureReply(request);
      else protocol.signReply(request, Buffer.from(answer));
    });
    stream.pipe(protocol).pipe(stream);
  });
  await new Promise<void>((resolve) => {
    server.listen(socket, resolve);
  });
  return {
    socket,
    async [Symbol.asyncDispose]() {
      for (const stream of open) stream.destroy();
      await new Promise((resolve) => {
        server.close(resolve);
      });
      rmSync(socket, { force: true });
    },
  };
}
