import type { Diagnostic } from "../../shared/diagnostic.ts";
import { nearestName } from "../../shared/nearest-name.ts";
import { UNIT_DIRECTORY } from "../../shared/resources/unit.ts";
import { type StagedView, ViewRefused } from "../host/host.ts";
import { type Complaint, complaintsIn, knownDirectives } from "../host/systemd-analyze.ts";
import type { Step } from "./driver.ts";

/** Milliseconds; it takes some 50. */
const TIMEOUT = 60_000;
/** Letters of a directive that may be wrong, as a share: what is further from all known ones is taken for a newer one. */
const MISSPELT = 0.2;
/** On all merged and unmerged layouts. */
const MANAGER = "/lib/systemd/systemd";

/**
 * Has systemd read the units before they are written. What it would refuse, or leave out because it is misspelt or has a
 * value that can't be used, refuses the run. A directive that it does not know at all is a warning: systemd leaves out
 * what came with later versions on purpose, so that a unit can be used with older ones.
 */
export async function verifyUnits(
  steps: readonly Step<"unit">[],
  view: Pick<StagedView, "run">,
): Promise<Diagnostic[]> {
  if (steps.length === 0) return [];
  try {
    const paths = steps.map(({ desired }) => `${UNIT_DIRECTORY}/${desired.name}`);
    const { stderr } = await view.run(["systemd-analyze", "verify", "--man=no", "--", ...paths], {
      timeout: TIMEOUT,
    });
    const complaints = complaintsIn(stderr).filter((each) =>
      steps.some((step) => isAbout(each, step)),
    );
    const known = complaints.some(({ unknown }) => unknown !== undefined)
      ? knownDirectives(
          (await view.run([MANAGER, "--dump-configuration-items"], { timeout: TIMEOUT })).stdout,
        )
      : new Map<string, readonly string[]>();
    return steps.flatMap((step) =>
      diagnosticsFor(
        step,
        complaints
          .filter((each) => isAbout(each, step))
          .map((complaint) => judged(complaint, known)),
      ),
    );
  } catch (error) {
    // Nobody asked for it: where it can't be done, the start will tell.
    if (error instanceof ViewRefused) return [];
    throw error;
  }
}

/** An instance is made up to look at a template. */
const isAbout = ({ unit }: Complaint, { desired: { name } }: Step<"unit">) =>
  unit === name || unit.replace(/@.*(?=\.)/, "@") === name;

interface Judged {
  readonly severity: Diagnostic["severity"];
  readonly text: string;
}

function judged(
  { line, text, unknown, severity }: Complaint,
  known: ReadonlyMap<string, readonly string[]>,
): Judged {
  const where = line === undefined ? "" : `line ${line}: `;
  if (unknown === undefined) return { severity, text: `${where}${text}` };
  const candidates = "name" in unknown ? (known.get(unknown.section) ?? []) : [...known.keys()];
  const written = "name" in unknown ? unknown.name : unknown.section;
  const meant = nearestName(written, candidates, MISSPELT);
  return meant === undefined
    ? { severity: "warning", text: `${where}${text}` }
    : { severity: "error", text: `${where}${text} Did you mean ${meant}?` };
}

function diagnosticsFor(
  { resource: { id, source }, desired: { name } }: Step<"unit">,
  found: readonly Judged[],
): Diagnostic[] {
  const about = source === undefined ? { resource: id } : { resource: id, source };
  if (found.length === 0) return [];
  const told = `systemd-analyze verify says of ${name}:\n${found.map(({ text }) => `  ${text}`).join("\n")}`;
  if (found.some(({ severity }) => severity === "error")) {
    return [
      {
        ...about,
        severity: "error",
        side: "host",
        code: "HK4340",
        summary: "The host's systemd would not take the unit as declared.",
        detail: `${told}\nNothing was changed. Correct the declaration, then push again.`,
      },
    ];
  }
  return [
    {
      ...about,
      severity: "warning",
      side: "host",
      code: "HK4341",
      summary: "The host's systemd has doubts about a unit.",
      detail: `${told}\nThe unit works without what is left out; an older systemd does not know all directives of a newer one.`,
    },
  ];
}
