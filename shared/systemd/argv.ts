/** A command as a list of arguments; no shell ever sees it. */
export interface Argv {
  readonly argv: readonly [string, ...string[]];
}

export function isArgv(value: unknown): value is Argv {
  return (
    typeof value === "object" && value !== null && "argv" in value && Array.isArray(value.argv)
  );
}

/** Characters that systemd.service(5), COMMAND LINES, gives a meaning to inside a word. */
const NEEDS_QUOTES = /[\s"'\\;]|^$/;

/**
 * One argument as systemd reads it back unchanged: `%` and `$` are doubled (specifiers, variables),
 * white space, quotes, backslashes and a lone `;` are quoted. See systemd.service(5), COMMAND LINES.
 */
function quoteArgument(argument: string): string {
  const doubled = argument.replaceAll("%", "%%").replaceAll("$", "$$$$");
  if (!NEEDS_QUOTES.test(doubled)) return doubled;
  const escaped = doubled
    .replaceAll("\\", "\\\\")
    .replaceAll('"', '\\"')
    .replaceAll("\n", "\\n")
    .replaceAll("\t", "\\t")
    .replaceAll("\r", "\\r");
  return `"${escaped}"`;
}

export function renderArgv({ argv }: Argv): string {
  return argv.map(quoteArgument).join(" ");
}
