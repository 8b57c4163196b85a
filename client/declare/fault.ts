import type { Diagnostic } from "../../shared/diagnostic.ts";
import type { Frame } from "./call-site.ts";

/** What can be wrong with a declaration: one fixed sentence for each code. */
const SUMMARIES = {
  HK1000: "No declaration was found.",
  HK1001: "The declaration does not compile.",
  HK1002: "The declaration failed while it was evaluated.",
  HK1003: "The declaration did not end in time.",
  HK1004: "The declaration does not export a project.",
  HK1005: "The declaration is asynchronous.",
  HK1006: "The host is not declared.",
  HK1007: "A module of the declaration can't be loaded.",
  HK1008: "The compiler warns about the declaration.",
  HK1013: "A resource is declared twice, and differently.",
  HK1014: "A name is declared twice.",
  HK1020: "An option is not known.",
  HK1021: "An option has a value that can't be used.",
  HK1022: "A required option is missing.",
  HK1023: "A name can't be used.",
  HK1024: "A service's account is declared too late.",
  HK1025: "A command can't be built.",
  HK1026: "A root is not declared.",
  HK1027: "A builder was used in a way it does not allow.",
  HK1044: "A document can't hold what is declared.",
  HK1041: "A template can't be filled in.",
  HK1042: "An environment belongs to another service.",
  HK1043: "A generated secret needs a name.",
  HK1045: "A secret is not set.",
  HK1046: "A secret can't be read.",
  HK1047: "A command that prints a secret failed.",
  HK1048: "The value of a secret can't be used.",
  HK1030: "A local file can't be read.",
  HK1031: "A local file changed after it was read.",
  HK1081: "A readiness is declared before what it waits for.",
  HK1082: "An option has no meaning here.",
  HK1083: "What is to be observed is said too late.",
  HK1084: "What is to be observed is said twice.",
  HK1070: "A path that a service is given is not declared.",
  HK1071: "A directive of isolation is not known.",
  HK1072: "A service's storage is declared too late.",
  HK1073: "A program can't run as strictly as it is isolated.",
  HK1074: "A service can't see what it runs.",
  HK1075: "Options of isolation contradict each other.",
  HK1050: "A schedule would never start anything.",
  HK1051: "Two listeners would share an address.",
  HK1052: "Two units would share a directory in /run.",
  HK1053: "Two storages would share a directory.",
} as const;

export type FaultCode = keyof typeof SUMMARIES;

/** A diagnostic before the source map is consulted. */
export interface Fault {
  readonly code: FaultCode;
  readonly detail: string;
  /** The resource concerned, by id. */
  readonly resource?: string | undefined;
  readonly frame?: Frame | undefined;
  /** Where the other one of two was declared; named at the end of the detail. */
  readonly firstFrame?: Frame | undefined;
}

export function diagnosticOf(
  fault: Pick<Fault, "code" | "detail" | "resource">,
  source?: Diagnostic["source"],
): Diagnostic {
  return {
    severity: fault.code === "HK1008" ? "warning" : "error",
    side: "config",
    code: fault.code,
    summary: SUMMARIES[fault.code],
    detail: fault.detail,
    ...(fault.resource === undefined ? {} : { resource: fault.resource }),
    ...(source === undefined ? {} : { source }),
  };
}
