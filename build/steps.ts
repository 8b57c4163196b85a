import type { Origin } from "./cache.ts";

/** Runs a part of the build and says when it is done, how long it took and whether the cache had it. */
export type Step = <T extends { readonly origin: Origin }>(
  name: string,
  work: () => Promise<T>,
) => Promise<T>;

export function reportSteps(write: (line: string) => void): Step {
  return async (name, work) => {
    const startedMs = performance.now();
    const result = await work();
    const seconds = ((performance.now() - startedMs) / 1000).toFixed(2);
    write(`${name.padEnd(28)}${result.origin.padEnd(10)}${seconds.padStart(7)} s`);
    return result;
  };
}

/** Columns as wide as their widest cell; the first is aligned left, numbers right. */
export function formatTable(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows.map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join("  "),
  );
}
