import { wrap } from "../view/text.ts";
import type { CommandSpec } from "./command-spec.ts";
import { COMMANDS } from "./commands.ts";
import { COMMON_FLAGS, type Flag, FLAGS, type FlagName, flagText, variableOf } from "./flags.ts";

/** Help is the same everywhere, so that it can be quoted. */
const COLUMNS = 80;

const EXIT_CODES = `Exit codes:
  0    success, or nothing to do          6    refused by policy or protection
  1    failed before any change           7    failed part way
  2    changes, with --exit-code          8    failed and rolled back
  3    the declaration is invalid         9    locked by another run
  4    host unreachable or login refused  10   rolled back, not verified
  5    the host moved since the review    64   used wrongly    130  interrupted`;

/** Help for `-h` (what there is) or `--help` (examples first, then everything). */
export function helpText(spec: CommandSpec | undefined, length: "short" | "long"): string {
  const blocks = spec === undefined ? programHelp(length) : commandHelp(spec, length);
  return `${blocks.join("\n\n")}\n`;
}

function programHelp(length: "short" | "long"): string[] {
  const title = "hostkit: declare Linux hosts in TypeScript, review a plan, apply exactly that";
  const commands = rows(COMMANDS.map(({ name, summary }) => [name, summary]));
  const usage = "Usage: hostkit COMMAND [flags]";
  if (length === "short") {
    return [
      title,
      usage,
      commands,
      "hostkit COMMAND -h shows a command's flags, --help everything.",
    ];
  }
  const examples = rows([
    ["hostkit init", "write a declaration to begin with"],
    ["hostkit plan --host app", "see what would change"],
    ["hostkit push --host app", "review it and apply it"],
  ]);
  return [
    `Examples:\n${examples}`,
    title,
    usage,
    `Commands:\n${commands}`,
    `Flags of every command:\n${flags(COMMON_FLAGS, length)}`,
    EXIT_CODES,
  ];
}

function commandHelp(spec: CommandSpec, length: "short" | "long"): string[] {
  const target = spec.flags.includes("ssh") ? ["TARGET"] : [];
  const usage = `Usage: ${["hostkit", spec.name, ...(spec.words ?? []), ...target, "[flags]"].join(" ")}`;
  const all = [...spec.flags, ...COMMON_FLAGS];
  if (length === "short") {
    return [
      `hostkit ${spec.name}: ${spec.summary}`,
      usage,
      `Flags:\n${flags(all, length)}`,
      `hostkit ${spec.name} --help shows examples and environment variables.`,
    ];
  }
  const examples = rows(spec.examples.map(({ line, does }) => [line, does]));
  return [
    `Examples:\n${examples}`,
    `hostkit ${spec.name}: ${spec.summary}`,
    wrap(spec.about, COLUMNS).join("\n"),
    usage,
    `Flags, and the environment variables that stand in for them:\n${flags(all, length)}`,
    EXIT_CODES,
  ];
}

function flags(names: readonly FlagName[], length: "short" | "long"): string {
  return rows(
    names.flatMap((name): (readonly [string, string])[] => {
      const flag: Flag = FLAGS[name];
      const letter = flag.letter === undefined ? "    " : `-${flag.letter}, `;
      const value = flag.takes === "nothing" ? "" : ` ${flag.value}`;
      const row = [`${letter}${flagText(name)}${value}`, flag.summary] as const;
      return length === "short" ? [row] : [row, ["", variableOf(name)]];
    }),
  );
}

/** Two columns; what does not fit on the right goes on below itself. */
function rows(pairs: readonly (readonly [string, string])[]): string {
  const width = Math.max(...pairs.map(([left]) => left.length));
  const gap = " ".repeat(width + 4);
  return pairs
    .map(([left, right]) => {
      const [first = "", ...rest] = wrap(right, COLUMNS - gap.length);
      return [`  ${left.padEnd(width)}  ${first}`, ...rest.map((line) => gap + line)].join("\n");
    })
    .join("\n");
}
