import type { Diagnostic } from "../../shared/diagnostic.ts";
import { said } from "./systemctl.ts";

/** The one place that knows what systemd-analyze(1) verify prints. */

/** One thing that systemd says of a unit. */
export interface Complaint {
  readonly unit: string;
  readonly line?: number;
  readonly text: string;
  /** `error`: what is declared is left out, or the unit is refused. */
  readonly severity: Diagnostic["severity"];
  /** A section, or a directive of one, that this systemd does not know. */
  readonly unknown?:
    | { readonly section: string }
    | { readonly section: string; readonly name: string };
}

/** Characters of one line that are kept. */
const COLUMNS = 400;

/** In the words of all versions: "Unknown key", "Unknown key name", "Unknown lvalue". */
const UNKNOWN_KEY = /^Unknown (?:key|key name|lvalue) '(.*)' in section '?\[?(.*?)\]?'?, ignoring/;
const UNKNOWN_SECTION = /^Unknown section '(.*)'\. Ignoring/;
/** What depends on how systemd or the kernel was built, and not on the unit. */
const DEPENDS = /not (?:compiled in|supported|known)|system call/i;
const LEFT_OUT = /ignor(?:ing|ed)/i;
const REFUSED = /Refusing\.?$|fatal error|bad unit file setting/;
/**
 * Programs may come by other means before the unit is started, and so may units that it needs: starting it will tell.
 */
const LATER = /^Command .* is not executable|^Failed to create .*\/start:/;

/** What is said of units by their path or name; of what else systemd says on the way, nothing. */
export function complaintsIn(output: string): Complaint[] {
  return said(output)
    .split("\n")
    .flatMap((line) => complaintIn(line.slice(0, COLUMNS)) ?? []);
}

function complaintIn(line: string): Complaint | undefined {
  const [, path = "", number, inFile = ""] = /^(\/.*?):(\d+): (.*)$/.exec(line) ?? [];
  if (path !== "") {
    const unit = path.slice(path.lastIndexOf("/") + 1);
    return { unit, line: Number(number), text: inFile, ...judge(inFile) };
  }
  const [, name, text = ""] =
    /^Unit (\S+) (has a bad unit file setting\.?)$/.exec(line) ??
    /^(\S+\.\w+): (.*)$/.exec(line) ??
    [];
  if (name === undefined || LATER.test(text)) return undefined;
  return { unit: name, text, severity: severityOf(text) };
}

function judge(text: string): Pick<Complaint, "severity" | "unknown"> {
  const [, name, section] = UNKNOWN_KEY.exec(text) ?? [];
  if (name !== undefined && section !== undefined)
    return { severity: "warning", unknown: { section, name } };
  const [, title] = UNKNOWN_SECTION.exec(text) ?? [];
  if (title !== undefined) return { severity: "warning", unknown: { section: title } };
  return { severity: severityOf(text) };
}

function severityOf(text: string): Complaint["severity"] {
  if (REFUSED.test(text)) return "error";
  return LEFT_OUT.test(text) && !DEPENDS.test(text) ? "error" : "warning";
}

/** Directives by section, from `systemd --dump-configuration-items`. */
export function knownDirectives(dump: string): ReadonlyMap<string, readonly string[]> {
  const known = new Map<string, string[]>();
  let names: string[] = [];
  for (const line of dump.split("\n")) {
    const [, section] = /^\[(.+)\]$/.exec(line) ?? [];
    if (section !== undefined) known.set(section, (names = known.get(section) ?? []));
    else if (line.includes("=")) names.push(line.slice(0, line.indexOf("=")));
  }
  return known;
}
