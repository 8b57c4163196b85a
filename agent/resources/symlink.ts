import type { Driver, Reading } from "./driver.ts";
import { pathFailure } from "./path-problems.ts";
import { findAll, makeParents } from "./path-steps.ts";
import { removeParents, undoEach } from "./undo-path.ts";

export const symlink: Driver<"symlink"> = {
  async read(resources, context) {
    const found = await findAll<"symlink">(resources, "symlink", context);
    return found.map((one): Reading<"symlink"> => {
      if (one.state === "problem") return { problem: one.problem };
      if (one.state === "absent") return { observed: { state: "absent" }, notes: one.notes };
      return { observed: { state: "present", to: one.entry.target } };
    });
  },

  async apply(steps, context) {
    for (const step of steps) {
      context.started(step);
      try {
        await makeParents(step.differences, context);
        await context.host.writeSymlink(step.desired.path, step.desired.to);
      } catch (error) {
        throw pathFailure(step.resource.id, error);
      }
      context.done(step);
    }
  },

  stages: async ({ desired }) => [{ type: "symlink", path: desired.path, target: desired.to }],

  undo: (steps, { host }) =>
    undoEach(steps, async ({ desired, observed, differences }) => {
      if (observed.state === "absent") {
        await host.removeFile(desired.path);
        await removeParents(differences, { host });
      } else {
        await host.writeSymlink(desired.path, observed.to);
      }
    }),
};
