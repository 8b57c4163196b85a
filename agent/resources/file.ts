import type { Digest } from "../../shared/brands.ts";
import type { Driver, Reading, Step } from "./driver.ts";
import { pathFailure } from "./path-problems.ts";
import { describeMetadata, findAll, makeParents, metadataFor, sameSpelling } from "./path-steps.ts";

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

  contentPath: (desired) => desired.path,
};

async function write(
  { resource, desired, observed, differences }: Step<"file">,
  context: Parameters<Driver<"file">["apply"]>[1],
): Promise<void> {
  const contentStays = observed.state === "present" && observed.sha256 === desired.content.sha256;
  try {
    const metadata = await metadataFor(desired, context);
    if (contentStays) {
      await context.host.setMetadata(desired.path, metadata);
    } else {
      await makeParents(differences, context);
      await context.host.writeFile(desired.path, context.content(desired.content), metadata);
    }
  } catch (error) {
    throw pathFailure(resource.id, error);
  }
}
