import type { Observed } from "../../shared/resources/registry.ts";
import type { Driver, Reading } from "./driver.ts";
import { userAt } from "./new-home.ts";
import { type Facts, sameButNames } from "./path-facts.ts";
import { lookBeforeUndo, lookBeforeWrite } from "./path-guard.ts";
import { pathFailure } from "./path-problems.ts";
import {
  describeMetadata,
  expectedMetadata,
  findAll,
  madeParents,
  makeParents,
  metadataFor,
  sameSpelling,
} from "./path-steps.ts";
import { removeDirectory, whatIsIn } from "./remove-path.ts";
import {
  metadataLeft,
  observedMetadata,
  removeEmpty,
  removeParents,
  undoEach,
} from "./undo-path.ts";

export const directory: Driver<"directory"> = {
  async read(resources, context) {
    const found = await findAll<"directory">(resources, "directory", context);
    return found.map((one, index): Reading<"directory"> => {
      if (one.state === "problem") return { problem: one.problem };
      if (one.state === "absent") return { observed: { state: "absent" }, notes: one.notes };
      const desired = resources[index]!.desired;
      const metadata = describeMetadata(one.entry, context.later);
      return {
        observed: {
          state: "present",
          ...sameSpelling(metadata, desired, context.later),
        },
      };
    });
  },

  async apply(steps, context) {
    for (const step of steps) {
      const { resource, desired, observed } = step;
      const place = { id: resource.id, path: desired.path, before: factsOf(observed) };
      const now = await lookBeforeWrite(place, context);
      context.started(step);
      try {
        const metadata = await metadataFor(desired, context);
        if (now.type === "directory") {
          await context.host.setMetadata(desired.path, metadata);
        } else {
          await makeParents(step.differences, context);
          await context.host.makeDirectory(desired.path, metadata);
        }
      } catch (error) {
        throw pathFailure(resource.id, error);
      }
      context.done(step);
    }
  },

  async remove(steps, context) {
    for (const step of steps) {
      await removeDirectory(step, { context, before: factsOf(step.observed) });
    }
  },
  obstacles: whatIsIn,
  made: madeParents,
  writes: ({ desired: { path }, observed }) =>
    observed.state === "absent" ? [{ path, bytes: 0 }] : [],

  stages: async ({ desired }, context) => [
    { type: "directory", path: desired.path, metadata: await expectedMetadata(desired, context) },
  ],

  restored: sameButNames,

  undo: (steps, context) =>
    undoEach(steps, async ({ resource: { id }, desired, observed, differences, removal }) => {
      const { path } = desired;
      const after: Facts = removal
        ? { type: "absent" }
        : { type: "directory", ...(await metadataLeft(desired, context)) };
      const before = factsOf(observed);
      const { now } = await lookBeforeUndo({ id, path, before, after }, context);
      if (observed.state === "absent") {
        // What is in a home may be the account's, and go with it; what stays is found out when all is looked at again.
        if (userAt(path, await context.names())) await removeEmpty([path], context.host);
        else await context.host.removeDirectory(path);
        await removeParents(differences, context);
      } else if (now.type === "absent") {
        await context.host.makeDirectory(path, observedMetadata(observed));
      } else {
        await context.host.setMetadata(path, observedMetadata(observed));
      }
    }),
};

const factsOf = (observed: Observed<"directory">): Facts =>
  observed.state === "absent"
    ? { type: "absent" }
    : { type: "directory", ...observedMetadata(observed) };
