import { connect, type Socket } from "node:net";

import type { HostKitError } from "../../shared/diagnostic.ts";
import { errorCode, errorText } from "./error-text.ts";
import type { HostAddress } from "./host-key/known-hosts.ts";
import { type SshCode, sshFailure } from "./ssh-failure.ts";

/** A name can have several addresses: how long one that swallows packets may hold up the next. */
const NEXT_ADDRESS_MS = 2_500;

export interface SocketOptions extends HostAddress {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** A connected TCP socket with Nagle off: our frames are small and a person waits for each answer. */
export async function openSocket(options: SocketOptions): Promise<Socket> {
  const { host, port, timeoutMs, signal } = options;
  signal.throwIfAborted();
  const socket = connect({
    host,
    port,
    noDelay: true,
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: Math.min(NEXT_ADDRESS_MS, timeoutMs),
  });
  // Permanent: a socket error after we gave up must not end the process.
  socket.on("error", () => undefined);
  try {
    await connected(socket, options);
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

function connected(socket: Socket, options: SocketOptions): Promise<void> {
  const { host, port, timeoutMs, signal } = options;
  return new Promise((resolve, reject) => {
    const settle = (action: () => void): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
      action();
    };
    const onAbort = (): void => settle(() => reject(signal.reason as Error));
    const timer = setTimeout(
      () =>
        settle(() =>
          reject(
            sshFailure(
              "HK2002",
              `${host} port ${port} did not accept a connection within ${timeoutMs / 1000} s. The host is down, the address ` +
                `is wrong, or a firewall drops the packets. connectTimeout sets how long to wait.`,
            ),
          ),
        ),
      timeoutMs,
    );
    signal.addEventListener("abort", onAbort, { once: true });
    socket.once("connect", () => settle(resolve));
    socket.once("error", (error) => settle(() => reject(socketFailure(options, error))));
  });
}

/** Of several addresses' errors the one that says most about the host: an answer beats silence, silence beats no route. */
const BY_ERRNO: readonly (readonly [errno: RegExp, code: SshCode, meaning: string])[] = [
  [
    /^ECONNREFUSED$/u,
    "HK2001",
    "Nothing listens on that port: sshd is not running, listens on another port, or a firewall rejects the connection.",
  ],
  [
    /^ETIMEDOUT$/u,
    "HK2002",
    "The host is down, the address is wrong, or a firewall drops the packets.",
  ],
  [
    /^(?:EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|ENETDOWN|EADDRNOTAVAIL|EACCES|EPERM|EAFNOSUPPORT|EINVAL)$/u,
    "HK2003",
    "There is no route from this machine to that address, or a firewall forbids it.",
  ],
  [
    /^(?:ENOTFOUND|EAI_\w+)$/u,
    "HK2000",
    "Check the spelling, this machine's resolver, and whether a VPN is needed.",
  ],
];

export function socketFailure({ host, port }: HostAddress, error: Error): HostKitError {
  const all = error instanceof AggregateError ? (error.errors as unknown[]) : [error];
  const what = all.map(errorText).join("; ");
  for (const [errno, code, meaning] of BY_ERRNO)
    if (all.some((each) => errno.test(errorCode(each) ?? "")))
      return sshFailure(code, `${host} port ${port}: ${what}. ${meaning}`, { cause: error });
  return sshFailure(
    "HK2007",
    `${host} port ${port}: ${what}. The connection ended while it was being opened.`,
    { cause: error },
  );
}
