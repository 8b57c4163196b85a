import type { Digest } from "../../shared/brands.ts";
import type { Driver, Reading, Step } from "./driver.ts";
import { pathFailure } from "./path-problems.ts";
import { validateFiles } from "./file-validate.ts";
import {
  describeMetadata,
  expectedMetadata,
  findAll,
  makeParents,
  metadataFor,
  sameSpelling,
} from "./path-steps.ts";
import { observedMetadata, removeParents, undoEach } from "./undo-path.ts";

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
          ...sameSpelling(describeMetadata(entry, context.names), desired, {
            entry,
            names: context.names,
          }),
          sha256: entry.sha256 as Digest,
          size: entry.size,
        },
      };
    });
  },

  async apply(steps, context) {
    for (const step of steps) {
      context.started(step);
      await write(step, context);
      context.done(step);
    }
  },

  // What is not replaced needs no keeping: its owner and mode are among what was observed.
  keeps: (step) =>
    step.observed.state === "present" && writesContent(step) ? [step.desired.path] : [],

  stages: async (step, context) => {
    const { desired } = step;
    if (!writesContent(step)) return [];
    const metadata = await expectedMetadata(desired, context);
    return [
      { type: "file", path: desired.path, content: context.content(desired.content), metadata },
    ];
  },
  validate: (steps, { whole }) => validateFiles(steps.filter(writesContent), whole),

  undo: (steps, context) =>
    undoEach(steps, async ({ desired, observed, differences }) => {
      if (observed.state === "absent") {
        await context.host.removeFile(desired.path);
        await removeParents(differences, context);
        return;
      }
      const kept = context.kept(desired.path);
      const [now] = await context.host.inspect([desired.path], { digest: true });
      const contentStays = now?.type === "file" && now.sha256 === observed.sha256;
      if (!contentStays && kept !== undefined) await context.host.restoreFile(kept, desired.path);
      await context.host.setMetadata(desired.path, await observedMetadata(observed, context));
    }),

  contentPath: (desired) => desired.path,
};

const writesContent = ({ desired, observed }: Step<"file">) =>
  observed.state === "absent" || observed.sha256 !== desired.content.sha256;

async function write(
  step: Step<"file">,
  context: Parameters<Driver<"file">["apply"]>[1],
): Promise<void> {
  const { resource, desired, differences } = step;
  try {
    const metadata = await metadataFor(desired, context);
    if (writesContent(step)) {
      await makeParents(differences, context);
      await context.host.writeFile(desired.path, context.content(desired.content), metadata);
    } else {
      await context.host.setMetadata(desired.path, metadata);
    }
  } catch (error) {
    throw pathFailure(resource.id, error);
  }
}
