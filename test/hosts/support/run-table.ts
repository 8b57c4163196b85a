/** What came of each scenario, counted, for the table that the tests of faults print. */
export class RunTable {
  readonly #rows = new Map<string, Map<string, number>>();

  add(scenario: string, outcome: string): void {
    const row = this.#rows.get(scenario) ?? new Map<string, number>();
    row.set(outcome, (row.get(outcome) ?? 0) + 1);
    this.#rows.set(scenario, row);
  }

  /** `executor killed at a journal record   23   18 as before, 5 as wished`. */
  toString(): string {
    const rows = [...this.#rows].map(([scenario, outcomes]) => [
      scenario,
      String([...outcomes.values()].reduce((sum, count) => sum + count, 0)),
      [...outcomes].map(([outcome, count]) => `${count} ${outcome}`).join(", "),
    ]);
    const table = [["scenario", "count", "outcome"], ...rows];
    const widths = [0, 1].map((column) => Math.max(...table.map((row) => row[column]!.length)));
    return table
      .map(([scenario, count, outcome]) =>
        `${scenario!.padEnd(widths[0]!)}  ${count!.padStart(widths[1]!)}  ${outcome}`.trimEnd(),
      )
      .join("\n");
  }
}
