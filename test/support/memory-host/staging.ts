import type { CommandResult, StagedEntry } from "../../../agent/host/host.ts";

/** What a program finds at a path of a view: a file's text, the host's own where the view has none. */
export type Looking = (path: string) => string | undefined;

/** A program that is run in views, by its name; what it leaves out is as of one that has nothing to say against it. */
export type Validator = (look: Looking, args: readonly string[]) => Partial<CommandResult>;

/** Texts of the files among the entries, by path. */
export async function textsOf(entries: readonly StagedEntry[]): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  for (const entry of entries) {
    if (entry.type !== "file") continue;
    const decoder = new TextDecoder();
    let text = "";
    for await (const piece of entry.content) text += decoder.decode(piece, { stream: true });
    texts.set(entry.path, text);
  }
  return texts;
}

const NOTHING = { status: 0, signal: null, stdout: "", stderr: "" };

/** As `chroot` runs a command: one that is not there is a status, not a failure. */
export function runStaged(
  [program, ...args]: readonly [string, ...string[]],
  { look, validators }: { look: Looking; validators: ReadonlyMap<string, Validator> },
): CommandResult {
  const validator = validators.get(program);
  return validator === undefined
    ? { ...NOTHING, status: 127, stderr: `chroot: failed to run command '${program}'\n` }
    : { ...NOTHING, ...validator(look, args) };
}
