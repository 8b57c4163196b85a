/**
 * Clean-up that also runs when the process ends without it having been called: at exit, and at a signal that nobody else
 * handles. Module state is the point here: the process has one end.
 */
const pending = new Set<() => void>();
const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Returns how to take the clean-up back, once it was done by other means. */
export function atExit(cleanUp: () => void): () => void {
  if (pending.size === 0) install();
  pending.add(cleanUp);
  return () => {
    pending.delete(cleanUp);
    if (pending.size === 0) uninstall();
  };
}

function install(): void {
  process.on("exit", runAll);
  for (const signal of signals) process.on(signal, onSignal);
}

function uninstall(): void {
  process.off("exit", runAll);
  for (const signal of signals) process.off(signal, onSignal);
}

function onSignal(signal: NodeJS.Signals): void {
  // Whoever else listens decides whether the process ends; if it does, the exit hook runs.
  if (process.listenerCount(signal) > 1) return;
  runAll();
  process.kill(process.pid, signal);
}

function runAll(): void {
  for (const cleanUp of pending) {
    try {
      cleanUp();
    } catch (error) {
      // The others still have their turn, and the exit goes on.
      process.stderr.write(`test hosts: clean-up failed: ${String(error)}\n`);
    }
  }
  pending.clear();
  uninstall();
}
