import type { Diagnostic } from "../../../shared/diagnostic.ts";
import { block } from "../text.ts";
import { code, details, fenced, htmlCode } from "./escape.ts";
import type { Part } from "./fit.ts";

/** A diagnostic in a comment: with its detail, as a line, or not at all. */
export interface ProblemPart extends Part {
  readonly isProblem: true;
}

/** The fixed sentence of a code is short; what a host sends for one may be anything. */
const SUMMARY = 300;

export function problemPart({
  severity,
  code: id,
  summary,
  detail,
  resource,
}: Diagnostic): ProblemPart {
  const word = severity === "error" ? "Error" : "Warning";
  const about = resource === undefined ? [] : [`about ${resource}`, ""];
  const line = `- ${word} ${code(id, SUMMARY)}: ${code(summary, SUMMARY)}`;
  const body = block([...about, detail].join("\n")).split("\n");
  const open = details(
    `${word} ${htmlCode(id, SUMMARY)}: ${htmlCode(summary, SUMMARY)}`,
    fenced("text", body),
  );
  const forms = detail === "" ? [line, line, ""] : [open, `${line} _(detail left out)_`, ""];
  return { forms: forms.map((form) => (form === "" ? "" : `${form}\n\n`)), isProblem: true };
}
