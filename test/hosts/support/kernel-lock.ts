import { connect, createServer, type Server } from "node:net";

/** All that an address has room for: Node 20 fills up a shorter one with zeros and Node 24 doesn't, so they would not meet. */
const nameLength = 107;

/** Held until `release`, or until this process ends in whatever way: the kernel gives it back, so it can't go stale. */
export interface KernelLock {
  release(): Promise<void>;
}

/**
 * Takes the lock if nobody has it. The lock is a listening socket in Linux's abstract namespace: binding is atomic across
 * processes and leaves nothing behind, which a lock file can't promise for a process that is killed.
 */
export async function tryLock(name: string): Promise<KernelLock | undefined> {
  const server = createServer();
  if (!(await listen(server, address(name)))) return undefined;
  // A waiter connects and stays, so that closing the connection tells it that the lock is free.
  const waiting = new Set<{ destroy(): void }>();
  server.on("connection", (socket) => {
    waiting.add(socket);
    socket.unref();
    socket.on("error", () => socket.destroy());
    socket.on("close", () => waiting.delete(socket));
  });
  server.unref();
  return {
    async release() {
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        for (const socket of waiting) socket.destroy();
      });
    },
  };
}

/** Waits for the lock; fails after `timeoutMs` with who to blame: the lock's name. */
export async function lock(name: string, timeoutMs: number): Promise<KernelLock> {
  const until = Date.now() + timeoutMs;
  for (;;) {
    const held = await tryLock(name);
    if (held) return held;
    const left = until - Date.now();
    if (left <= 0) throw new Error(`The lock ${name} was not free within ${timeoutMs} ms.`);
    await released(name, left);
  }
}

function address(name: string): string {
  if (name.length > nameLength) throw new Error(`The lock's name is too long: ${name}`);
  return `\0${name.padEnd(nameLength, ".")}`;
}

function listen(server: Server, path: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE") resolve(false);
      else reject(error);
    });
    server.listen(path, () => resolve(true));
  });
}

/** Settles when the holder lets go or the time is over; a refused connection means that it already did. */
function released(name: string, timeoutMs: number): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(address(name));
    const timer = setTimeout(() => socket.destroy(), timeoutMs);
    // "close" follows "error"; the error itself says nothing that the next attempt to bind does not.
    socket.on("error", () => socket.destroy());
    socket.on("close", () => {
      clearTimeout(timer);
      resolve();
    });
    socket.resume();
  });
}
