import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Shell } from "../../../client/completion/shells.ts";

/** A word that is offered, with its description where the shell shows one. */
interface Offer {
  readonly word: string;
  readonly about: string;
}

/** A real shell that has read a script, in a directory with the files that are completed. */
export interface CompletingShell {
  /** What it offers at the end of a line. */
  complete(line: string): readonly Offer[];
  /** Reads the script without running it; throws what it complains of. */
  check(): string;
  [Symbol.dispose](): void;
}

const FILES = ["plan.json", "it's [a] plan.json"];

export function completingShell(shell: Shell, script: string): CompletingShell {
  const root = mkdtempSync(join(tmpdir(), "hostkit-completion-"));
  const cwd = join(root, "project");
  mkdirSync(cwd);
  for (const name of FILES) writeFileSync(join(cwd, name), "");
  const path = join(root, "script");
  writeFileSync(path, script);
  const run = (program: string, args: readonly string[]) => {
    const { stdout, stderr, error } = spawnSync(program, args, {
      cwd,
      encoding: "utf8",
      timeout: 30_000,
      env: { PATH: process.env["PATH"] ?? "", HOME: root, TERM: "xterm", LC_ALL: "C.UTF-8" },
    });
    // Whatever a script says there, a person would see between two keys.
    if (error !== undefined || stderr !== "") throw error ?? new Error(`${program}: ${stderr}`);
    return stdout;
  };
  return {
    complete: (line) => ASK[shell](path, line, run).filter(({ word }) => word !== ""),
    check: () => run(shell, ["-n", path]),
    [Symbol.dispose]: () => rmSync(root, { recursive: true }),
  };
}

type Run = (program: string, args: readonly string[]) => string;

const ASK: Readonly<Record<Shell, (script: string, line: string, run: Run) => Offer[]>> = {
  bash: (script, line, run) => {
    // As readline takes a line apart.
    const words = line.split(/ +|(?<==)|(?==)/);
    const ask = `source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _hostkit; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const offered = run("bash", ["--norc", "--noprofile", "-c", ask, "bash", script, ...words]);
    return offered.split("\n").map((word) => ({ word, about: "" }));
  },
  zsh: (script, line, run) => {
    const capture = join(import.meta.dirname, "capture.zsh");
    return run("zsh", ["-f", capture, script, line])
      .split(/\r?\n/)
      .map((each) => {
        const [word = "", shown = ""] = each.split("\t");
        return { word: word.replaceAll(/\\(.)/g, "$1"), about: shown.split(" -- ")[1] ?? "" };
      });
  },
  fish: (script, line, run) =>
    run("fish", ["--no-config", "-c", 'source $argv[1]; complete -C "$argv[2]"', script, line])
      .split("\n")
      .map((each) => {
        const [word = "", about = ""] = each.split("\t");
        // It offers whole words where others offer what follows the `=`.
        return { word: word.replace(/^--[\w-]+=/, ""), about };
      }),
};
