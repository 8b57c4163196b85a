import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";

import { HostKitError } from "../../shared/diagnostic.ts";
import { errorText } from "./error-text.ts";
import { watchExit } from "./exec-exit.ts";
import { createStderrTail } from "./stderr-tail.ts";
import type { Exec, Transport } from "./transport.ts";

const LOCAL_SUMMARIES = {
  HK2040: "Only Linux can be managed locally.",
  HK2041: "The local shell could not be started.",
} as const;

/** Runs commands on this machine, for `--local` and for a host without a network. */
export function createLocalTransport(platform: NodeJS.Platform = process.platform): Transport {
  return {
    async connect(signal) {
      signal.throwIfAborted();
      if (platform !== "linux")
        throw localFailure(
          "HK2040",
          `This machine runs ${platform}. Name a Linux host with --host or --ssh.`,
        );
      const open = new Set<Exec>();
      let execCount = 0;
      return {
        label: "local",
        get execCount() {
          return execCount;
        },
        async exec(command) {
          execCount += 1;
          const exec = await start(command);
          open.add(exec);
          void exec.exit.then(() => open.delete(exec));
          return exec;
        },
        async close() {
          for (const exec of open) exec.close();
        },
      };
    },
  };
}

async function start(command: string): Promise<Exec> {
  // Its own session, as with sshd: Ctrl-C at the terminal must not reach an agent that is applying a plan.
  const child = spawn("/bin/sh", ["-c", command], { stdio: "pipe", detached: true });
  await new Promise<void>((resolve, reject) => {
    child.once("spawn", resolve);
    child.once("error", (error) =>
      reject(localFailure("HK2041", `/bin/sh: ${errorText(error)}.`, { cause: error })),
    );
  });
  return wrapChild(child);
}

function wrapChild(child: ChildProcessWithoutNullStreams): Exec {
  const tail = createStderrTail();
  child.stderr.on("data", (chunk: Buffer) => tail.push(chunk));
  const watch = watchExit(child.stderr);
  // Writing to a command that has ended fails through the write's callback; as an event it would end the process.
  for (const stream of [child.stdin, child.stdout, child.stderr])
    stream.on("error", () => undefined);
  child.on("error", (error) => watch.closed(errorText(error)));
  child.on("exit", (code, signal) =>
    watch.ended(
      code === null ? { kind: "signalled", signal: signal ?? "unknown" } : { kind: "exited", code },
    ),
  );
  child.on("close", () => watch.closed("the command's streams closed without an exit status"));
  return {
    stdin: child.stdin,
    stdout: child.stdout,
    stderrTail: () => tail.text(),
    exit: watch.exit,
    close() {
      watch.closed("closed by this side");
      // As with sshd the command sees the end of its input, and is not killed: it may have work to finish.
      child.stdin.destroy();
      child.stdout.destroy();
      child.stderr.destroy();
      child.unref();
    },
  };
}

function localFailure(
  code: keyof typeof LOCAL_SUMMARIES,
  detail: string,
  options?: ErrorOptions,
): HostKitError {
  return new HostKitError(
    { severity: "error", side: "host", code, summary: LOCAL_SUMMARIES[code], detail },
    options,
  );
}
