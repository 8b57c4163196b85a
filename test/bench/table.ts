export interface Row {
  readonly what: string;
  /** As printed: `412 ms`, `71 MB`. */
  readonly measured: string;
  /** Against `ssh host true` of the same run. */
  readonly ratio?: number;
  readonly goal: string;
  readonly met: boolean;
}

export function formatRows(rows: readonly Row[]): string {
  const cells = [
    ["", "measured", "x ssh", "goal", ""],
    ...rows.map(({ what, measured, ratio, goal, met }) => [
      what,
      measured,
      ratio === undefined ? "" : ratio.toFixed(1),
      goal,
      met ? "met" : "MISSED",
    ]),
  ];
  const widths = cells[0]!.map((_cell, column) =>
    Math.max(...cells.map((row) => row[column]!.length)),
  );
  return cells
    .map((row) =>
      row
        .map((cell, column) =>
          column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!),
        )
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
