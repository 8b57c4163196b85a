import { dangersOf, type PlanSummary } from "../../../shared/plan.ts";
import { artifactText } from "../artifact-text.ts";
import { CONFIRMATION, inOrder, noChanges, summaryLine } from "../change-words.ts";
import type { Detail } from "../detail.ts";
import { createPaint } from "../paint.ts";
import { count } from "../quantity.ts";
import type { HostReview, Review } from "../review.ts";
import { partOfPlan, selectionText } from "../selection-text.ts";
import type { PlanShown } from "../view.ts";
import { type ChangePart, changePart, FORM } from "./change-part.ts";
import { code, fenced } from "./escape.ts";
import { type Cut, fit, largestFirst, lastFirst, type Part } from "./fit.ts";
import { leftOut, ROOM_FOR_LEFT_OUT } from "./left-out.ts";
import { type ProblemPart, problemPart } from "./problem-part.ts";

/** What GitHub takes for one comment. */
export const COMMENT_LIMIT = 65_535;
/** Columns of what is in a block: what is longer is scrolled to, so only prose is broken. */
const COLUMNS = 100;
/** Longest a name in a heading is shown. */
const NAME = 200;

/** A host's part of the comment, in the order in which it stands there. */
interface Section {
  readonly head: Part;
  readonly problems: readonly ProblemPart[];
  readonly changes: readonly ChangePart[];
}

/**
 * Plans for a comment on a pull request. All hosts together are as long as such a comment may be, at most: the largest
 * differences are left out first, then details, then lines, each of destructive changes after all others; and what was left
 * out is told.
 */
export function planMarkdown(
  review: Review,
  {
    detail = "changes",
    limit = COMMENT_LIMIT,
  }: { readonly detail?: Detail; readonly limit?: number } = {},
): string {
  const general = review.diagnostics.map(problemPart);
  const sections = review.hosts.map((each) =>
    sectionOf(each, { detail, isOnly: review.hosts.length === 1 }),
  );
  const parts: Part[] = [
    ...general,
    ...sections.flatMap(({ head, problems, changes }) => [head, ...problems, ...changes]),
  ];
  const top = titleOf(review);
  const room = limit - top.length - ROOM_FOR_LEFT_OUT;
  const chosen = fit(parts, { cuts: cutsOf(sections, general), room });
  const formOf = (part: Part) => chosen.get(part) ?? 0;
  const textOf = (part: Part) => part.forms[formOf(part)] ?? "";
  const told = leftOut({
    changes: sections.flatMap(({ changes }) => changes.map(formOf)),
    problems: [...general, ...sections.flatMap(({ problems }) => problems)].map(formOf),
    hosts: sections.filter(({ head }) => formOf(head) > 0).length,
    command: commandFor(review),
    limit,
  });
  return `${[top, told, ...parts.map(textOf)].join("").trimEnd()}\n`;
}

/** Shows everything that a comment has no room for. */
function commandFor({ hosts }: Review): string {
  const [first, ...others] = hosts;
  if (first?.artifact !== undefined) {
    return `hostkit show ${others.length === 0 ? first.artifact.file : "FILE..."} --full`;
  }
  const target = others.length === 0 ? first?.shown?.target : undefined;
  return `hostkit plan ${target ?? "--all"} --full`;
}

function titleOf({ hosts }: Review): string {
  const plans = hosts.flatMap(({ shown }) => shown ?? []);
  const project = plans.find(({ plan }) => plan.project !== "")?.plan.project;
  const title =
    project === undefined ? "### HostKit plan" : `### HostKit plan: ${code(project, NAME)}`;
  const onHosts = hosts.length > 1 ? ` On ${count(hosts.length, "host")}.` : "";
  const failed = hosts.filter((each) => each.failed).length;
  const without = failed === 0 ? "" : ` **${count(failed, "host")} could not be planned.**`;
  const nobody = hosts.length === 0 ? " **No host could be planned.**" : "";
  return `${title}\n\n**${summaryLine(total(plans))}**${onHosts}${without}${nobody}\n\n`;
}

function total(plans: readonly PlanShown[]): PlanSummary {
  const sum = (of: (summary: PlanSummary) => number) =>
    plans.reduce((all, { summary }) => all + of(summary), 0);
  return {
    create: sum(({ create }) => create),
    change: sum(({ change }) => change),
    remove: sum(({ remove }) => remove),
    restarts: sum(({ restarts }) => restarts),
    unknown: sum(({ unknown }) => unknown),
  };
}

function sectionOf(
  review: HostReview,
  { detail, isOnly }: { readonly detail: Detail; readonly isOnly: boolean },
): Section {
  const { host, shown, failed, diagnostics, artifact } = review;
  const paint = createPaint({ colour: false });
  const style = {
    paint,
    columns: COLUMNS,
    detail,
    texts: shown?.texts ?? new Map<string, string>(),
  };
  const at = shown === null || shown.label === host ? "" : ` (${code(shown.label, NAME)})`;
  const lines = [
    `#### ${code(host, NAME)}${at}`,
    ...(artifact === undefined ? [] : [fenced("text", artifactText(artifact, style).slice(0, -1))]),
    ...(shown === null ? [failed ? FAILED : NOTHING] : headOf(shown, isOnly)),
  ];
  return {
    head: { forms: [lines.map((line) => `${line}\n\n`).join(""), ""] },
    problems: diagnostics.map(problemPart),
    changes: shown === null ? [] : inOrder(shown.plan).map((change) => changePart(change, style)),
  };
}

const FAILED = "This host could not be planned.";
const NOTHING = "There is nothing to plan for this host.";

function headOf(shown: PlanShown, isOnly: boolean): string[] {
  const { plan, summary } = shown;
  const lines = selectionText(partOfPlan(plan), {
    paint: createPaint({ colour: false }),
    columns: COLUMNS,
  });
  const selection = lines.length === 0 ? [] : [fenced("text", lines)];
  const digest = `Plan digest: ${code(plan.digest)}.`;
  if (plan.changes.length === 0) {
    return [...selection, noChanges({ host: "The host", plan }), digest];
  }
  const unchanged = plan.unchanged === 0 ? "" : ` ${count(plan.unchanged, "resource")} unchanged.`;
  return [
    ...(plan.reverts === undefined ? [] : [`Takes back the run ${code(plan.reverts)}.`]),
    // Of one host they stand at the top.
    ...(isOnly ? [] : [summaryLine(summary)]),
    `${digest}${unchanged}`,
    ...selection,
    ...(dangersOf(plan).length === 0 ? [] : [CONFIRMATION]),
  ];
}

/** What is left out first comes first. */
function cutsOf(sections: readonly Section[], general: readonly ProblemPart[]): Cut[] {
  const all = sections.flatMap(({ changes }) => changes);
  const groups = [
    all.filter((part) => !part.isDestructive),
    all.filter((part) => part.isDestructive),
  ];
  const problems = [...sections.flatMap(({ problems: each }) => each), ...general];
  return [
    ...groups.flatMap((parts) => largestFirst(parts, FORM.withoutDiffs)),
    ...groups.flatMap((parts) => largestFirst(parts, FORM.line)),
    ...largestFirst(problems, 1),
    ...groups.flatMap((parts) => lastFirst(parts, FORM.nothing)),
    ...lastFirst(problems, 2),
    ...lastFirst(
      sections.map(({ head }) => head),
      1,
    ),
  ];
}
