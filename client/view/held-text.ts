import type { Held } from "../../shared/held.ts";
import { hostTitle } from "./host-title.ts";
import type { Paint } from "./paint.ts";
import type { PlanStyle } from "./plan-text.ts";
import { count } from "./quantity.ts";
import { indent, oneLine, wrap } from "./text.ts";
import type { HostLabel } from "./view.ts";

/** What is about to be let go of: whose it is, how it came to be HostKit's, and whether it is protected. */
export function heldText(
  host: HostLabel,
  list: readonly Held[],
  { paint, columns }: PlanStyle,
): string[] {
  return [
    paint.strong(hostTitle(host)),
    "",
    ...list.flatMap((held) => [
      `    ${paint.strong(paint.name(held.id))} is left as it is, and no longer managed`,
      ...indent(wrap(factsText(held), Math.max(columns - 6, 1)).map(paint.faint), "      "),
    ]),
  ];
}

const ORIGINS: Readonly<Record<Held["origin"], string>> = {
  created: "made by HostKit",
  adopted: "there before HostKit",
};

const factsText = ({ origin, protect, project, host, run }: Held): string =>
  [
    ORIGINS[origin],
    protect ? "protected" : "not protected",
    `declared by project ${oneLine(project)}, host ${oneLine(host)}, last in the run ${oneLine(run)}`,
  ].join("; ");

export function forgottenText(host: HostLabel, ids: readonly string[], paint: Paint): string {
  return `${paint.good("Forgot")} ${count(ids.length, "resource")} on ${hostTitle(host)}. Nothing else was changed.`;
}
