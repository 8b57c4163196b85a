import type { ChangeOutcome } from "../../shared/outcome.ts";
import type { RunState, RunSummary } from "../../shared/run.ts";
import { hostTitle } from "./host-title.ts";
import type { Paint } from "./paint.ts";
import type { PlanStyle } from "./plan-text.ts";
import { count, duration } from "./quantity.ts";
import { block, displayWidth, indent, oneLine, wrap } from "./text.ts";
import type { HostLabel, RunShown } from "./view.ts";

/** What was applied to a host, newest first: one line a run. */
export function runsText(
  host: HostLabel,
  list: readonly RunSummary[],
  { paint, columns }: PlanStyle,
): string[] {
  if (list.length === 0) return [`${hostTitle(host)}: no runs yet.`];
  const cells = list.map((run) => [
    run.run,
    stateText(run.state),
    timeText(run.at),
    `${oneLine(run.project)}/${oneLine(run.host)}`,
    madeText(run),
    oneLine(run.by),
  ]);
  const widths = cells[0]!.map((_cell, column) =>
    Math.max(...cells.map((row) => displayWidth(row[column]!))),
  );
  return [
    paint.strong(hostTitle(host)),
    ...cells.flatMap((row, index) => {
      const padded = row.map((cell, column) => cell + gap(cell, widths[column]!));
      padded[1] = colourOf(list[index]!.state, paint)(padded[1]!);
      const line = `  ${padded.join("  ").trimEnd()}`;
      const plain = 2 + widths.reduce((sum, width) => sum + width + 2, 0);
      if (plain <= columns) return [line];
      // Who it was by goes below where all of it has no room.
      return [`  ${padded.slice(0, 3).join("  ").trimEnd()}`, `      ${row.slice(3).join("  ")}`];
    }),
  ];
}

const gap = (cell: string, width: number) => " ".repeat(Math.max(width - displayWidth(cell), 0));

/** One run: what it was, and what became of each change. */
export function runText({ summary, outcome, ...host }: RunShown, style: PlanStyle): string[] {
  const { paint, columns } = style;
  const facts: [string, string][] = [
    ["state", colourOf(summary.state, paint)(stateText(summary.state))],
    ["began", timeText(summary.at)],
    ["by", oneLine(summary.by)],
    ["declaration", `${oneLine(summary.project)}, host ${oneLine(summary.host)}`],
    ...(summary.reverts === null ? [] : [["took back", summary.reverts] as [string, string]]),
    ["changes", madeText(summary)],
  ];
  return [
    `${paint.strong(summary.run)} on ${hostTitle(host)}`,
    ...facts.map(([name, value]) => `  ${name.padEnd(11)}  ${value}`),
    ...(outcome === null
      ? []
      : ["", ...outcome.changes.flatMap((one) => changeLines(one, paint, columns))]),
  ];
}

function changeLines(change: ChangeOutcome, paint: Paint, columns: number): string[] {
  const id = paint.strong(oneLine(change.id));
  if (change.result === "done") {
    return [`  ${paint.good("done   ")} ${id} ${paint.faint(duration(change.milliseconds))}`];
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
  applied: "applied",
  stale: "refused",
  partial: "stopped part way",
  failed: "failed",
  "rolled-back": "rolled back",
  "rollback-failed": "needs attention",
};

const stateText = (state: RunState) => STATES[state];

function colourOf(state: RunState, paint: Paint): (text: string) => string {
  if (state === "applied") return paint.good;
  if (state === "running") return paint.effect;
  return state === "rolled-back" || state === "failed" ? paint.warning : paint.bad;
}

/** `2026-01-02 03:04:05 UTC`. */
const timeText = (at: string) =>
  at === "" ? "not begun" : `${oneLine(at).slice(0, 19).replace("T", " ")} UTC`;

function madeText({ changes, done, milliseconds, state }: RunSummary): string {
  const made =
    state === "applied" ? count(changes, "change") : `${done} of ${count(changes, "change")}`;
  return milliseconds === null ? made : `${made} in ${duration(milliseconds)}`;
}
