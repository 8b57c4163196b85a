import type { Observed } from "../../shared/resources/registry.ts";
import type { Driver, Reading } from "./driver.ts";
import type { Facts } from "./path-facts.ts";
import { lookBeforeUndo, lookBeforeWrite } from "./path-guard.ts";
import { pathFailure } from "./path-problems.ts";
import { resolveTarget } from "../../shared/resources/symlink.ts";
import { leadingNowhere, nowhere } from "./symlink-target.ts";
import { findAll, madeParents, makeParents } from "./path-steps.ts";
import { removeFile } from "./remove-path.ts";
import { removeParents, undoEach } from "./undo-path.ts";

export const symlink: Driver<"symlink"> = {
  async read(resources, context) {
    const found = await findAll<"symlink">(resources, "symlink", context);
    const dangling = await leadingNowhere(resources, context);
    return found.map((one, index): Reading<"symlink"> => {
      const problem = dangling[index];
      if (problem !== undefined) return { problem };
      if (one.state === "problem") return { problem: one.problem };
      if (one.state === "absent") return { observed: { state: "absent" }, notes: one.notes };
      return { observed: { state: "present", to: one.entry.target } };
    });
  },

  async apply(steps, context) {
    for (const step of steps) {
      const { resource, desired, observed } = step;
      const place = { id: resource.id, path: desired.path, before: factsOf(observed) };
      const now = await lookBeforeWrite(place, context);
      context.started(step);
      try {
        await makeParents(step.differences, context);
        const over = now.type === "symlink" ? now.target : null;
        await context.host.writeSymlink(desired.path, desired.to, { over });
      } catch (error) {
        throw pathFailure(resource.id, error);
      }
      context.done(step);
    }
  },

  async remove(steps, context) {
    for (const step of steps) await removeFile(step, { context, before: factsOf(step.observed) });
  },
  made: madeParents,
  // Of those that have to lead somewhere: what is there by now may go.
  preflight: async (steps, { going }) =>
    steps.flatMap(({ resource, desired: { path, to, mustExist } }) => {
      const target = resolveTarget(path, to);
      return mustExist === true && going(`path:${target}`)
        ? [nowhere(resource.id, to, target)]
        : [];
    }),
  writes: ({ desired: { path }, observed }) =>
    observed.state === "absent" ? [{ path, bytes: 0 }] : [],

  stages: async ({ desired }) => [{ type: "symlink", path: desired.path, target: desired.to }],

  undo: (steps, context) =>
    undoEach(steps, async ({ resource: { id }, desired, observed, differences, removal }) => {
      const { host } = context;
      const { path, to } = desired;
      const after: Facts = removal ? { type: "absent" } : { type: "symlink", target: to };
      const { found } = await lookBeforeUndo(
        { id, path, before: factsOf(observed), after },
        context,
      );
      if (observed.state === "absent") {
        if (found === "after") await host.removeFile(path);
        await removeParents(differences, context);
      } else if (found === "after") {
        await host.writeSymlink(path, observed.to, { over: removal ? null : to });
      }
    }),
};

const factsOf = (observed: Observed<"symlink">): Facts =>
  observed.state === "absent" ? { type: "absent" } : { type: "symlink", target: observed.to };
