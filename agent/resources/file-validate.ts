import type { Diagnostic } from "../../shared/diagnostic.ts";
import { type CommandResult, type StagedView, ViewRefused } from "../host/host.ts";
import { said } from "../host/systemctl.ts";
import type { Step } from "./driver.ts";

/** Milliseconds: what checks a configuration takes a moment, unless it looks up names that nobody answers for. */
const TIMEOUT = 60_000;
/** Lines that are shown of what a validator said, and characters of a line. */
const LINES = 12;
const COLUMNS = 400;
/** Characters at the end of an output that are looked at at all. */
const TAIL = 32 * 1024;
/** Files named in one message. */
const NAMED = 20;

interface Check {
  readonly argv: readonly [string, ...string[]];
  readonly steps: Step<"file">[];
}

/** Runs the validators of files that will be written, equal ones once; what one of them refuses is one diagnostic. */
export async function validateFiles(
  steps: readonly Step<"file">[],
  view: Pick<StagedView, "run">,
): Promise<Diagnostic[]> {
  const found: Diagnostic[] = [];
  for (const check of checksOf(steps)) {
    try {
      const result = await view.run(check.argv, { timeout: TIMEOUT, output: "end" });
      if (result.status !== 0) found.push(refused(check, result));
    } catch (error) {
      if (!(error instanceof ViewRefused)) throw error;
      // Nor would any of the others be possible.
      return [...found, impossible(check, error.message)];
    }
  }
  return found;
}

function checksOf(steps: readonly Step<"file">[]): Check[] {
  const checks = new Map<string, Check>();
  for (const step of steps) {
    const { path, validate } = step.desired;
    if (validate === undefined) continue;
    const [program, ...args] = validate.map((word) => (word === "{}" ? path : word));
    const argv = [program as string, ...args] as const;
    const check = checks.get(JSON.stringify(argv)) ?? { argv, steps: [] };
    checks.set(JSON.stringify(argv), check);
    check.steps.push(step);
  }
  return [...checks.values()];
}

function refused(check: Check, result: CommandResult): Diagnostic {
  const words = lastWords(result);
  const told =
    words.length === 0
      ? " It said nothing."
      : ` It said:\n${words.map((w) => `  ${w}`).join("\n")}`;
  return {
    ...about(check),
    severity: "error",
    side: "host",
    code: "HK4030",
    summary: "A validator refused a file.",
    detail: `${commandOf(check)} ${endOf(result)}, with ${namesOf(check)} as declared and everything else as this push would leave it.${told}\nNothing was changed. Correct the declaration, then push again.`,
  };
}

function impossible(check: Check, why: string): Diagnostic {
  return {
    ...about(check),
    severity: "error",
    side: "host",
    code: "HK4031",
    summary: "A file can't be validated on the host.",
    detail: `${namesOf(check)}: ${commandOf(check)} has to accept the content before it is put in place, and the host can't show a command what is not there yet: ${said(why)}. It takes root, unshare(1), a kernel with overlay file systems, and room for a copy of what is new. Nothing was changed. Connect as root, or with sudo, or leave out \`validate\`; then push again.`,
  };
}

function about({ steps: [step] }: Check): Pick<Diagnostic, "resource" | "source"> {
  if (step === undefined) return {};
  const { id, source } = step.resource;
  return source === undefined ? { resource: id } : { resource: id, source };
}

function namesOf({ steps }: Check): string {
  const named = steps.slice(0, NAMED).map(({ desired }) => desired.path);
  const more = steps.length - named.length;
  return more > 0 ? `${named.join(", ")} and ${more} more` : named.join(", ");
}

/** As a person would type it, near enough. */
function commandOf({ argv }: Check): string {
  const words = argv.map((word) => (/^[\w@%+=:,./{}-]+$/.test(word) ? word : JSON.stringify(word)));
  return `\`${words.join(" ").slice(0, COLUMNS)}\``;
}

/** 126 and 127 as every shell, and chroot(1), means them. */
function endOf({ status, signal }: CommandResult): string {
  if (signal !== null) return `did not end within ${TIMEOUT / 1000} s`;
  if (status === 127) return "was not found on the host (status 127)";
  if (status === 126) return "can't be executed on the host (status 126)";
  return `ended with status ${status}`;
}

function lastWords({ stdout, stderr }: CommandResult): string[] {
  return [stdout, stderr].flatMap((text) =>
    said(text.slice(-TAIL))
      .split("\n")
      .filter((line) => line.trim() !== "")
      .slice(-LINES)
      .map((line) => (line.length > COLUMNS ? `${line.slice(0, COLUMNS)}…` : line)),
  );
}
