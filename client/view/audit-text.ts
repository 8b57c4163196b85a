import { countDrift, Drift, type Finding } from "../../shared/drift.ts";
import { differenceLines } from "./difference-text.ts";
import { hostTitle } from "./host-title.ts";
import { changeText, type ChangeStyle } from "./change-text.ts";
import type { Detail } from "./detail.ts";
import type { PlanStyle } from "./plan-text.ts";
import { count } from "./quantity.ts";
import { selectionText } from "./selection-text.ts";
import { indent, oneLine, wrap } from "./text.ts";
import { timeText } from "./time-text.ts";
import type { AuditShown } from "./view.ts";

/** What each kind of drift is, and what a push does about it. */
const TITLES: Readonly<Record<Drift, string>> = {
  outside: "Changed outside: declared as it was applied, and a push makes it so again",
  pending: "Not yet applied: a push does it",
  both: "Both: changed outside, and declared otherwise than it was applied; a push makes it as declared",
};

/** What is not as declared, by whose doing it is, each with what a push would change; the counts are the last line. */
export function auditText(
  shown: AuditShown,
  given: PlanStyle & { readonly detail?: Detail },
): string[] {
  const { findings, asDeclared, texts } = shown;
  const style = { detail: "changes" as const, texts, ...given };
  const { outside, pending, both } = countDrift(findings);
  const { paint } = style;
  return [
    paint.strong(hostTitle(shown)),
    ...selectionText(
      {
        selection: shown.selection,
        taken: shown.declared,
        but: "What is no longer declared is looked for with the whole declaration only.",
        full: style.detail === "full",
      },
      style,
    ),
    "",
    ...Drift.options.flatMap((drift) => {
      const own = findings.filter((finding) => finding.drift === drift);
      if (own.length === 0) return [];
      return [
        ...wrap(TITLES[drift], style.columns).map(paint.strong),
        "",
        ...own.flatMap((finding) => [...findingText(finding, style), ""]),
      ];
    }),
    ...(findings.length === 0 && asDeclared > 0
      ? [`No drift: ${count(asDeclared, "resource")} as declared.`]
      : []),
    `Audit: ${outside} changed outside, ${pending} not yet applied, ${both} both, ${asDeclared} as declared.`,
  ];
}

function findingText(finding: Finding, style: ChangeStyle): string[] {
  const { change, drift, outside } = finding;
  const [head = "", ...body] = changeText(change, style);
  const { paint, columns } = style;
  const since = sinceText(finding);
  const applied = drift === "both" && outside.length > 0;
  return [
    head,
    ...indent(since.map(paint.faint), "      "),
    ...body,
    ...(applied
      ? indent(
          [
            paint.faint("as it was applied last:"),
            ...indent(
              differenceLines(outside, { ...style, columns: Math.max(columns - 8, 1) }),
              "  ",
            ),
          ],
          "      ",
        )
      : []),
  ];
}

/** What tells of its cause: since when it is as it is, and whose it is. */
function sinceText({ touched, gone }: Finding): string[] {
  if (gone === true) return ["it is not on the host any more"];
  if (touched === undefined) return [];
  return [`touched last at ${timeText(touched.changed)} UTC, owned by ${oneLine(touched.owner)}`];
}
