import { didYouMean } from "../../shared/nearest-name.ts";
import type { CommandSpec } from "./command-spec.ts";
import { COMMANDS } from "./commands.ts";
import { cliFault } from "./faults.ts";
import { COMMON_FLAGS, flagText } from "./flags.ts";

/** Command lines that mean nothing: what is wrong, and what was probably meant. */

interface Complaint {
  /** `commander.unknownOption` */
  readonly code: string;
  readonly message: string;
}

/** The parser's complaint in our words. */
export function misuse({ code, message }: Complaint, argv: readonly string[]) {
  const complaint = message.replace(/^error: /, "");
  const word = /'([^']*)'/.exec(complaint)?.[1] ?? "";
  const [spec] = argv.flatMap((each) => COMMANDS.find(({ name }) => name === each) ?? []);
  switch (code) {
    case "commander.unknownCommand":
      return unknownCommand(word);
    case "commander.unknownOption":
      return cliFault("HK5002", unknownFlag(word.replace(/=.*$/, ""), spec));
    case "commander.optionMissingArgument": {
      const [, flag = "", value = ""] = /(--[\w-]+) <(.*)>$/.exec(word) ?? [];
      return cliFault("HK5000", `${flag} needs a value: ${flag} ${value}. ${helpOf(spec)}`);
    }
    case "commander.missingArgument":
      return cliFault("HK5000", `${nameOf(spec)} needs ${word} behind its name. ${helpOf(spec)}`);
    default: {
      const sentence = `${complaint.slice(0, 1).toUpperCase()}${complaint.slice(1)}`;
      return cliFault("HK5000", `${sentence.replace(/\.?$/, ".")} ${helpOf(spec)}`);
    }
  }
}

export function unknownCommand(word: string) {
  const names = COMMANDS.map(({ name }) => name);
  return cliFault(
    "HK5001",
    `HostKit has no command \`${word}\`.${didYouMean(word, names)} Commands: ${names.join(", ")}.`,
  );
}

/** Throws where more words stand behind a command's name than it takes. A host's name is what people put there. */
export function refuseExcess(spec: CommandSpec, words: readonly string[]): void {
  const takes = spec.words ?? [];
  const [excess] = words.slice(takes.length);
  if (excess === undefined || takes.some((word) => word.includes("..."))) return;
  const what = takes.length === 0 ? "no words" : `only ${takes.join(" ")}`;
  const written = JSON.stringify(excess);
  const meant = spec.flags.includes("host")
    ? ` A host is named by a flag: ${nameOf(spec)} --host NAME.`
    : "";
  throw cliFault(
    "HK5000",
    `${nameOf(spec)} takes ${what} behind its name, and was given ${written}.${meant} ${helpOf(spec)}`,
  );
}

function unknownFlag(flag: string, spec: CommandSpec | undefined): string {
  const known = [...(spec?.flags ?? []), ...COMMON_FLAGS].map(flagText);
  if (known.includes(flag)) {
    return `${flag} belongs to a command: write it after the command's name, as in ${nameOf(spec)} ${flag}.`;
  }
  const where = spec === undefined ? "HostKit" : nameOf(spec);
  const others = COMMANDS.filter(({ flags }) => flags.map(flagText).includes(flag));
  const elsewhere =
    others.length === 0 ? "" : ` It is a flag of ${others.map(({ name }) => name).join(", ")}.`;
  return `${where} has no flag ${flag}.${elsewhere || didYouMean(flag, known)} ${helpOf(spec)}`;
}

const nameOf = (spec: CommandSpec | undefined): string => `hostkit ${spec?.name ?? "plan"}`;

const helpOf = (spec: CommandSpec | undefined): string =>
  `hostkit ${spec === undefined ? "" : `${spec.name} `}--help tells more.`;
