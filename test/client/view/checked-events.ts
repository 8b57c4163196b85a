import { expect } from "vitest";
import * as z from "zod";
import { EVENTS } from "../../../client/view/events.ts";

const Line = z.looseObject({ event: z.enum(Object.keys(EVENTS) as [keyof typeof EVENTS]) });

/** Reads what `--json` wrote: every line has to be an event as it is promised. */
export function checkedEvents(stdout: string): Record<string, unknown>[] {
  expect(stdout === "" || stdout.endsWith("\n")).toBe(true);
  return stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const parsed = JSON.parse(line) as Record<string, unknown>;
      const { success, error } = EVENTS[Line.parse(parsed).event].safeParse(parsed);
      expect(success, `${error?.message}\n${line}`).toBe(true);
      return parsed;
    });
}
