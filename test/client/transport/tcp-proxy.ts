import { connect, createServer, type Socket } from "node:net";

/** Stands between client and server, and does to the bytes what networks do. */
export interface TcpProxy extends AsyncDisposable {
  readonly port: number;
  /** Connections taken so far. */
  readonly connections: number;
  /** Bytes the clients have sent so far. */
  readonly clientBytes: number;
  /** Resets the connection after so many further bytes from the client. */
  cutAfter(clientBytes: number): void;
  /** Resets every connection. */
  cut(): void;
  /** Passes nothing on any more, in either direction, without closing: a peer that vanished. */
  stall(): void;
}

export interface ProxyOptions {
  readonly targetPort: number;
  /** Resets the connection after so many bytes from the client. */
  readonly cutAfterClientBytes?: number;
  /** Slows down what the client sends. */
  readonly clientBytesPerSecond?: number;
}

export async function startTcpProxy(options: ProxyOptions): Promise<TcpProxy> {
  const pairs = new Set<readonly [Socket, Socket]>();
  let connections = 0;
  let clientBytes = 0;
  let limit = options.cutAfterClientBytes ?? Number.POSITIVE_INFINITY;
  const cut = (): void => {
    for (const [client, server] of pairs) {
      client.resetAndDestroy();
      server.resetAndDestroy();
    }
  };

  const listener = createServer((client) => {
    connections += 1;
    const server = connect(options.targetPort, "127.0.0.1");
    const pair = [client, server] as const;
    pairs.add(pair);
    client.on("data", (chunk) => {
      clientBytes += chunk.length;
      const beyond = Math.max(0, clientBytes - limit);
      server.write(chunk.subarray(0, Math.max(0, chunk.length - beyond)));
      if (clientBytes >= limit) setTimeout(cut, 20);
      const rate = options.clientBytesPerSecond;
      if (rate !== undefined) {
        client.pause();
        setTimeout(() => client.resume(), (chunk.length / rate) * 1000);
      }
    });
    server.pipe(client);
    for (const socket of pair) {
      socket.on("error", () => undefined);
      socket.on("close", () => {
        client.destroy();
        server.destroy();
        pairs.delete(pair);
      });
    }
    client.on("end", () => server.end());
  });
  await new Promise<void>((resolve) => {
    listener.listen(0, "127.0.0.1", resolve);
  });

  return {
    port: (listener.address() as { port: number }).port,
    get connections() {
      return connections;
    },
    get clientBytes() {
      return clientBytes;
    },
    cut,
    cutAfter(more) {
      limit = clientBytes + more;
      if (more === 0) cut();
    },
    stall() {
      for (const [client, server] of pairs) {
        server.unpipe(client);
        for (const socket of [client, server]) {
          socket.removeAllListeners("data");
          socket.pause();
        }
      }
    },
    async [Symbol.asyncDispose]() {
      cut();
      await new Promise((resolve) => {
        listener.close(resolve);
      });
    },
  };
}
