import { connect, createServer, type Server, type Socket } from "node:net";

/** Counted or limited by direction: `toTarget` is what the client sends. */
interface ByDirection<T> {
  toTarget: T;
  fromTarget: T;
}

export interface ProxyOptions {
  readonly target: { readonly address: string; readonly port: number };
  /** Milliseconds each byte is late, in each direction: a round trip costs twice as much. */
  readonly delayMs?: number;
  /** Closes a connection once exactly so many bytes passed. */
  readonly cutAfterBytes?: Readonly<Partial<ByDirection<number>>>;
  /** Passes so many bytes and no more, while the connection stays open: a peer that has gone silent. */
  readonly stall?: Readonly<Partial<ByDirection<number>>>;
}

export interface TcpProxy extends AsyncDisposable {
  readonly address: "127.0.0.1";
  readonly port: number;
  /** Bytes passed on so far, over all connections. */
  readonly bytes: Readonly<ByDirection<number>>;
  readonly connections: number;
  /** Cuts every open connection now. */
  cut(): void;
  /** Connections made from now on are neither cut nor stalled; the delay stays. */
  heal(): void;
  close(): Promise<void>;
}

/** More than this waits for its time or for its reader, then the sender waits too. */
const queueLimit = 4 * 1024 * 1024;

/** A TCP proxy on loopback that makes a network worse: late, cut, or silent. */
export async function startProxy(options: ProxyOptions): Promise<TcpProxy> {
  const { target, delayMs = 0 } = options;
  const open = new Set<Socket>();
  const bytes = { toTarget: 0, fromTarget: 0 };
  let connections = 0;
  let faults = { cut: options.cutAfterBytes ?? {}, stall: options.stall ?? {} };

  const server = createServer({ allowHalfOpen: true }, (client) => {
    connections++;
    const upstream = connect({ host: target.address, port: target.port, allowHalfOpen: true });
    const cut = (): void => {
      client.destroy();
      upstream.destroy();
    };
    for (const socket of [client, upstream]) {
      open.add(socket);
      socket.setNoDelay(true);
      socket.on("error", cut);
      socket.on("close", () => open.delete(socket));
    }
    const directions = [
      ["toTarget", client, upstream],
      ["fromTarget", upstream, client],
    ] as const;
    for (const [direction, from, to] of directions)
      pump({
        from,
        to,
        delayMs,
        cutAt: faults.cut[direction] ?? Infinity,
        stallAt: faults.stall[direction] ?? Infinity,
        count: (length) => {
          bytes[direction] += length;
        },
        cut,
      });
  });
  const port = await listen(server);
  const cutAll = (): void => {
    for (const socket of open) socket.destroy();
  };
  const close = async (): Promise<void> => {
    cutAll();
    if (server.listening) await new Promise<void>((resolve) => server.close(() => resolve()));
  };
  return {
    address: "127.0.0.1",
    port,
    bytes,
    get connections() {
      return connections;
    },
    cut: cutAll,
    heal() {
      faults = { cut: {}, stall: {} };
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

interface Pump {
  readonly from: Socket;
  readonly to: Socket;
  readonly delayMs: number;
  readonly cutAt: number;
  readonly stallAt: number;
  readonly count: (length: number) => void;
  readonly cut: () => void;
}

function pump({ from, to, delayMs, cutAt, stallAt, count, cut }: Pump): void {
  const limit = Math.min(cutAt, stallAt);
  let read = 0;
  let queued = 0;
  // Timers of one length fire in the order they were made, so bytes and the end stay in order.
  const later = (action: () => void): void => {
    if (delayMs === 0) action();
    else setTimeout(action, delayMs).unref();
  };
  const pass = (chunk: Buffer): void => {
    if (!to.writable) return;
    count(chunk.length);
    to.write(chunk, () => {
      queued -= chunk.length;
      if (queued < queueLimit && read < limit) from.resume();
    });
  };
  from.on("data", (chunk: Buffer) => {
    const part = chunk.subarray(0, limit - read);
    read += part.length;
    queued += part.length;
    if (queued >= queueLimit || read >= limit) from.pause();
    later(() => pass(part));
    // The end follows the bytes, so that the receiver has all of them before it sees the cut.
    if (read >= cutAt) later(() => to.end(cut));
  });
  from.on("end", () => {
    // A stream that was paused at its limit may still report its end.
    if (read < limit) later(() => to.end());
  });
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      if (address !== null && typeof address === "object") resolve(address.port);
      else reject(new Error("The proxy listens, but on no TCP port."));
    });
  });
}
