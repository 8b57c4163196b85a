import * as z from "zod";
import { HostKitError } from "../../shared/diagnostic.ts";
import { isTemplate } from "../../shared/resources/unit.ts";
import { type Host, HostFault } from "../host/host.ts";
import { NoSystemd, showUnits } from "../host/systemctl.ts";
import type { Memory, Step } from "./driver.ts";
import { workOf } from "./unit-batch.ts";
import { noAnswer } from "./unit-failures.ts";
import { linksOf, missingDirectories, readLinks } from "./unit-links.ts";
import { linksUnknown } from "./unit-undo-failures.ts";

/** What an undo must know of a unit besides what was observed. */
export const UnitMemory = z.object({
  /** systemd's name for one time that a unit runs: another one tells that it was started again. Empty for a template. */
  invocation: z.string(),
  /** That make it enabled; empty when the run has no business with them. */
  links: z.record(z.string(), z.string()),
  /** Directories for such links that were not there. */
  missing: z.array(z.string()),
});
export type UnitMemory = z.infer<typeof UnitMemory>;

const enabling = (step: Step<"unit">) => workOf(step).enablement !== undefined;

export async function rememberUnits(steps: readonly Step<"unit">[], host: Host): Promise<Memory[]> {
  const invocations = await invocationsOf(steps, host);
  const links = steps.some(enabling) ? await linksBefore(steps.filter(enabling), host) : {};
  const memories: UnitMemory[] = [];
  for (const step of steps) {
    memories.push({
      invocation: invocations.get(step.desired.name) ?? "",
      links: enabling(step) ? linksOf(links, step) : {},
      missing: enabling(step) ? [...(await missingDirectories(host, step))] : [],
    });
  }
  return memories;
}

async function invocationsOf(
  steps: readonly Step<"unit">[],
  host: Host,
): Promise<Map<string, string>> {
  const names = steps.map((step) => step.desired.name).filter((name) => !isTemplate(name));
  if (names.length === 0) return new Map();
  try {
    const states = await showUnits(host, names, ["InvocationID"]);
    return new Map(names.map((name, index) => [name, states[index]?.InvocationID ?? ""]));
  } catch (error) {
    if (!(error instanceof NoSystemd)) throw error;
    throw new HostKitError(noAnswer(steps, error.message, "No unit was changed."), {
      cause: error,
    });
  }
}

async function linksBefore(steps: readonly Step<"unit">[], host: Host) {
  try {
    return await readLinks(host);
  } catch (error) {
    if (!(error instanceof HostFault)) throw error;
    throw new HostKitError(linksUnknown(steps, `${error.message}. No unit was changed.`), {
      cause: error,
    });
  }
}
