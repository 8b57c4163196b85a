import type { Readable } from "node:stream";

/**
 * Calls `onIdle` once nothing at all has been received for `limitMs`. Any byte counts as life: the answers to keepalive
 * requests queue behind a slow upload, and counting only those would cut a healthy connection.
 */
export function watchIdle(stream: Readable, limitMs: number, onIdle: () => void): () => void {
  let heardAt = performance.now();
  const onData = (): void => {
    heardAt = performance.now();
  };
  const timer = setInterval(() => {
    if (performance.now() - heardAt < limitMs) return;
    stop();
    onIdle();
  }, limitMs / 6);
  const stop = (): void => {
    clearInterval(timer);
    stream.off("data", onData);
  };
  stream.on("data", onData);
  return stop;
}
