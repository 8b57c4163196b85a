import { HostKitError } from "../../shared/diagnostic.ts";
import { EXIT } from "../cli/exit-code.ts";
import { cliFault } from "../cli/faults.ts";
import { AREAS } from "../explain/areas.ts";
import { codeIn, findPage, nearestPages } from "../explain/find-page.ts";
import type { Command } from "./command.ts";

/** Tells all that is known of codes, or which there are. Contacts nobody. */
export const explain: Command = async ({ options: { words }, view }) => {
  if (words.length === 0) view.codes(AREAS);
  const unknown: HostKitError[] = [];
  for (const word of new Set(words.map((each) => codeIn(each) ?? each))) {
    const page = findPage(word);
    if (page === undefined) unknown.push(noSuchCode(word));
    else view.explanation(page);
  }
  if (unknown.length > 0) throw new HostKitError(unknown.flatMap((each) => each.diagnostics));
  return { exitCode: EXIT.ok, hosts: [] };
};

function noSuchCode(word: string): HostKitError {
  const near = nearestPages(word);
  const meant =
    near.length === 0
      ? " Codes are printed with each problem, such as HK4010."
      : `\nDid you mean one of these?\n${near.map(({ code, title }) => `  ${code}  ${title}`).join("\n")}`;
  return cliFault(
    "HK5031",
    `HostKit has no code ${JSON.stringify(word)}.${meant}\n\`hostkit explain\` lists all of them.`,
  );
}
