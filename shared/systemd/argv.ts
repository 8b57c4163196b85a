import { hasNoText, NO_TEXT, quoteWord, withoutSpecifiers } from "./quote.ts";

/** A command as a list of arguments; no shell ever sees it. */
export interface Argv {
  readonly argv: readonly [string, ...string[]];
}

export function isArgv(value: unknown): value is Argv {
  return (
    typeof value === "object" && value !== null && "argv" in value && Array.isArray(value.argv)
  );
}

/** What systemd takes for its own before the path of a program, see systemd.service(5), COMMAND LINES. */
const PREFIXES = /^[-@:+!|]/;

/** What is wrong with a command for systemd, which goes on after what names it; `undefined` when nothing is. */
export function faultOfCommand({ argv: [program, ...rest] }: Argv): string | undefined {
  if (program === "") return "must name a program";
  if (!program.startsWith("/") && program.includes("/")) {
    return "must name its program by an absolute path, or by its name alone";
  }
  if (PREFIXES.test(program)) {
    return `must not name its program ${JSON.stringify(program)}: systemd would take the first character for one of its own marks, so give the absolute path`;
  }
  // oxlint-disable-next-line no-control-regex
  if (/["'\\\u0000-\u001f\u007f]/.test(program) || program.endsWith("/")) {
    return `must not name its program ${JSON.stringify(program)}: systemd refuses quotes, backslashes, control characters and a slash at the end there`;
  }
  const words = [program, ...rest];
  if (words.some((word) => word.includes("\0"))) {
    return "must not contain a NUL character, which no command can be given";
  }
  if (words.some(hasNoText)) return NO_TEXT;
  return undefined;
}

/**
 * A command line as systemd reads it back unchanged: `%` and `$` are doubled (specifiers, variables), and what has a meaning
 * inside a word is quoted. In the path of a program a doubled `$` would stay two; there variables are turned off instead.
 */
export function renderArgv({ argv: [program, ...rest] }: Argv): string {
  const literal = program.includes("$");
  const words = literal ? rest : rest.map((word) => word.replaceAll("$", "$$$$"));
  const line = [program, ...words].map((word) => quoteWord(withoutSpecifiers(word))).join(" ");
  return literal ? `:${line}` : line;
}
