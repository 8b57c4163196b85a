import * as z from "zod";
import { HostKitError } from "../../shared/diagnostic.ts";
import { isTemplate } from "../../shared/resources/unit-rules.ts";
import { type Host, HostFault } from "../host/host.ts";
import { NoSystemd, showUnits } from "../host/systemctl.ts";
import type { Memory, Step } from "./driver.ts";
import { workOf } from "./unit-batch.ts";
import { noAnswer } from "./unit-failures.ts";
import { LIMIT } from "./unit-files.ts";
import { alsoIn, linksOf, missingDirectories, readLinks } from "./unit-links.ts";
import { linksUnknown } from "./unit-undo-failures.ts";

/** What an undo must know of a unit besides what was observed. */
export const UnitMemory = z.object({
  /** systemd's name for one time that a unit runs: another one tells that it was started again. Empty for a template. */
  invocation: z.string(),
  /** That make it enabled; empty when the run has no business with them. */
  links: z.record(z.string(), z.string()),
  /** Directories for such links that were not there. */
  missing: z.array(z.string()),
  /** Units that its file has enabled along with it. */
  also: z.array(z.string()),
});
export type UnitMemory = z.infer<typeof UnitMemory>;

const enabling = (step: Step<"unit">) => workOf(step).enablement !== undefined;

export async function rememberUnits(steps: readonly Step<"unit">[], host: Host): Promise<Memory[]> {
  const invocations = await invocationsOf(steps, host);
  const links = steps.some(enabling) ? await linksBefore(steps.filter(enabling), host) : {};
  const memories: UnitMemory[] = [];
  const files = await filesOf(steps.filter(enabling), host);
  for (const step of steps) {
    const text = files.get(step.desired.name) ?? "";
    const also = alsoIn(text);
    memories.push({
      invocation: invocations.get(step.desired.name) ?? "",
      links: enabling(step) ? linksOf(links, step, also) : {},
      missing: enabling(step) ? [...(await missingDirectories(host, text))] : [],
      also,
    });
  }
  return memories;
}

/** What is in the files of units: ours as declared, those of packages as they are. */
async function filesOf(
  steps: readonly Step<"unit">[],
  host: Host,
): Promise<ReadonlyMap<string, string>> {
  const own = steps.flatMap(({ desired: { name, content } }): [string, string][] =>
    content === undefined ? [] : [[name, content]],
  );
  const names = steps
    .filter((step) => step.desired.content === undefined)
    .map((step) => step.desired.name);
  if (names.length === 0) return new Map(own);
  const states = await ask(steps, () => showUnits(host, names, ["FragmentPath"]));
  const files = await host.readFiles(
    states.map((state) => state.FragmentPath),
    { limit: LIMIT },
  );
  const texts = files.map((bytes) => new TextDecoder().decode(bytes ?? new Uint8Array()));
  return new Map([...own, ...names.map((name, index) => [name, texts[index] ?? ""] as const)]);
}

async function invocationsOf(
  steps: readonly Step<"unit">[],
  host: Host,
): Promise<Map<string, string>> {
  const names = steps.map((step) => step.desired.name).filter((name) => !isTemplate(name));
  if (names.length === 0) return new Map();
  const states = await ask(steps, () => showUnits(host, names, ["InvocationID"]));
  return new Map(names.map((name, index) => [name, states[index]?.InvocationID ?? ""]));
}

async function ask<Answer>(
  steps: readonly Step<"unit">[],
  question: () => Promise<Answer>,
): Promise<Answer> {
  try {
    return await question();
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
