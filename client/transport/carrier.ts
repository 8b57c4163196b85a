import type { Duplex } from "node:stream";

import type { HostAddress } from "./host-key/known-hosts.ts";
import { openSocket, type SocketOptions } from "./open-socket.ts";
import { createSshConnection, type ExecClient, type LoggedIn } from "./ssh-connection.ts";
import { sshFailure } from "./ssh-failure.ts";

/** What an SSH connection runs over: a TCP socket, or a channel through a jump host. */
export interface Carrier {
  readonly stream: Duplex;
  close(): Promise<void>;
}

/** What is used of the SSH library's client on the jump host. */
interface JumpClient extends ExecClient {
  forwardOut(
    sourceHost: string,
    sourcePort: number,
    host: string,
    port: number,
    callback: (error: Error | undefined, channel: Duplex) => void,
  ): unknown;
}

export type JumpLogin = LoggedIn & { readonly client: JumpClient };

export async function openTcp(options: SocketOptions): Promise<Carrier> {
  const stream = await openSocket(options);
  return { stream, close: async () => void stream.destroy() };
}

/** The jump host is a login of its own, verified by its own settings; it sees only the encrypted bytes of the next. */
export async function openThrough(
  login: JumpLogin,
  address: HostAddress,
  timeoutMs: number,
): Promise<Carrier> {
  const connection = createSshConnection(login);
  try {
    const stream = await forward(login, address, timeoutMs);
    return { stream, close: () => connection.close() };
  } catch (error) {
    await connection.close();
    throw error;
  }
}

function forward(
  login: JumpLogin,
  { host, port }: HostAddress,
  timeoutMs: number,
): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const fail = (why: string): void => {
      clearTimeout(timer);
      reject(
        sshFailure(
          "HK2009",
          `${login.label} to ${host} port ${port}: ${why}. The name is resolved and the connection made by the jump host; ` +
            `its sshd must allow it (AllowTcpForwarding).`,
        ),
      );
    };
    const timer = setTimeout(() => fail(`no answer within ${timeoutMs / 1000} s`), timeoutMs);
    void login.lost.then(fail);
    login.client.forwardOut("127.0.0.1", 0, host, port, (error, channel) => {
      if (error !== undefined) return fail(error.message);
      clearTimeout(timer);
      channel.on("error", () => undefined);
      return resolve(channel);
    });
  });
}
