/** A command line cut into options and operands, in the manner of getopt_long(3). */
export interface ParsedOptions {
  /** By name as written; the empty text for those without a value. */
  readonly options: ReadonlyMap<string, string>;
  readonly operands: readonly string[];
  readonly unknown: string | undefined;
}

export function parseOptions(
  args: readonly string[],
  known: { readonly values: readonly string[]; readonly flags: readonly string[] },
): ParsedOptions {
  const options = new Map<string, string>();
  const operands: string[] = [];
  let unknown: string | undefined;
  for (let index = 0; index < args.length; index++) {
    const arg = args[index] ?? "";
    if (arg === "--") {
      operands.push(...args.slice(index + 1));
      break;
    }
    const equals = arg.startsWith("--") ? arg.indexOf("=") : -1;
    const name = equals < 0 ? arg : arg.slice(0, equals);
    if (!arg.startsWith("-") || arg === "-") operands.push(arg);
    else if (known.flags.includes(name)) options.set(name, "");
    else if (!known.values.includes(name)) unknown ??= name;
    else if (equals >= 0) options.set(name, arg.slice(equals + 1));
    else options.set(name, args[++index] ?? "");
  }
  return { options, operands, unknown };
}
