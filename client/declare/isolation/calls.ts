import type { Directives } from "./directives-made.ts";

/** Adds to the filter, or makes one that only denies; the first line says which of both it is. */
export function addCalls(directives: Directives, calls: readonly string[]): void {
  const filter = directives["SystemCallFilter"] as readonly string[] | undefined;
  const [denied, allowed] = [
    calls.filter((call) => call.startsWith("~")).map((call) => call.slice(1)),
    calls.filter((call) => !call.startsWith("~")),
  ];
  // Without a filter everything is allowed.
  const lines = [
    ...(filter ?? []),
    ...(filter === undefined || allowed.length === 0 ? [] : [allowed.join(" ")]),
    ...(denied.length === 0 ? [] : [`~${denied.join(" ")}`]),
  ];
  if (lines.length > 0) directives["SystemCallFilter"] = lines;
  if (lines.length > 0) directives["SystemCallErrorNumber"] ??= "EPERM";
}
