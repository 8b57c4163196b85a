import { basename } from "node:path";
import { didYouMean } from "../../shared/nearest-name.ts";
import { EXIT } from "../cli/exit-code.ts";
import { cliFault } from "../cli/faults.ts";
import { bashScript } from "../completion/bash.ts";
import { fishScript } from "../completion/fish.ts";
import { type Grammar, grammar } from "../completion/grammar.ts";
import { isShell, type Shell, SHELLS } from "../completion/shells.ts";
import { zshScript } from "../completion/zsh.ts";
import type { Command } from "./command.ts";

const SCRIPT_OF: Readonly<Record<Shell, (of: Grammar) => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
};

/** Prints what a shell needs to complete HostKit's command line. */
export const completion: Command = async ({ options, view, env }) => {
  const [shell] = options.words;
  if (shell === undefined || !isShell(shell)) throw noSuchShell(shell, env["SHELL"]);
  view.completion(shell, SCRIPT_OF[shell](grammar()));
  return { exitCode: EXIT.ok, hosts: [] };
};

function noSuchShell(word: string | undefined, login: string | undefined) {
  const own = basename(login ?? "");
  const yours = isShell(own) ? ` Yours seems to be ${own}: \`hostkit completion ${own}\`.` : "";
  const why =
    word === undefined
      ? `HostKit needs to know for which shell: ${SHELLS.join(", ")}.${yours}`
      : `There is no completion for ${JSON.stringify(word)}.${didYouMean(word, SHELLS)} Shells: ${SHELLS.join(", ")}.`;
  return cliFault("HK5032", `${why} \`hostkit completion --help\` says how to install it.`);
}
