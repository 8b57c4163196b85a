import { HostKitError } from "../../shared/diagnostic.ts";

/** What can be wrong with how HostKit was run: one fixed sentence for each code. */
const CLI_SUMMARIES = {
  HK5000: "The command line can't be understood.",
  HK5001: "There is no such command.",
  HK5002: "There is no such flag.",
  HK5003: "A flag has a value that can't be used.",
  HK5004: "An environment variable has a value that can't be used.",
  HK5005: "No target was named.",
  HK5006: "Flags contradict each other.",
  HK5007: "A flag names a host that is not declared.",
  HK5008: "It is not clear which host's declaration is meant.",
  HK5009: "A confirmation is needed, and nobody can be asked.",
  HK5010: "A secret has no value.",
  HK5011: "A flag that is needed is missing.",
  HK5020: "The file exists already.",
  HK5021: "The file can't be written.",
  HK5030: "It is not known what was changed.",
  HK5031: "There is no such code.",
  HK5032: "No shell was named that completion is made for.",
  HK5080: "The plan file can't be read.",
  HK5081: "The plan file can't be written.",
  HK5082: "The plan is not of this declaration.",
  HK5083: "The plan is too large for a file.",
  HK5084: "A content of the plan is missing or damaged.",
  HK5087: "The plan is not signed by anybody who may.",
  HK5088: "The list of allowed signers can't be read.",
  HK5086: "There is no such schema.",
  HK5085: "The plan has secrets that are printed by commands.",
  HK5065: "What is named is not declared.",
  HK5066: "What is selected is left out as well.",
  HK5067: "Nothing is left of what is selected.",
  HK5068: "The hosts get different contents.",
} as const;
export type CliCode = keyof typeof CLI_SUMMARIES;

export function cliFault(code: CliCode, detail: string, options?: ErrorOptions): HostKitError {
  return new HostKitError(
    { severity: "error", side: "cli", code, summary: CLI_SUMMARIES[code], detail },
    options,
  );
}
