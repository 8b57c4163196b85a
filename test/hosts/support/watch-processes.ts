import { readdirSync, readFileSync } from "node:fs";
import { setImmediate as turn } from "node:timers/promises";

/** A word that was seen where every user of a machine, or root, can see it. */
export interface Seen {
  readonly where: "cmdline" | "environ";
  readonly word: string;
  readonly command: string;
  /** The control group of the process: which unit it belongs to. */
  readonly cgroup: string;
}

/**
 * Looks at the arguments and the environment of every process, those of the test hosts included, over and over until it is told
 * to stop. Gives what was seen, and how often it looked.
 */
export function watchProcesses(words: readonly string[]) {
  const seen = new Map<string, Seen>();
  const ended = { is: false, rounds: 0 };
  const looking = (async () => {
    while (!ended.is) {
      for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
        for (const found of lookAt(pid, words)) seen.set(JSON.stringify(found), found);
      }
      ended.rounds += 1;
      await turn();
    }
  })();
  return {
    async stop(): Promise<{ readonly seen: readonly Seen[]; readonly rounds: number }> {
      ended.is = true;
      await looking;
      return { seen: [...seen.values()], rounds: ended.rounds };
    },
  };
}

function lookAt(pid: string, words: readonly string[]): Seen[] {
  const [cmdline, environ] = (["cmdline", "environ"] as const).map((name) => ({
    where: name,
    text: read(`/proc/${pid}/${name}`),
  }));
  return [cmdline, environ].flatMap((one) =>
    words.flatMap((word): Seen[] =>
      one?.text.includes(word) === true
        ? [
            {
              where: one.where,
              word,
              command: cmdline?.text.split("\0")[0] ?? "",
              cgroup: read(`/proc/${pid}/cgroup`).trim(),
            },
          ]
        : [],
    ),
  );
}

/** It may have ended by now. */
function read(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return "";
  }
}
