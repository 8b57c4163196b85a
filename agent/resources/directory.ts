import type { Driver, Reading } from "./driver.ts";
import { pathFailure } from "./path-problems.ts";
import {
  describeMetadata,
  expectedMetadata,
  findAll,
  makeParents,
  metadataFor,
  sameSpelling,
} from "./path-steps.ts";
import { observedMetadata, removeParents, undoEach } from "./undo-path.ts";

export const directory: Driver<"directory"> = {
  async read(resources, context) {
    const found = await findAll<"directory">(resources, "directory", context);
    return found.map((one, index): Reading<"directory"> => {
      if (one.state === "problem") return { problem: one.problem };
      if (one.state === "absent") return { observed: { state: "absent" }, notes: one.notes };
      const desired = resources[index]!.desired;
      const metadata = describeMetadata(one.entry, context.names);
      return {
        observed: {
          state: "present",
          ...sameSpelling(metadata, desired, { entry: one.entry, names: context.names }),
        },
      };
    });
  },

  async apply(steps, context) {
    for (const step of steps) {
      context.started(step);
      try {
        const metadata = await metadataFor(step.desired, context);
        if (step.observed.state === "present") {
          await context.host.setMetadata(step.desired.path, metadata);
        } else {
          await makeParents(step.differences, context);
          await context.host.makeDirectory(step.desired.path, metadata);
        }
      } catch (error) {
        throw pathFailure(step.resource.id, error);
      }
      context.done(step);
    }
  },

  stages: async ({ desired }, context) => [
    { type: "directory", path: desired.path, metadata: await expectedMetadata(desired, context) },
  ],

  undo: (steps, context) =>
    undoEach(steps, async ({ desired, observed, differences }) => {
      if (observed.state === "absent") {
        await context.host.removeDirectory(desired.path);
        await removeParents(differences, context);
      } else {
        await context.host.setMetadata(desired.path, await observedMetadata(observed, context));
      }
    }),
};
