import type { Prediction } from "../../shared/change.ts";
import { type ChangeOutcome, type Outcome, scoreOf } from "../../shared/outcome.ts";
import type { RunState, RunSummary } from "../../shared/run.ts";
import { hostTitle } from "./host-title.ts";
import type { Paint } from "./paint.ts";
import type { PlanStyle } from "./plan-text.ts";
import { count, duration } from "./quantity.ts";
import { block, displayWidth, indent, oneLine, wrap } from "./text.ts";
import type { HostLabel, RunShown } from "./view.ts";

export interface RunsStyle extends PlanStyle {
  /** Tells all that is known of each, on a second line where the first has no room. */
  readonly verbose: boolean;
}

const HEAD = ["run", "state", "began (UTC)", "changes", "took", "by", "declaration"];
/** Columns that are always shown; the others as far as there is room. */
const NEEDED = 4;

/** What was applied to a host, newest first: one line a run. */
export function runsText(
  host: HostLabel,
  list: readonly RunSummary[],
  { paint, columns, verbose }: RunsStyle,
): string[] {
  if (list.length === 0) return [`${hostTitle(host)}: no runs yet.`];
  const rows = cellsOf(list);
  const widths = HEAD.map((name, column) =>
    Math.max(...[name, ...rows.map((row) => row[column]!)].map(displayWidth)),
  );
  const widthOf = (count: number) =>
    widths.slice(0, count).reduce((sum, width) => sum + 2 + width, 0);
  const fitting = HEAD.map((_name, column) => column + 1).filter((n) => widthOf(n) <= columns);
  const shown = Math.max(NEEDED, ...fitting);
  const line = (row: readonly string[], colour = (text: string) => text) => {
    const cells = row.slice(0, shown).map((cell, column) => {
      const gap = " ".repeat(widths[column]! - displayWidth(cell));
      return `${column === 1 ? colour(cell) : cell}${gap}`;
    });
    return `  ${cells.join("  ")}`.trimEnd();
  };
  return [
    paint.strong(hostTitle(host)),
    paint.faint(line(HEAD)),
    ...rows.flatMap((row, index) => {
      const rest = verbose ? row.slice(shown).filter((cell) => cell !== "") : [];
      const more = rest.length === 0 ? [] : [`      ${rest.join("  ")}`];
      return [line(row, colourOf(list[index]!.state, paint)), ...more];
    }),
  ];
}

function cellsOf(list: readonly RunSummary[]): string[][] {
  const back = new Set<string>(
    list.flatMap(({ state, reverts }) => (state === "applied" ? (reverts ?? []) : [])),
  );
  return list.map((run) => [
    run.run,
    back.has(run.run) && run.state === "applied" ? "taken back" : stateText(run),
    timeText(run.at).slice(0, MINUTES),
    madeText(run),
    tookText(run),
    oneLine(run.by),
    declarationText(run),
  ]);
}

/** `2026-01-02 03:04`. */
const MINUTES = 16;

/** One run: what it was, and what became of each change. */
export function runText({ summary, plan, outcome, ...host }: RunShown, style: PlanStyle): string[] {
  const { paint, columns } = style;
  const foretold = new Map(plan?.changes.map(({ id, prediction }) => [id, prediction.class]));
  const facts: [string, string][] = [
    ["state", colourOf(summary.state, paint)(stateText(summary))],
    ["began", summary.at === "" ? "" : `${timeText(summary.at)} UTC`],
    ["took", tookText(summary)],
    ["by", oneLine(summary.by)],
    [summary.reverts === null ? "declaration" : "took back", declarationText(summary)],
    ["changes", madeText(summary)],
  ];
  return [
    `${paint.strong(summary.run)} on ${hostTitle(host)}`,
    ...facts
      .filter(([, value]) => value !== "")
      .map(([name, value]) => `  ${name.padEnd(11)}  ${value}`),
    ...(outcome === null
      ? []
      : [
          "",
          ...outcome.changes.flatMap((one) =>
            withWhatCame(changeLines(one, paint, columns), {
              came: cameText(one, foretold.get(one.id)),
              paint,
              columns,
            }),
          ),
          ...scoreText(outcome),
        ]),
  ];
}

/** What the plan had said of a change, and what came. */
function cameText({ actual }: ChangeOutcome, foretold: Prediction["class"] | undefined): string {
  if (actual === undefined || foretold === undefined) return "";
  const came =
    actual.as === "predicted" ? (actual.outcome ?? "as planned") : `otherwise: ${actual.why}`;
  return `${foretold} -> ${oneLine(came)}`;
}

/** Beside what is told on one line, where there is room. */
function withWhatCame(
  lines: readonly string[],
  {
    came,
    paint,
    columns,
  }: { readonly came: string; readonly paint: Paint; readonly columns: number },
): string[] {
  if (came === "") return [...lines];
  const [only = "", ...more] = lines;
  if (more.length === 0 && displayWidth(only) + 2 + displayWidth(came) <= columns) {
    return [`${only}  ${paint.faint(came)}`];
  }
  return [
    ...lines,
    ...indent(wrap(came, Math.max(columns - 10, 1)).map(paint.faint), "          "),
  ];
}

/** Of a run of an older agent nothing is known. */
function scoreText(outcome: Outcome): string[] {
  const { tested, asPredicted } = scoreOf(outcome);
  if (tested === 0) return [];
  return ["", `${asPredicted} of ${count(tested, "change")} came out as predicted.`];
}

/** Most changes take a few milliseconds. */
const WORTH_TELLING = 100;

function changeLines(change: ChangeOutcome, paint: Paint, columns: number): string[] {
  const id = paint.strong(paint.name(change.id));
  if (change.result === "done") {
    const { milliseconds } = change;
    const took = milliseconds < WORTH_TELLING ? "" : ` ${paint.faint(duration(milliseconds))}`;
    return [`  ${paint.good("done   ")} ${id}${took}`];
  }
  const [word, why] =
    change.result === "failed"
      ? [paint.bad("failed "), change.message]
      : [paint.faint("skipped"), change.because];
  return [`  ${word} ${id}`, ...indent(wrap(block(why), Math.max(columns - 10, 1)), "          ")];
}

const STATES: Readonly<Record<RunState, string>> = {
  running: "running",
  "cut-off": "cut off",
  unreadable: "unreadable",
  applied: "applied",
  stale: "refused",
  partial: "stopped",
  failed: "failed",
  "rolled-back": "rolled back",
  "rollback-failed": "needs attention",
};

const stateText = ({ state, reverts }: RunSummary) =>
  state === "applied" && reverts !== null ? "rollback" : STATES[state];

function colourOf(state: RunState, paint: Paint): (text: string) => string {
  if (state === "applied") return paint.good;
  if (state === "running") return paint.effect;
  return state === "rolled-back" || state === "failed" ? paint.warning : paint.bad;
}

/** `2026-01-02 03:04:05`. */
const timeText = (at: string) => oneLine(at).slice(0, 19).replace("T", " ");

const tookText = ({ milliseconds }: RunSummary) =>
  milliseconds === null ? "" : duration(milliseconds);

/** A run that takes another back has no declaration of its own. */
const declarationText = ({ project, host, reverts }: RunSummary) =>
  reverts ?? (project === "" ? "" : `${oneLine(project)}/${oneLine(host)}`);

function madeText({ changes, done, state }: RunSummary): string {
  if (state === "unreadable" && changes === 0) return "";
  return state === "applied" ? `${changes}` : `${done} of ${changes}`;
}
