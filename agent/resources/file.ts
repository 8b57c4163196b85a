import type { Digest } from "../../shared/brands.ts";
import type { Observed } from "../../shared/resources/registry.ts";
import type { Entry } from "../host/host.ts";
import type { ApplyContext, Driver, Reading, Step } from "./driver.ts";
import { type Facts, sameButNames } from "./path-facts.ts";
import { lookBeforeUndo, lookBeforeWrite } from "./path-guard.ts";
import { pathFailure } from "./path-problems.ts";
import { validateFiles } from "./file-validate.ts";
import {
  describeMetadata,
  expectedMetadata,
  findAll,
  madeParents,
  makeParents,
  metadataFor,
  sameSpelling,
} from "./path-steps.ts";
import { removeFile } from "./remove-path.ts";
import { metadataLeft, observedMetadata, removeParents, undoEach } from "./undo-path.ts";

export const file: Driver<"file"> = {
  async read(resources, context) {
    const found = await findAll<"file">(resources, "file", context);
    return found.map((one, index): Reading<"file"> => {
      if (one.state === "problem") return { problem: one.problem };
      if (one.state === "absent") return { observed: { state: "absent" }, notes: one.notes };
      const { entry } = one;
      const desired = resources[index]!.desired;
      return {
        observed: {
          state: "present",
          ...sameSpelling(describeMetadata(entry, context.names), desired, context.names),
          sha256: entry.sha256 as Digest,
          size: entry.size,
        },
      };
    });
  },

  async apply(steps, context) {
    for (const step of steps) {
      const { resource, desired, observed } = step;
      const place = { id: resource.id, path: desired.path, before: factsOf(observed) };
      const over = await lookBeforeWrite(place, context);
      context.started(step);
      await write(step, { context, over });
      context.done(step);
    }
  },

  async remove(steps, context) {
    for (const step of steps) await removeFile(step, { context, before: factsOf(step.observed) });
  },
  made: madeParents,

  // What is not replaced needs no keeping: its owner and mode are among what was observed.
  keeps: (step) =>
    step.observed.state === "present" && (step.removal || writesContent(step))
      ? [step.desired.path]
      : [],

  stages: async (step, context) => {
    const { desired } = step;
    if (!writesContent(step)) return [];
    const metadata = await expectedMetadata(desired, context);
    return [
      { type: "file", path: desired.path, content: context.content(desired.content), metadata },
    ];
  },
  validate: (steps, { whole }) => validateFiles(steps.filter(writesContent), whole),

  restored: sameButNames,

  undo: (steps, context) =>
    undoEach(steps, async ({ resource: { id }, desired, observed, differences, removal }) => {
      const { host } = context;
      const { path } = desired;
      const after: Facts = removal
        ? { type: "absent" }
        : {
            type: "file",
            sha256: desired.content.sha256,
            ...(await metadataLeft(desired, context)),
          };
      const { found, now } = await lookBeforeUndo(
        { id, path, before: factsOf(observed), after },
        context,
      );
      if (observed.state === "absent") {
        if (found === "after") await host.removeFile(path);
        await removeParents(differences, context);
        return;
      }
      if (found === "after") {
        const kept = context.kept(path);
        // Where it was not kept whole, which the run tells by itself, nothing is touched.
        if (kept === undefined) return;
        await host.restoreFile(kept, path, { over: now });
      }
      await host.setMetadata(path, observedMetadata(observed));
    }),

  contentPath: (desired) => desired.path,
};

const writesContent = ({ desired, observed, removal }: Step<"file">) =>
  !removal && (observed.state === "absent" || observed.sha256 !== desired.content.sha256);

const factsOf = (observed: Observed<"file">): Facts =>
  observed.state === "absent"
    ? { type: "absent" }
    : { type: "file", sha256: observed.sha256, ...observedMetadata(observed) };

async function write(
  step: Step<"file">,
  { context, over }: { readonly context: ApplyContext; readonly over: Entry },
): Promise<void> {
  const { resource, desired, differences } = step;
  try {
    const metadata = await metadataFor(desired, context);
    if (writesContent(step)) {
      await makeParents(differences, context);
      const content = context.content(desired.content);
      await context.host.writeFile(desired.path, content, metadata, { over });
    } else {
      await context.host.setMetadata(desired.path, metadata);
    }
  } catch (error) {
    throw pathFailure(resource.id, error);
  }
}
